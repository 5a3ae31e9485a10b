// Intrinsics of <immintrin.h> that are no ordinary instructions: horizontal and alternating arithmetic, blends, masks,
// masked accesses and gathereders, rounding.
// compile-flags: -mavx2 -mfma
#include "check.h"
#include <immintrin.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double dot(const double *x, int n) {
  __m256d a = _mm256_setzero_pd();
  for (int i = 0; i + 4 <= n; i += 4) {
    __m256d v = _mm256_loadu_pd(x + i);
    a = _mm256_fmadd_pd(v, v, a);
  }
  __m128d lo = _mm256_castpd256_pd128(a), hi = _mm256_extractf128_pd(a, 1);
  lo = _mm_add_pd(lo, hi);
  lo = _mm_hadd_pd(lo, lo);
  return _mm_cvtsd_f64(lo);
}
static double clamped(const double *x, int n) {
  __m256d z = _mm256_setzero_pd(), one = _mm256_set1_pd(1.5), s = z;
  for (int i = 0; i + 4 <= n; i += 4) {
    __m256d v = _mm256_loadu_pd(x + i);
    v = _mm256_max_pd(z, _mm256_min_pd(v, one));
    v = _mm256_sqrt_pd(_mm256_add_pd(v, one));
    s = _mm256_add_pd(s, v);
  }
  double t[4];
  _mm256_storeu_pd(t, s);
  return t[0] + t[1] * 2 + t[2] * 3 + t[3] * 4;
}
static double blended(const double *x, int n) {
  __m256d s = _mm256_setzero_pd();
  for (int i = 0; i + 4 <= n; i += 4) {
    __m256d v = _mm256_loadu_pd(x + i), m = _mm256_cmp_pd(v, _mm256_set1_pd(0.5), _CMP_GT_OQ);
    s = _mm256_add_pd(s, _mm256_blendv_pd(_mm256_mul_pd(v, v), _mm256_mul_pd(v, _mm256_set1_pd(3)), m));
    s = _mm256_add_pd(s, _mm256_and_pd(m, v));
  }
  s = _mm256_permute4x64_pd(s, 0x1b);
  s = _mm256_hadd_pd(s, s);
  return ((double *)&s)[0] * 2 + ((double *)&s)[2];
}
static double signs(const double *x, int n) {
  __m256d sgn = _mm256_set1_pd(-0.0), s = sgn;
  for (int i = 0; i + 4 <= n; i += 4) {
    __m256d v = _mm256_loadu_pd(x + i);
    s = _mm256_add_pd(s, _mm256_andnot_pd(sgn, v));
    s = _mm256_sub_pd(s, _mm256_xor_pd(sgn, _mm256_mul_pd(v, v)));
  }
  __m256d t = _mm256_unpackhi_pd(s, s), u = _mm256_shuffle_pd(s, t, 5);
  s = _mm256_addsub_pd(s, u);
  double r[4];
  _mm256_storeu_pd(r, s);
  return r[0] + 2 * r[1] + 3 * r[2] + r[3];
}
static double singles(const double *x, int n) {
  float f[8];
  for (int i = 0; i < 8; i++)
    f[i] = (float)x[i];
  __m256 v = _mm256_loadu_ps(f);
  v = _mm256_mul_ps(v, v);
  v = _mm256_dp_ps(v, v, 0xff);
  __m256d d = _mm256_cvtps_pd(_mm256_castps256_ps128(v));
  double r[4];
  _mm256_storeu_pd(r, d);
  return r[0];
}
static double gathered(const double *x, int n) {
  __m128i ix = _mm_setr_epi32(0, 3, 5, 7);
  __m256d g = _mm256_i32gather_pd(x, ix, 8);
  g = _mm256_mul_pd(g, g);
  __m256i mk = _mm256_setr_epi64x(-1, 0, -1, -1);
  __m256d ml = _mm256_maskload_pd(x, mk);
  g = _mm256_mul_pd(g, _mm256_add_pd(ml, _mm256_set1_pd(1)));
  double r[4] = {0};
  _mm256_maskstore_pd(r, _mm256_setr_epi64x(-1, -1, 0, -1), g);
  return r[0] + r[1] + r[2] + r[3];
}
static double fractions(const double *x, int n) {
  __m256d v = _mm256_loadu_pd(x), f = _mm256_floor_pd(v);
  v = _mm256_sub_pd(v, f);
  v = _mm256_mul_pd(v, _mm256_broadcast_sd(x + 1));
  v = _mm256_insertf128_pd(v, _mm_loadu_pd(x + 2), 1);
  double r[4];
  _mm256_storeu_pd(r, v);
  return r[0] + r[1] * r[2] + r[3];
}

enum { N = 8 };
#define CHECK(f)                                                                                                       \
  do {                                                                                                                 \
    double x[N] = {0.3, 2.1, -1.2, 0.9, 3.3, -0.7, 1.1, 0.55}, dx[N] = {0}, want[N], forward[N];                       \
    __enzyme_autodiff((void *)f, enzyme_dup, x, dx, enzyme_const, N);                                                  \
    for (int i = 0; i < N; ++i) {                                                                                      \
      double e[N] = {0};                                                                                               \
      e[i] = 1;                                                                                                        \
      want[i] = DIFFERENCE_STEP(f(x, N), x[i], step);                                                                  \
      forward[i] = __enzyme_fwddiff((void *)f, enzyme_dup, x, e, enzyme_const, N);                                     \
    }                                                                                                                  \
    checkArray(#f " reverse", dx, want, N, tolerance);                                                                 \
    checkArray(#f " forward", forward, want, N, tolerance);                                                            \
  } while (0)

int main(void) {
  double step = 2e-4, tolerance = 1e-6;
  CHECK(dot);
  CHECK(clamped);
  CHECK(blended);
  CHECK(signs);
  CHECK(gathered);
  CHECK(fractions);
  step = 1e-2; // in single precision
  tolerance = 1e-3;
  CHECK(singles);
  return checkResult();
}
