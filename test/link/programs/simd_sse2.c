// Hand-written SSE2: add, multiply, divide, square root, minimum, shuffles, unpacks and a masked select.
#include "check.h"
#include <emmintrin.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double kernel(const double *x, const double *y, int n) {
  __m128d sum = _mm_setzero_pd(), scale = _mm_set1_pd(1.5);
  for (int i = 0; i + 1 < n; i += 2) {
    __m128d a = _mm_loadu_pd(x + i), b = _mm_loadu_pd(y + i);
    __m128d p = _mm_add_pd(_mm_mul_pd(a, b), scale),
            q = _mm_div_pd(p, _mm_sqrt_pd(_mm_add_pd(_mm_mul_pd(a, a), scale)));
    __m128d swapped = _mm_shuffle_pd(q, q, 1);
    q = _mm_sub_pd(q, _mm_mul_pd(_mm_min_pd(a, b), swapped));
    __m128d mask = _mm_cmplt_pd(q, _mm_setzero_pd());
    q = _mm_or_pd(_mm_and_pd(mask, _mm_mul_pd(q, q)), _mm_andnot_pd(mask, q));
    sum = _mm_add_pd(sum, _mm_unpacklo_pd(q, _mm_max_pd(q, b)));
  }
  double parts[2];
  _mm_storeu_pd(parts, sum);
  return parts[0] - parts[1] + _mm_cvtsd_f64(_mm_mul_sd(sum, scale));
}

int main(void) {
  enum { N = 8 };
  double x[N], y[N], dx[N] = {0}, dy[N] = {0}, wantX[N], wantY[N], forward[N];
  for (int i = 0; i < N; ++i)
    x[i] = sin(1.0 + i), y[i] = cos(3.0 * i) + 0.2;
  __enzyme_autodiff((void *)kernel, enzyme_dup, x, dx, enzyme_dup, y, dy, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0}, zero[N] = {0};
    e[i] = 1;
    wantX[i] = DIFFERENCE(kernel(x, y, N), x[i]);
    wantY[i] = DIFFERENCE(kernel(x, y, N), y[i]);
    forward[i] = __enzyme_fwddiff((void *)kernel, enzyme_dup, x, e, enzyme_dup, y, zero, enzyme_const, N);
  }
  checkArrayDifference("reverse x", dx, wantX, N);
  checkArrayDifference("reverse y", dy, wantY, N);
  checkArrayDifference("forward x", forward, wantX, N);
  return checkResult();
}
