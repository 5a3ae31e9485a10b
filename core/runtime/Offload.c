//===- Offload.c - derivatives and memory that lies on a device -----------===//
//
// What a launch computes on a device it finds in the device's copy of mapped memory.  Its
// derivatives do the same with shadows, and stop where those are not mapped.  Some run on the
// host, where they would read and write the host's copies, which may be old; they stop
// where memory is mapped.
//
// The tapes of a launch, one for each index, are in memory of the device.  Where it is known
// how long they are, that is one block.  Otherwise they grow by chunks, which only a
// device that shares the host's memory can do:
//
//     tape of index i: top, limit, chunk ─▶ chunk: [before, its limit | data] ─▶ chunk ...
//
//===----------------------------------------------------------------------===//

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/// Called in front of a launch of a derivative.
__attribute__((noinline)) void __linkgrad_check_shadow(const void *primal, const void *shadow) {
  if (!primal || !shadow || primal == shadow || !omp_get_mapped_ptr || !omp_get_default_device)
    return;
  int device = omp_get_default_device();
  void *mapped = omp_get_mapped_ptr(primal, device);
  if (!mapped || mapped == primal || omp_get_mapped_ptr(shadow, device))
    return;
  fputs("linkgrad: a launch with a derivative is given memory that is mapped to a device, but its shadow is not; map "
        "both\n",
        stderr);
  fflush(stderr);
  abort();
}

//===- memory of devices --------------------------------------------------===//

__attribute__((weak)) void *omp_target_alloc(size_t bytes, int device);
__attribute__((weak)) void omp_target_free(void *pointer, int device);
__attribute__((weak)) int omp_target_memcpy(void *to, const void *from, size_t bytes, size_t toOffset,
                                            size_t fromOffset, int toDevice, int fromDevice);
__attribute__((weak)) int omp_get_initial_device(void);
extern const size_t __linkgrad_tape_limit;

__attribute__((noreturn, cold, noinline)) static void stopLaunch(const char *message) {
  fputs(message, stderr);
  fflush(stderr);
  abort();
}

static int hasDevices(void) {
  return omp_target_alloc && omp_target_free && omp_target_memcpy && omp_get_default_device && omp_get_initial_device;
}

static void *allocate(size_t bytes, int device) {
  bytes = bytes ? bytes : 1;
  void *memory = hasDevices() ? omp_target_alloc(bytes, device) : malloc(bytes);
  if (!memory)
    stopLaunch("linkgrad: no memory on the device for the derivative of a launch\n");
  return memory;
}

static void release(void *memory, int device) { hasDevices() ? omp_target_free(memory, device) : free(memory); }

static int defaultDevice(void) { return hasDevices() ? omp_get_default_device() : 0; }

struct Chunk {
  struct Chunk *before;
  char *topBefore, *limitBefore;
  size_t size; // of the data behind it
};

struct IndexTape {
  char *top, *limit;
  struct Chunk *chunk;
  size_t owns; // the forward sweep may give chunks back, the reverse sweep not: it may come again
};

struct LaunchTape {
  void *memory; // the engine reads this
  size_t count; // of tapes with chunks
  int device;
};

void *__linkgrad_launch_tape(size_t count, size_t stride, size_t grows) {
  size_t bytes;
  if (__builtin_mul_overflow(count, stride, &bytes) || bytes > __linkgrad_tape_limit) {
    char message[128];
    snprintf(message, sizeof message, "linkgrad: the tape is full: it holds at most %zu bytes\n",
             __linkgrad_tape_limit);
    stopLaunch(message);
  }
  struct LaunchTape *tape = malloc(sizeof *tape);
  if (!tape)
    stopLaunch("linkgrad: out of memory\n");
  tape->device = defaultDevice();
  tape->memory = allocate(bytes, tape->device);
  tape->count = grows ? count : 0;
  return tape;
}

/// A deferred release.
void __linkgrad_launch_release(void *handle, size_t unused, size_t alsoUnused) {
  (void)unused;
  (void)alsoUnused;
  struct LaunchTape *tape = handle;
  struct IndexTape *tapes = tape->memory;
  for (size_t i = 0; i < tape->count; ++i)
    for (struct Chunk *chunk = tapes[i].chunk; chunk;) {
      struct Chunk *before = chunk->before;
      free(chunk);
      chunk = before;
    }
  release(tape->memory, tape->device);
  free(tape);
}

__attribute__((noinline)) static void growTape(struct IndexTape *tape, size_t bytes) {
  size_t size = tape->chunk ? 2 * tape->chunk->size : 224;
  size = size < bytes ? bytes : size;
  struct Chunk *chunk = malloc(sizeof *chunk + size);
  if (!chunk)
    stopLaunch("linkgrad: no memory for the tape\n");
  chunk->before = tape->chunk;
  chunk->topBefore = tape->top;
  chunk->limitBefore = tape->limit;
  chunk->size = size;
  tape->chunk = chunk;
  tape->top = (char *)(chunk + 1);
  tape->limit = tape->top + size;
}

void *__linkgrad_index_push(struct IndexTape *tape, size_t bytes) {
  if ((size_t)(tape->limit - tape->top) < bytes)
    growTape(tape, bytes);
  char *start = tape->top;
  tape->top = start + bytes;
  return start;
}

/// A chunk is left when what was pushed on it first goes.
void __linkgrad_index_pop(struct IndexTape *tape, void *start) {
  struct Chunk *chunk = tape->chunk;
  tape->top = start;
  if (!chunk || start != (char *)(chunk + 1))
    return;
  tape->top = chunk->topBefore;
  tape->limit = chunk->limitBefore;
  tape->chunk = chunk->before;
  if (tape->owns)
    free(chunk);
}

/// Zeros that a launch adds to.
void *__linkgrad_launch_sums(size_t bytes) {
  int device = defaultDevice();
  void *sums = allocate(bytes, device);
  void *zeros = calloc(1, bytes);
  if (!zeros)
    stopLaunch("linkgrad: out of memory\n");
  if (!hasDevices())
    memset(sums, 0, bytes);
  else if (omp_target_memcpy(sums, zeros, bytes, 0, 0, device, omp_get_initial_device()))
    stopLaunch("linkgrad: cannot write the device's memory\n");
  free(zeros);
  return sums;
}

/// to[i] = Σ of what stands for it in each of `count` stripes
void __linkgrad_launch_take(double *to, size_t numbers, void *sums, size_t count, size_t stripe) {
  int device = defaultDevice();
  char *all = malloc(count * stripe);
  if (!all)
    stopLaunch("linkgrad: out of memory\n");
  if (!hasDevices())
    memcpy(all, sums, count * stripe);
  else if (omp_target_memcpy(all, sums, count * stripe, 0, 0, omp_get_initial_device(), device))
    stopLaunch("linkgrad: cannot read the device's memory\n");
  for (size_t i = 0; i < numbers; ++i)
    to[i] = 0;
  for (size_t k = 0; k < count; ++k)
    for (size_t i = 0; i < numbers; ++i)
      to[i] += *(double *)(all + k * stripe + 8 * i);
  free(all);
  release(sums, device);
}

//===- mapping ------------------------------------------------------------===//

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
