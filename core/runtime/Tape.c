//===- Tape.c - the memory of reverse mode --------------------------------===//
//
// One contiguous last-in-first-out arena per thread and nesting level of
// differentiation.  Address space is reserved once and touched as needed; pages
// stay with the thread, so only the first gradient pays for page faults.
//
//   push(level, n)    n more bytes (multiple of 16), returns their start
//   peek(level, n)    the start of the last n bytes
//   pop(level, p)     everything from p on is released
//
// Derivatives of derivatives.  What the derivatives of the first round keep is
// memory of the functions that the second round differentiates, and so needs
// shadows.  Each arena is followed by mirrors of itself, one for each shadow that any
// round asks for, at a fixed distance: the shadow of p is p + i * distance.  So
// shadows need no bookkeeping, whatever pushes and pops in between, and a round
// keeps its own values on the arena of its own level.  core/emit/TapeViews.cpp tells
// how differentiated code speaks of them.
//
// Shadows of heap memory that the primal frees must live until the reverse sweep
// is over: `defer` remembers them, `release_deferred` frees all since a mark.  When
// code that releases is differentiated in reverse, what it releases is handed
// to the outer level instead (`postpone`): the outer sweep is not over.
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

enum { levelCount = 8 };

/// What the engine decides for the program; it sets these when it links this file.
__attribute__((weak)) const size_t __linkgrad_tape_distance = (size_t)1 << 40;
__attribute__((weak)) const size_t __linkgrad_tape_mirrors = 1;
__attribute__((weak)) const size_t __linkgrad_tape_limit = (size_t)-1;

struct Arena {
  char *top, *limit, *base;
  size_t mapped; // bytes from base on, in each mirror
};

struct Deferred {
  void (*release)(void *, size_t, size_t);
  void *pointer;
  size_t size, alignment;
};

struct DeferredList {
  struct Deferred *entries;
  size_t count, capacity;
};

static _Thread_local struct Arena arenas[levelCount];
static _Thread_local struct DeferredList deferred[levelCount];

__attribute__((noreturn, cold, noinline)) static void stop(const char *message) {
  fputs(message, stderr);
  fflush(stderr);
  abort();
}

static void *map(char *where, size_t size) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (where ? MAP_FIXED_NOREPLACE : 0);
  void *got = mmap(where, size, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (got != MAP_FAILED && where && got != where) {
    munmap(got, size);
    return MAP_FAILED;
  }
  return got;
}

/// `size` bytes in each mirror, the first of them at `where` if that is not null.
static char *mapMirrors(char *where, size_t size) {
  char *base = map(where, size);
  if (base == MAP_FAILED)
    return NULL;
  for (size_t i = 1; i < __linkgrad_tape_mirrors; ++i)
    if (map(base + i * __linkgrad_tape_distance, size) == MAP_FAILED) {
      while (i-- > 0)
        munmap(base + i * __linkgrad_tape_distance, size);
      return NULL;
    }
  return base;
}

/// As much as the process may have, wherever there is room.
static char *findRoom(size_t bytes, size_t *size) {
  size_t distance = __linkgrad_tape_distance, mirrors = __linkgrad_tape_mirrors;
  *size = distance;
  void *all = map(NULL, distance * mirrors);
  if (all != MAP_FAILED)
    return all;
  for (*size = distance / 2; *size >= bytes && *size >= ((size_t)1 << 20); *size >>= 1)
    for (size_t place = mirrors > 1; place < (mirrors > 1 ? 32 : 1); ++place) {
      char *base = mapMirrors((char *)(place << 42), *size);
      if (base)
        return base;
    }
  return NULL;
}

__attribute__((cold, noinline)) static void reserve(struct Arena *arena, size_t bytes) {
  if (arena->base || bytes > __linkgrad_tape_limit) {
    char message[128];
    size_t most = arena->base ? (size_t)(arena->limit - arena->base) : __linkgrad_tape_limit;
    snprintf(message, sizeof message, "linkgrad: the tape is full: it holds at most %zu bytes\n", most);
    stop(message);
  }
  char *base = findRoom(bytes, &arena->mapped);
  if (!base)
    stop("linkgrad: no memory for the tape\n");
  arena->base = arena->top = base;
  arena->limit = base + (arena->mapped < __linkgrad_tape_limit ? arena->mapped : __linkgrad_tape_limit);
}

