// Doubles travel as 64-bit integers: moved through a hash table of words, swapped, stored, and read back as doubles.
#include "check.h"
#include <stdint.h>
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static int64_t toBits(double x) {
  int64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static double fromBits(int64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static double shuffle(const double *x, int n) {
  int64_t slots[8];
  for (int i = 0; i < n; ++i)
    slots[(i * 5) % 8] = toBits(x[i] * x[(i + 1) % n]);
  for (int i = 0; i < n / 2; ++i) {
    int64_t kept = slots[i];
    slots[i] = slots[n - 1 - i];
    slots[n - 1 - i] = kept;
  }
  double s = 1;
  for (int i = 0; i < n; ++i)
    s = s * 0.7 + fromBits(slots[i]) * (i + 1) * s;
  return s;
}

int main(void) {
  enum { N = 8 };
  double x[N], dx[N] = {0}, want[N], forward[N];
  for (int i = 0; i < N; ++i)
    x[i] = 0.4 + 0.1 * cos(3.0 * i);
  __enzyme_autodiff((void *)shuffle, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(shuffle(x, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)shuffle, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
