// Boost.Math's cardinal cubic B-spline, built from active samples and evaluated inside f.
#include "check.h"
#include <boost/math/interpolators/cardinal_cubic_b_spline.hpp>
#include <vector>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double curve(const std::vector<double> &samples, const double &at) {
  boost::math::interpolators::cardinal_cubic_b_spline<double> spline(samples.begin(), samples.end(), 0.5, 0.25);
  return spline(at) * spline(at / 2 + 0.6) + spline.prime(at);
}

int main() {
  const int n = 8;
  std::vector<double> y(n), dy(n, 0.0), want(n), forward(n);
  for (int i = 0; i < n; ++i)
    y[i] = sin(1.0 + 0.8 * i);
  double at = 1.37, dat = 0, wantAt = DIFFERENCE(curve(y, at), at);
  __enzyme_autodiff<double>((void *)curve, enzyme_dup, &y, &dy, enzyme_dup, &at, &dat);
  for (int i = 0; i < n; ++i) {
    std::vector<double> e(n, 0.0);
    double tat = 0;
    e[i] = 1;
    want[i] = DIFFERENCE(curve(y, at), y[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)curve, enzyme_dup, &y, &e, enzyme_dup, &at, &tat);
  }
  checkArrayDifference("reverse samples", dy.data(), want.data(), n);
  checkDifference("reverse point", dat, wantAt);
  checkArrayDifference("forward samples", forward.data(), want.data(), n);
  return checkResult();
}
