// Recursive radix-2 FFT with temporary arrays per level; by Parseval the gradient of |FFT x|^2 is 2 N x.
#include "check.h"
#include <stdlib.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { N = 16 };

static void fft(double *re, double *im, int n) {
  if (n == 1)
    return;
  int h = n / 2;
  double *work = (double *)malloc((size_t)(4 * h) * sizeof *work);
  double *evenRe = work, *evenIm = work + h, *oddRe = work + 2 * h, *oddIm = work + 3 * h;
  for (int i = 0; i < h; ++i) {
    evenRe[i] = re[2 * i], evenIm[i] = im[2 * i];
    oddRe[i] = re[2 * i + 1], oddIm[i] = im[2 * i + 1];
  }
  fft(evenRe, evenIm, h);
  fft(oddRe, oddIm, h);
  for (int k = 0; k < h; ++k) {
    double c = cos(2 * 3.14159265358979323846 * k / n), s = -sin(2 * 3.14159265358979323846 * k / n);
    double tr = c * oddRe[k] - s * oddIm[k], ti = c * oddIm[k] + s * oddRe[k];
    re[k] = evenRe[k] + tr, im[k] = evenIm[k] + ti;
    re[k + h] = evenRe[k] - tr, im[k + h] = evenIm[k] - ti;
  }
  free(work);
}

static double power(const double *x, int from, int to) {
  double re[N], im[N] = {0}, s = 0;
  for (int i = 0; i < N; ++i)
    re[i] = x[i];
  fft(re, im, N);
  for (int i = from; i < to; ++i)
    s += re[i] * re[i] + im[i] * im[i];
  return s;
}

int main(void) {
  double x[N], all[N] = {0}, low[N] = {0}, parseval[N], want[N], forward[N];
  for (int i = 0; i < N; ++i)
    x[i] = sin(0.7 * i * i), parseval[i] = 2 * N * x[i];
  __enzyme_autodiff((void *)power, enzyme_dup, x, all, enzyme_const, 0, enzyme_const, N);
  __enzyme_autodiff((void *)power, enzyme_dup, x, low, enzyme_const, 1, enzyme_const, 4);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(power(x, 1, 4), x[i]);
    forward[i] = __enzyme_fwddiff((void *)power, enzyme_dup, x, e, enzyme_const, 1, enzyme_const, 4);
  }
  checkArrayExact("parseval reverse", all, parseval, N);
  checkArrayDifference("low band reverse", low, want, N);
  checkArrayDifference("low band forward", forward, want, N);
  return checkResult();
}
