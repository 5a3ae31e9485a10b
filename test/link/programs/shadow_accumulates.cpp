// A gradient is added to what the shadow holds already, also where numbers and pointers
// come to lie in memory of the same classes.
#include "check.h"
#include <memory>
#include <vector>

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);

struct Kernel {
  virtual double operator()(double a, double b) const = 0;
  virtual ~Kernel() = default;
};
using Shared = std::shared_ptr<Kernel>;

struct Gaussian : Kernel {
  double length, height;
  Gaussian(double length, double height) : length(length), height(height) {}
  double operator()(double a, double b) const override {
    double d = (a - b) / length;
    return height * height * std::exp(-0.5 * d * d);
  }
};
struct Matern : Kernel {
  double length;
  explicit Matern(double length) : length(length) {}
  double operator()(double a, double b) const override {
    double d = std::fabs(a - b) / length;
    return (1 + d) * std::exp(-d);
  }
};
struct Product : Kernel {
  Shared first, second;
  Product(Shared first, Shared second) : first(first), second(second) {}
  double operator()(double a, double b) const override { return (*first)(a, b) * (*second)(a, b); }
};

static double sum(const double *x, int n) {
  Shared k = std::make_shared<Product>(std::make_shared<Gaussian>(x[0], x[1]), std::make_shared<Matern>(x[2]));
  std::vector<double> points(n);
  for (int i = 0; i < n; ++i)
    points[i] = 0.37 * i + x[i % 3];
  double s = 0;
  for (double p : points)
    s += (*k)(p, 1.234) * x[0];
  return s;
}

int main() {
  double x[3] = {1.1, 0.9, 0.6}, dx[3] = {0.5, -2, 1e3};
  __enzyme_autodiff((void *)sum, enzyme_dup, x, dx, enzyme_const, 5);
  const double before[3] = {0.5, -2, 1e3};
  for (int i = 0; i < 3; ++i)
    checkDifference("added", dx[i], before[i] + DIFFERENCE(sum(x, 5), x[i]));
  return checkResult();
}
