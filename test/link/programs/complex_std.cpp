// std::complex: arithmetic, division, polar, exp, abs, norm, and a vector of complex numbers.
#include "check.h"
#include <complex>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

using Complex = std::complex<double>;

static double response(const double *p, int n) {
  Complex pole(p[0], p[1]), gain = std::polar(1.0 + p[2] * p[2], p[0]);
  std::vector<Complex> h;
  for (int k = 0; k < n; ++k) {
    Complex z = std::exp(Complex(0, 0.3 * k)) * p[2];
    h.push_back((gain * z + 1.0) / (z - pole));
  }
  Complex sum = 0;
  double power = 0;
  for (const Complex &c : h) {
    sum = sum * std::conj(c) / 2.0 + c;
    power += std::norm(c) + std::abs(c - pole);
  }
  return power + sum.real() * std::imag(sum) + std::arg(sum) + std::sqrt(sum).real();
}

int main() {
  double p[3] = {-0.5, 0.8, 1.3}, dp[3] = {}, want[3], forward[3];
  __enzyme_autodiff<void>((void *)response, enzyme_dup, p, dp, enzyme_const, 5);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(response(p, 5), p[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)response, enzyme_dup, p, e, enzyme_const, 5);
  }
  checkArrayDifference("reverse", dp, want, 3);
  checkArrayDifference("forward", forward, want, 3);
  return checkResult();
}
