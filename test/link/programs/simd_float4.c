// Four floats at a time with SSE intrinsics and clang's vector extension.
#include "check.h"
#include <xmmintrin.h>

extern int enzyme_dup, enzyme_const;
typedef float floats __attribute__((vector_size(16)));
extern float __enzyme_autodiff_norm(float (*)(const float *, int), int, const float *, float *, int, int);
extern float __enzyme_fwddiff_norm(float (*)(const float *, int), int, const float *, const float *, int, int);

static float norm(const float *x, int n) {
  floats sum = {1, 0, 0, 0};
  for (int i = 0; i < n; i += 4) {
    floats v = _mm_loadu_ps(x + i);
    sum += v * v * v + (floats){1, 2, 3, 4} * v;
    sum = __builtin_shufflevector(sum, v, 1, 2, 3, 4);
  }
  __m128 high = _mm_movehl_ps(sum, sum), half = _mm_add_ps(sum, high);
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_shuffle_ps(half, half, 1)));
}

static double reference(const double *x, int n) { // the same in double, for the finite differences
  double s[4] = {1, 0, 0, 0};
  for (int i = 0; i < n; i += 4) {
    for (int k = 0; k < 4; ++k)
      s[k] += x[i + k] * x[i + k] * x[i + k] + (k + 1) * x[i + k];
    s[0] = s[1], s[1] = s[2], s[2] = s[3], s[3] = x[i];
  }
  return s[0] + s[1] + s[2] + s[3];
}

int main(void) {
  enum { N = 8 };
  float x[N] = {0.5f, -1, 2, 0.25f, 1.5f, -0.75f, 1, 3}, dx[N] = {0};
  double y[N] = {0.5, -1, 2, 0.25, 1.5, -0.75, 1, 3};
  __enzyme_autodiff_norm(norm, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    float e[N] = {0};
    e[i] = 1;
    double want = DIFFERENCE(reference(y, N), y[i]);
    checkNear("reverse", dx[i], want, 1e-5);
    checkNear("forward", __enzyme_fwddiff_norm(norm, enzyme_dup, x, e, enzyme_const, N), want, 1e-5);
  }
  return checkResult();
}
