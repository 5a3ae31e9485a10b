// Eigen with dynamic sizes: matrix products, dot, norm, in-place updates, maps of plain arrays.
#include "check.h"
#include <eigen3/Eigen/Dense>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

using Eigen::MatrixXd;
using Eigen::VectorXd;

static double products(const double *data, int n, int m) {
  Eigen::Map<const MatrixXd> a(data, n, m);
  Eigen::Map<const VectorXd> x(data + n * m, m);
  VectorXd y = a * x;
  MatrixXd g = a.transpose() * a;
  g.diagonal().array() += 0.5;
  y.head(2) *= 3;
  y += a.col(0).cwiseProduct(a.col(m - 1));
  return y.dot(a * (g * x)) + g.norm() + (g * g).sum() / y.squaredNorm() + x.maxCoeff();
}

int main() {
  enum { N = 5, M = 3, SIZE = N * M + M };
  double p[SIZE], dp[SIZE] = {}, want[SIZE], forward[SIZE];
  for (int i = 0; i < SIZE; ++i)
    p[i] = sin(1.0 + 2.7 * i);
  __enzyme_autodiff<void>((void *)products, enzyme_dup, p, dp, enzyme_const, (int)N, enzyme_const, (int)M);
  for (int i = 0; i < SIZE; ++i) {
    double e[SIZE] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(products(p, N, M), p[i]);
    forward[i] =
        __enzyme_fwddiff<double>((void *)products, enzyme_dup, p, e, enzyme_const, (int)N, enzyme_const, (int)M);
  }
  checkArrayDifference("reverse", dp, want, SIZE);
  checkArrayDifference("forward", forward, want, SIZE);
  return checkResult();
}
