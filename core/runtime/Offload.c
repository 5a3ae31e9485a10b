//===- Offload.c - derivatives and memory that lies on a device -----------===//
//
// What a launch computes on a device it finds in the device's copy of mapped memory.  A
// derivative of that launch runs on the host, and would read and write the host's
// copy, which may be old.  So it stops where the two are different.
//
//===----------------------------------------------------------------------===//

#include <stddef.h>
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
