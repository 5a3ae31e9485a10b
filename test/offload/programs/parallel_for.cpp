// linkgrad::parallel_for and mapped, and the gradient of a function that uses it.
#include "offload_test.h"
#include <linkgrad.h>
#include <vector>

static double loss(const double *x, double *y, size_t n, double a) {
  linkgrad::parallel_for(n, [=](size_t i) { y[i] = std::sin(a * x[i]) * x[(i + 1) % n]; });
  double sum = 0;
  for (size_t i = 0; i < n; ++i)
    sum += y[i];
  return sum;
}

int main() {
  size_t n = 1000;
  std::vector<double> x(n), y(n, 1.0);
  for (size_t i = 0; i < n; ++i)
    x[i] = std::cos(double(i));
  {
    linkgrad::mapped to(x, linkgrad::map::to), both(y);
    const double *px = to.data();
    double *py = both.data(), factor = 3;
    check_ran(linkgrad::parallel_for(n, [=](size_t i) { py[i] += factor * px[i]; }));
    check_ran(linkgrad::parallel_for(both.size(), [=](size_t i) { py[i] *= 2; }));
  }
  for (size_t i = 0; i < n; ++i)
    check(y[i], 2 * (1 + 3 * x[i]));

  std::vector<double> dx(n), dy(n);
  double a = 1.25;
  double da = __enzyme_autodiff<double>((void *)loss, enzyme_dup, x.data(), dx.data(), enzyme_dup, y.data(), dy.data(),
                                        n, enzyme_out, a);
  double wanted = 0;
  for (size_t i = 0; i < n; ++i) {
    size_t next = (i + 1) % n, before = (i + n - 1) % n;
    wanted += std::cos(a * x[i]) * x[i] * x[next];
    check(dx[i], a * std::cos(a * x[i]) * x[next] + std::sin(a * x[before]));
  }
  check(da, wanted);
  return failures;
}