/// `what` names the memory for the analysis of nested derivatives.
__attribute__((always_inline)) void *__linkgrad_tape_push(int level, size_t bytes, const void *what) {
  (void)what;
  struct Arena *arena = &arenas[level];
  if (__builtin_expect((size_t)(arena->limit - arena->top) < bytes, 0))
    reserve(arena, bytes);
  char *start = arena->top;
  arena->top = start + bytes;
  return start;
}

__attribute__((always_inline)) void *__linkgrad_tape_peek(int level, size_t bytes, const void *what) {
  (void)what;
  return arenas[level].top - bytes;
}

/// What began when there was no tape yet begins at its base.
__attribute__((always_inline)) void __linkgrad_tape_pop(int level, void *start) {
  arenas[level].top = start ? start : arenas[level].base;
}

void __linkgrad_defer(int level, void (*release)(void *, size_t, size_t), void *pointer, size_t size,
                      size_t alignment) {
  struct DeferredList *list = &deferred[level];
  if (!pointer)
    return;
  if (list->count == list->capacity) {
    list->capacity = list->capacity ? 2 * list->capacity : 64;
    list->entries = realloc(list->entries, list->capacity * sizeof *list->entries);
    if (!list->entries)
      stop("linkgrad: out of memory\n");
  }
  struct Deferred entry = {release, pointer, size, alignment};
  list->entries[list->count++] = entry;
}

size_t __linkgrad_deferred_mark(int level) { return deferred[level].count; }

void __linkgrad_release_deferred(int level, size_t mark) {
  struct DeferredList *list = &deferred[level];
  while (list->count > mark) {
    struct Deferred entry = list->entries[--list->count];
    // Deallocation functions take the pointer, then perhaps size and alignment;
    // extra arguments are ignored by every calling convention we support.
    entry.release(entry.pointer, entry.size, entry.alignment);
  }
}

/// What `level` would release now, `outer` releases later.
void __linkgrad_postpone(int level, size_t mark, int outer) {
  struct DeferredList *list = &deferred[level];
  for (size_t i = mark; i < list->count; ++i) {
    struct Deferred entry = list->entries[i];
    __linkgrad_defer(outer, entry.release, entry.pointer, entry.size, entry.alignment);
  }
  if (list->count > mark)
    list->count = mark;
}

/// A tape that outlives the forward sweep: the user holds it between the passes of
/// split mode.  While it is entered, it takes the place of the thread's own.
struct SplitTape {
  struct Arena arena;
  struct DeferredList deferred;
  char *full; // top after the forward sweep
};

static void exchange(int level, struct SplitTape *tape) {
  struct SplitTape ours = {arenas[level], deferred[level], tape->full};
  arenas[level] = tape->arena;
  deferred[level] = tape->deferred;
  *tape = ours;
}

void *__linkgrad_tape_open(int level) {
  struct SplitTape *tape = calloc(1, sizeof *tape);
  if (!tape)
    stop("linkgrad: out of memory\n");
  exchange(level, tape);
  return tape;
}

void __linkgrad_tape_enter(int level, void *handle) {
  struct SplitTape *tape = handle;
  tape->arena.top = tape->full;
  exchange(level, tape);
}

void __linkgrad_tape_leave(int level, void *handle) {
  struct SplitTape *tape = handle;
  exchange(level, tape);
  if (!tape->full || tape->arena.top > tape->full)
    tape->full = tape->arena.top;
}

/// The tape has been left for the last time.
static void discard(void *handle, size_t level, size_t unused) {
  (void)unused;
  struct SplitTape *tape = handle;
  exchange((int)level, tape);
  __linkgrad_release_deferred((int)level, 0);
  exchange((int)level, tape);
  if (tape->arena.base)
    for (size_t i = 0; i < __linkgrad_tape_mirrors; ++i)
      munmap(tape->arena.base + i * __linkgrad_tape_distance, tape->arena.mapped);
  free(tape->deferred.entries);
  free(tape);
}

void __linkgrad_tape_close(int level, void *handle) {
  __linkgrad_tape_leave(level, handle);
  discard(handle, (size_t)level, 0);
}

/// The reverse sweep of `outer` still reads the mirrors of this tape.
void __linkgrad_tape_close_later(int level, void *handle, int outer) {
  __linkgrad_tape_leave(level, handle);
  __linkgrad_defer(outer, discard, handle, (size_t)level, 0);
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
