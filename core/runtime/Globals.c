//===- Globals.c - what globals pointed to before we came -----------------===//
//
// A derivative begins with fresh shadows of the globals it uses.  The pointers in
// them lead to shadows of other globals (a free list inside a static array) where
// there are any; what else they point to has none, and `shadow == primal` says so.
//
// Active values that are stored in such memory are lost.  We take note of it, once
// for each derivative and thread, and stop if they are read back: a derivative that
// lacks a part is worse than none.
//
//===----------------------------------------------------------------------===//

#include <stddef.h>

struct Range {
  char *start, *end, *shadow;
};

void __linkgrad_translate_pointers(char *shadow, size_t bytes, size_t period, size_t offset, const struct Range *ranges,
                                   size_t count) {
  for (size_t at = offset; at + sizeof(char *) <= bytes; at += period) {
    char **place = (char **)(shadow + at), *pointer = *place;
    for (size_t i = 0; i < count; ++i)
      if (pointer >= ranges[i].start && pointer < ranges[i].end)
        *place = ranges[i].shadow + (pointer - ranges[i].start);
  }
}

void __linkgrad_no_derivative(const char *message);

static _Thread_local int anyLost;

void __linkgrad_forget_stores(void) { anyLost = 0; }

void __linkgrad_note_store(const void *shadow, const void *primal) { anyLost |= shadow == primal; }

void __linkgrad_check_load(const void *shadow, const void *primal, const char *message) {
  if (anyLost && shadow == primal)
    __linkgrad_no_derivative(message);
}

/// After setjmp: it returns something else than zero when longjmp came back to it.
void __linkgrad_check_first_return(int result) {
  if (result)
    __linkgrad_no_derivative("longjmp into a function that is being differentiated [longjmp]");
}

/// An exception object of \p size bytes; it stays the library's.
void *__linkgrad_thrown(void *object, size_t size) {
  (void)size;
  return object;
}

void __linkgrad_thrown_end(void *object) { (void)object; }
