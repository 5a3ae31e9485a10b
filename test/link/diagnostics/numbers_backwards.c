// The bytes of numbers are copied one by one, the last first.
// expect-error: [float-bits]
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern int enzyme_dup, enzyme_const;
void __enzyme_autodiff(void *, ...);

__attribute__((noinline)) static void put(unsigned char *bytes, double value) {
  uint64_t bits;
  memcpy(&bits, &value, 8);
  const unsigned char *from = (const unsigned char *)&bits;
  for (int i = 0; i < 8; ++i)
    bytes[i] = from[7 - i];
}

__attribute__((noinline)) static double get(const unsigned char *bytes) {
  uint64_t bits = 0;
  unsigned char *to = (unsigned char *)&bits;
  for (int i = 0; i < 8; ++i)
    to[7 - i] = bytes[i];
  double value;
  memcpy(&value, &bits, 8);
  return value;
}

static double product(const double *x, int n) {
  unsigned char *bytes = malloc(8 * n);
  for (int i = 0; i < n; ++i)
    put(bytes + 8 * i, x[i] * x[i]);
  double result = 1;
  for (int i = 0; i < n; ++i)
    result *= get(bytes + 8 * i);
  free(bytes);
  return result;
}

int main(void) {
  double x[] = {0.7, 0.4, 0.2}, dx[] = {0.1, 0.2, 0.3};
  __enzyme_autodiff((void *)product, enzyme_dup, x, dx, enzyme_const, 3);
  return dx[0] > 0;
}
