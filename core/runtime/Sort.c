//===- Sort.c - the order a sort would make, and what a search finds ------===//
//
// qsort moves bytes it knows nothing about.  The engine therefore splits it: the
// order is found here, by asking the program's comparison about the elements where
// they lie, and the elements are moved by ordinary copies, which have derivatives.
// The order is stable (merge sort), like that of the C library.
//
//===----------------------------------------------------------------------===//

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef int (*Compare)(const void *, const void *);
typedef int (*CompareInContext)(const void *, const void *, void *);

struct Elements {
  const char *base;
  size_t size;
  Compare compare;
  CompareInContext inContext; ///< takes the place of compare unless null
  void *context;
};

static int ordered(const struct Elements *elements, int64_t a, int64_t b) {
  const char *x = elements->base + (size_t)a * elements->size, *y = elements->base + (size_t)b * elements->size;
  return (elements->inContext ? elements->inContext(x, y, elements->context) : elements->compare(x, y)) <= 0;
}

static void merge(const struct Elements *elements, const int64_t *from, int64_t *to, size_t low, size_t middle,
                  size_t high) {
  size_t left = low, right = middle;
  for (size_t k = low; k < high; ++k) {
    int takesLeft = left < middle && (right == high || ordered(elements, from[left], from[right]));
    to[k] = takesLeft ? from[left++] : from[right++];
  }
}

static void sortOrder(const struct Elements *elements, int64_t *order, size_t count) {
  int64_t *other = malloc(count * sizeof *other), *from = order, *to = other;
  if (!other)
    abort();
  for (size_t i = 0; i < count; ++i)
    order[i] = (int64_t)i;
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t low = 0; low < count; low += 2 * width) {
      size_t middle = low + width < count ? low + width : count;
      size_t high = middle + width < count ? middle + width : count;
      merge(elements, from, to, low, middle, high);
    }
    int64_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != order)
    for (size_t i = 0; i < count; ++i)
      order[i] = from[i];
  free(other);
}

/// order[i] becomes the index of the element that belongs at place i.
void __linkgrad_sort_order(int64_t *order, const void *base, size_t count, size_t size, Compare compare) {
  struct Elements elements = {base, size, compare, 0, 0};
  sortOrder(&elements, order, count);
}

void __linkgrad_sort_order_r(int64_t *order, const void *base, size_t count, size_t size, CompareInContext compare,
                             void *context) {
  struct Elements elements = {base, size, 0, compare, context};
  sortOrder(&elements, order, count);
}

/// The index of an element that equals the key, or -1.
int64_t __linkgrad_search(const void *key, const void *base, size_t count, size_t size, Compare compare) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int side = compare(key, (const char *)base + middle * size);
    if (side == 0)
      return (int64_t)middle;
    if (side < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return -1;
}
