//===- Offload.c - derivatives and memory that lies on a device -----------===//
//
// What a launch computes on a device it finds in the device's copy of mapped memory.  A
// derivative of that launch runs on the host, and would read and write the host's
// copy, which may be old.  So it stops where the two are different.
//
//===----------------------------------------------------------------------===//

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((weak)) void *omp_get_mapped_ptr(const void *pointer, int device);
__attribute__((weak)) int omp_get_default_device(void);

/// Called by the loop of a launch, before it begins, for each pointer it is given.
__attribute__((noinline)) void __linkgrad_check_on_host(const void *pointer) {
  if (!pointer || !omp_get_mapped_ptr || !omp_get_default_device)
    return;
  void *mapped = omp_get_mapped_ptr(pointer, omp_get_default_device());
  if (!mapped || mapped == pointer)
    return;
  fputs("linkgrad: the derivative of a launch runs on the host, but its memory is mapped to a device; unmap it first\n",
        stderr);
  fflush(stderr);
  abort();
}

// The mapping table, for languages that cannot say that a function may be missing.  `kind`: 1 to the device,
// 2 from it, 3 both.

typedef void Mapper(void *, int64_t, int32_t, void **, void **, int64_t *, int64_t *, void **, void **);
__attribute__((weak)) Mapper __tgt_target_data_begin_mapper, __tgt_target_data_end_mapper,
    __tgt_target_data_update_mapper;

static void callMapper(Mapper *mapper, void *pointer, size_t bytes, int kind) {
  int64_t size = (int64_t)bytes, type = kind;
  if (mapper && bytes)
    mapper(NULL, -1, 1, &pointer, &pointer, &size, &type, NULL, NULL);
}

/// Returns where the device finds it.
void *__linkgrad_map(void *pointer, size_t bytes, int kind) {
  callMapper(__tgt_target_data_begin_mapper, pointer, bytes, kind);
  if (!omp_get_mapped_ptr || !omp_get_default_device)
    return pointer;
  void *there = omp_get_mapped_ptr(pointer, omp_get_default_device());
  return there ? there : pointer;
}

void __linkgrad_unmap(void *pointer, size_t bytes, int kind) {
  callMapper(__tgt_target_data_end_mapper, pointer, bytes, kind);
}

void __linkgrad_update(void *pointer, size_t bytes, int kind) {
  callMapper(__tgt_target_data_update_mapper, pointer, bytes, kind);
}
