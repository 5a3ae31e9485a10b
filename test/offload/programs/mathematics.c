// Every mathematical function of offload/DeviceMath.def, of both precisions.
#include "offload_test.h"

static void doubles(size_t i, const double *x, double *y) {
  double a = x[i], b = x[i] + 0.25;
  y += i * 64;
  y[0] = sin(a);
  y[1] = cos(a);
  y[2] = tan(a);
  y[3] = asin(a);
  y[4] = acos(a);
  y[5] = atan(a);
  y[6] = sinh(a);
  y[7] = cosh(a);
  y[8] = tanh(a);
  y[9] = asinh(a);
  y[10] = acosh(a);
  y[11] = atanh(a);
  y[12] = exp(a);
  y[13] = exp2(a);
  y[14] = expm1(a);
  y[15] = log(a);
  y[16] = log2(a);
  y[17] = log10(a);
  y[18] = log1p(a);
  y[19] = cbrt(a);
  y[20] = erf(a);
  y[21] = erfc(a);
  y[22] = tgamma(a);
  y[23] = lgamma(a);
  y[24] = sqrt(a);
  y[25] = fabs(a);
  y[26] = floor(a);
  y[27] = ceil(a);
  y[28] = trunc(a);
  y[29] = rint(a);
  y[30] = nearbyint(a);
  y[31] = round(a);
  y[32] = pow(a, b);
  y[33] = atan2(a, b);
  y[34] = fmod(a, b);
  y[35] = remainder(a, b);
  y[36] = hypot(a, b);
  y[37] = fmin(a, b);
  y[38] = fmax(a, b);
  y[39] = fdim(a, b);
  y[40] = copysign(a, b);
  y[41] = fma(a, b, a);
  y[42] = ldexp(a, (int)i);
  y[43] = scalbn(b, -(int)i);
}

static void floats(size_t i, const float *x, float *y) {
  float a = x[i], b = x[i] + 0.25f;
  y += i * 64;
  y[0] = sinf(a);
  y[1] = cosf(a);
  y[2] = tanf(a);
  y[3] = asinf(a);
  y[4] = acosf(a);
  y[5] = atanf(a);
  y[6] = sinhf(a);
  y[7] = coshf(a);
  y[8] = tanhf(a);
  y[9] = asinhf(a);
  y[10] = acoshf(a);
  y[11] = atanhf(a);
  y[12] = expf(a);
  y[13] = exp2f(a);
  y[14] = expm1f(a);
  y[15] = logf(a);
  y[16] = log2f(a);
  y[17] = log10f(a);
  y[18] = log1pf(a);
  y[19] = cbrtf(a);
  y[20] = erff(a);
  y[21] = erfcf(a);
  y[22] = tgammaf(a);
  y[23] = lgammaf(a);
  y[24] = sqrtf(a);
  y[25] = fabsf(a);
  y[26] = floorf(a);
  y[27] = ceilf(a);
  y[28] = truncf(a);
  y[29] = rintf(a);
  y[30] = nearbyintf(a);
  y[31] = roundf(a);
  y[32] = powf(a, b);
  y[33] = atan2f(a, b);
  y[34] = fmodf(a, b);
  y[35] = remainderf(a, b);
  y[36] = hypotf(a, b);
  y[37] = fminf(a, b);
  y[38] = fmaxf(a, b);
  y[39] = fdimf(a, b);
  y[40] = copysignf(a, b);
  y[41] = fmaf(a, b, a);
  y[42] = ldexpf(a, (int)i);
  y[43] = scalbnf(b, -(int)i);
}

enum { n = 9, functions = 44 };

int main(void) {
  static double x[n], got[n * 64], wanted[n * 64];
  static float xf[n], gotf[n * 64], wantedf[n * 64];
  for (int i = 0; i < n; ++i)
    xf[i] = (float)(x[i] = 1.0 / (i + 1));
  check_ran(__offload_launch(doubles, n, x, got));
  check_ran(__offload_launch(floats, n, xf, gotf));
  for (size_t i = 0; i < n; ++i) {
    doubles(i, x, wanted);
    floats(i, xf, wantedf);
  }
  for (int i = 0; i < n; ++i)
    for (int f = 0; f < functions; ++f) {
      if (wanted[i * 64 + f] == wanted[i * 64 + f])
        check(got[i * 64 + f], wanted[i * 64 + f]);
      if (wantedf[i * 64 + f] == wantedf[i * 64 + f])
        check_close(gotf[i * 64 + f], wantedf[i * 64 + f], 1e-5);
    }
  return failures;
}
