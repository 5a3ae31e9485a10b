//===- Tape.c - the memory of reverse mode --------------------------------===//
//
// One contiguous last-in-first-out arena per thread and differentiation order.
// Address space is reserved once and touched as needed; pages stay with the
// thread, so only the first gradient pays for page faults.
//
//   push(arena, n)    n more bytes (multiple of 16), returns their start
//   peek(arena, n)    the start of the last n bytes
//   pop(arena, p)     everything from p on is released
//
// Shadows of heap memory that the primal frees must live until the reverse sweep
// is over: `defer` remembers them, `release` frees all since a mark.
//
// This file is compiled to bitcode and linked into programs on demand.
//
//===----------------------------------------------------------------------===//

#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { arenaCount = 4 };

struct Arena {
  char *top, *limit, *base;
};

struct Deferred {
  void (*release)(void *, size_t, size_t);
  void *pointer;
  size_t size, alignment;
};

static _Thread_local struct Arena arenas[arenaCount];
static _Thread_local struct Deferred *deferred;
static _Thread_local size_t deferredCount, deferredCapacity;

__attribute__((noreturn, cold, noinline)) static void stop(const char *message) {
  fputs(message, stderr);
  fflush(stderr);
  abort();
}

__attribute__((cold, noinline)) static void reserve(struct Arena *arena, size_t bytes) {
  if (arena->base)
    stop("linkgrad: the tape is full\n");
  size_t size = (size_t)1 << 40;
  void *base = MAP_FAILED;
  for (; size >= bytes && size >= ((size_t)1 << 20); size >>= 1) {
    base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base != MAP_FAILED)
      break;
  }
  if (base == MAP_FAILED)
    stop("linkgrad: no memory for the tape\n");
  arena->base = arena->top = base;
  arena->limit = arena->base + size;
}

__attribute__((always_inline)) void *__linkgrad_tape_push(int order, size_t bytes) {
  struct Arena *arena = &arenas[order];
  if (__builtin_expect((size_t)(arena->limit - arena->top) < bytes, 0))
    reserve(arena, bytes);
  char *start = arena->top;
  arena->top = start + bytes;
  return start;
}

__attribute__((always_inline)) void *__linkgrad_tape_peek(int order, size_t bytes) { return arenas[order].top - bytes; }

__attribute__((always_inline)) void __linkgrad_tape_pop(int order, void *start) { arenas[order].top = start; }

void __linkgrad_defer(void (*release)(void *, size_t, size_t), void *pointer, size_t size, size_t alignment) {
  if (deferredCount == deferredCapacity) {
    deferredCapacity = deferredCapacity ? 2 * deferredCapacity : 64;
    deferred = realloc(deferred, deferredCapacity * sizeof *deferred);
    if (!deferred)
      stop("linkgrad: out of memory\n");
  }
  struct Deferred entry = {release, pointer, size, alignment};
  deferred[deferredCount++] = entry;
}

size_t __linkgrad_deferred_mark(void) { return deferredCount; }

void __linkgrad_release_deferred(size_t mark) {
  while (deferredCount > mark) {
    struct Deferred entry = deferred[--deferredCount];
    // Deallocation functions take the pointer, then perhaps size and alignment;
    // extra arguments are ignored by every calling convention we support.
    entry.release(entry.pointer, entry.size, entry.alignment);
  }
}

/// A tape that outlives the forward sweep: the user holds it between the passes of
/// split mode.  While it is entered, it takes the place of the thread's own.
struct SplitTape {
  struct Arena arena;
  struct Deferred *deferred;
  size_t deferredCount, deferredCapacity;
  char *full; // top after the forward sweep
};

static void exchange(struct SplitTape *tape) {
  struct SplitTape ours = {arenas[0], deferred, deferredCount, deferredCapacity, tape->full};
  arenas[0] = tape->arena;
  deferred = tape->deferred;
  deferredCount = tape->deferredCount;
  deferredCapacity = tape->deferredCapacity;
  *tape = ours;
}

void *__linkgrad_tape_open(void) {
  struct SplitTape *tape = calloc(1, sizeof *tape);
  if (!tape)
    stop("linkgrad: out of memory\n");
  exchange(tape);
  return tape;
}

void __linkgrad_tape_enter(void *handle) {
  struct SplitTape *tape = handle;
  tape->arena.top = tape->full;
  exchange(tape);
}

void __linkgrad_tape_leave(void *handle) {
  struct SplitTape *tape = handle;
  exchange(tape);
  if (!tape->full || tape->arena.top > tape->full)
    tape->full = tape->arena.top;
}

void __linkgrad_tape_close(void *handle) {
  struct SplitTape *tape = handle;
  __linkgrad_release_deferred(0);
  exchange(tape);
  if (tape->arena.base)
    munmap(tape->arena.base, (size_t)(tape->arena.limit - tape->arena.base));
  free(tape->deferred);
  free(tape);
}

size_t __linkgrad_usable_size(void *pointer) { return pointer ? malloc_usable_size(pointer) : 0; }

/// Reached when differentiated code calls a function that has no derivative.
__attribute__((noreturn, cold)) void __linkgrad_no_derivative(const char *message) {
  fputs("linkgrad: ", stderr);
  fputs(message, stderr);
  fputs("\n", stderr);
  fflush(stderr);
  abort();
}
