// In-place iterative FFT with bit reversal and a running twiddle factor: the adjoint is the conjugate transform.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

static void fft(double *z, int n) { // z[2k], z[2k+1] are the parts of entry k
  for (int i = 1, j = 0; i < n; ++i) {
    int bit = n >> 1;
    for (; j & bit; bit >>= 1)
      j ^= bit;
    j ^= bit;
    if (i < j)
      for (int k = 0; k < 2; ++k) {
        double kept = z[2 * i + k];
        z[2 * i + k] = z[2 * j + k];
        z[2 * j + k] = kept;
      }
  }
  for (int length = 2; length <= n; length *= 2) {
    double angle = -2 * 3.14159265358979323846 / length, wr = cos(angle), wi = sin(angle);
    for (int i = 0; i < n; i += length) {
      double ur = 1, ui = 0;
      for (int k = i; k < i + length / 2; ++k) {
        double *a = z + 2 * k, *b = z + 2 * k + length;
        double tr = b[0] * ur - b[1] * ui, ti = b[0] * ui + b[1] * ur, next = ur * wr - ui * wi;
        b[0] = a[0] - tr, b[1] = a[1] - ti;
        a[0] += tr, a[1] += ti;
        ui = ur * wi + ui * wr;
        ur = next;
      }
    }
  }
}

int main(void) {
  enum { N = 32 };
  double z[2 * N], dz[2 * N], want[2 * N], t[2 * N], transformed[2 * N];
  for (int i = 0; i < 2 * N; ++i) {
    z[i] = cos(1.0 + i * 0.37);
    dz[i] = want[i] = sin(i * i * 0.11);
    t[i] = transformed[i] = 1.0 / (i + 2);
  }
  // The adjoint of a real-linear map given by a symmetric complex matrix: conjugate, transform, conjugate.
  for (int i = 0; i < N; ++i)
    want[2 * i + 1] = -want[2 * i + 1];
  fft(want, N);
  for (int i = 0; i < N; ++i)
    want[2 * i + 1] = -want[2 * i + 1];
  fft(transformed, N);
  __enzyme_autodiff((void *)fft, enzyme_dup, z, dz, enzyme_const, N);
  checkArray("reverse", dz, want, 2 * N, 1e-9);
  __enzyme_fwddiff((void *)fft, enzyme_dup, z, t, enzyme_const, N);
  checkArray("forward", t, transformed, 2 * N, 1e-9);
  return checkResult();
}
