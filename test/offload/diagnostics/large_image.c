// compile-flags: -g
// A table of a gigabyte and more is a part of the image.
#include "offload_test.h"

static const unsigned char table[1200000000] = {1, 2, 3};

static void look(size_t i, double *y) { y[i] = table[i * 1000003 % sizeof table]; }

int main(void) {
  double y[10];
  // expect-error: large_image.c:14:10: the image for device x86_64 would have 12000000
  // expect-error: bytes, more than the 1073741824 that are allowed [device-image-size]
  // expect-error: max-image=BYTES allows more
  return __offload_launch(look, 10, y);
}
