//===- Transfer.c - derivatives of memcpy and memset ----------------------===//
//
// d = copy of s             reverse: s̄ += d̄, d̄ = 0
//
// The objects may overlap (memmove).  If d lies behind s, ascending order sees
// each d̄ before anything is added to it; otherwise descending order does.
//
// Strided forms handle one member of an array of structs: `period` bytes from one
// to the next, starting at `offset`, within the `bytes` moved.
//
//===----------------------------------------------------------------------===//

#include <stddef.h>
#include <stdint.h>
#include <string.h>

void __linkgrad_no_derivative(const char *message);

/// A copy into an object of which \p limit bytes are known.
void __linkgrad_check_move(size_t bytes, size_t limit, const char *message) {
  if (bytes > limit)
    __linkgrad_no_derivative(message);
}

void __linkgrad_check(size_t holds, const char *message) {
  if (!holds)
    __linkgrad_no_derivative(message);
}

#define TRANSFER(NAME, TYPE)                                                                                           \
  void __linkgrad_transfer_##NAME(char *destination, char *source, size_t bytes, size_t period, size_t offset) {       \
    if (destination == source || bytes < offset + sizeof(TYPE))                                                        \
      return;                                                                                                          \
    size_t count = (bytes - offset - sizeof(TYPE)) / period + 1;                                                       \
    char *d = destination + offset, *s = source + offset;                                                              \
    int ascending = d > s;                                                                                             \
    for (size_t k = 0; k < count; ++k) {                                                                               \
      size_t at = (ascending ? k : count - 1 - k) * period;                                                            \
      TYPE moved = *(TYPE *)(d + at);                                                                                  \
      *(TYPE *)(d + at) = 0;                                                                                           \
      *(TYPE *)(s + at) += moved;                                                                                      \
    }                                                                                                                  \
  }                                                                                                                    \
  void __linkgrad_clear_##NAME(char *destination, size_t bytes, size_t period, size_t offset) {                        \
    for (size_t at = offset; at + sizeof(TYPE) <= bytes; at += period)                                                 \
      *(TYPE *)(destination + at) = 0;                                                                                 \
  }

/// Others add to the source at the same time.
#define TRANSFER_SHARED(TYPE)                                                                                          \
  void __linkgrad_transfer_shared_##TYPE(char *destination, char *source, size_t bytes, size_t period,                 \
                                         size_t offset) {                                                              \
    if (destination == source)                                                                                         \
      return;                                                                                                          \
    for (size_t at = offset; at + sizeof(TYPE) <= bytes; at += period) {                                               \
      TYPE moved = *(TYPE *)(destination + at);                                                                        \
      *(TYPE *)(destination + at) = 0;                                                                                 \
      __atomic_fetch_add((TYPE *)(source + at), moved, __ATOMIC_RELAXED);                                              \
    }                                                                                                                  \
  }

TRANSFER_SHARED(float)
TRANSFER_SHARED(double)
TRANSFER(float, float)
TRANSFER(double, double)
TRANSFER(x86_fp80, long double)
TRANSFER(half, _Float16)

/// Moves `size` bytes of every period: the members that are not floating point.
void __linkgrad_copy_members(char *destination, const char *source, size_t bytes, size_t period, size_t offset,
                             size_t size) {
  int ascending = destination < source;
  if (bytes < offset + size)
    return;
  size_t count = (bytes - offset - size) / period + 1;
  for (size_t k = 0; k < count; ++k) {
    size_t at = (ascending ? k : count - 1 - k) * period + offset;
    memmove(destination + at, source + at, size);
  }
}

void __linkgrad_fill_members(char *destination, int value, size_t bytes, size_t period, size_t offset, size_t size) {
  for (size_t at = offset; at + size <= bytes; at += period)
    memset(destination + at, value, size);
}
