// The bytes of numbers are written as integers, and put together again.
// expect-error: [float-bits]
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);

__attribute__((noinline)) static void put(int *out, const void *numbers, int n) {
  const unsigned char *bytes = numbers;
  for (int i = 0; i < n; ++i)
    out[i] = bytes[i];
}

__attribute__((noinline)) static double get(const int *in) {
  unsigned long bits = 0;
  for (int i = 7; i >= 0; --i)
    bits = bits << 8 | (unsigned)in[i];
  double number;
  memcpy(&number, &bits, sizeof number);
  return number;
}

static double f(const double *x, int n) {
  int wire[64];
  double a[4], sum = 0;
  for (int i = 0; i < n; ++i)
    a[i] = x[i] * x[i];
  put(wire, a, 8 * n);
  for (int i = 0; i < n; ++i)
    sum += get(wire + 8 * i) * a[n - 1 - i];
  return sum;
}

int main(void) {
  double x[3] = {0.5, 1.25, 0.75}, dx[3] = {0};
  __enzyme_autodiff((void *)f, enzyme_dup, x, dx, enzyme_const, 3);
  return dx[0] > 0;
}
