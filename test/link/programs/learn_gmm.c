// Log-likelihood of a Gaussian mixture with triangular inverse factors, log-sum-exp over the components.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { D = 2, K = 3, POINTS = 6 };

static double likelihood(const double *alphas, const double *means, const double *factors, const double *x) {
  double total = 0, norm = 0;
  for (int k = 0; k < K; ++k)
    norm += exp(alphas[k]);
  for (int n = 0; n < POINTS; ++n) {
    double terms[K], largest = -INFINITY, sum = 0;
    for (int k = 0; k < K; ++k) {
      const double *q = factors + 3 * k;
      double a = x[D * n] - means[D * k], b = x[D * n + 1] - means[D * k + 1];
      double u = exp(q[0]) * a, v = q[2] * a + exp(q[1]) * b;
      terms[k] = alphas[k] + q[0] + q[1] - (u * u + v * v) / 2;
      if (terms[k] > largest)
        largest = terms[k];
    }
    for (int k = 0; k < K; ++k)
      sum += exp(terms[k] - largest);
    total += largest + log(sum);
  }
  return total - POINTS * log(norm);
}

int main(void) {
  enum { P = K + D * K + 3 * K };
  double p[P], d[P] = {0}, want[P], forward[P], x[D * POINTS];
  for (int i = 0; i < P; ++i)
    p[i] = 0.6 * sin(1 + 2.9 * i);
  for (int i = 0; i < D * POINTS; ++i)
    x[i] = 1.5 * cos(1.1 * i * i);
  __enzyme_autodiff((void *)likelihood, enzyme_dup, p, d, enzyme_dup, p + K, d + K, enzyme_dup, p + K + D * K,
                    d + K + D * K, enzyme_const, x);
  for (int i = 0; i < P; ++i) {
    double e[P] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(likelihood(p, p + K, p + K + D * K, x), p[i]);
    forward[i] = __enzyme_fwddiff((void *)likelihood, enzyme_dup, p, e, enzyme_dup, p + K, e + K, enzyme_dup,
                                  p + K + D * K, e + K + D * K, enzyme_const, x);
  }
  checkArrayDifference("reverse", d, want, P);
  checkArrayDifference("forward", forward, want, P);
  return checkResult();
}
