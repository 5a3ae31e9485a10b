// Eigen's LU: inverse, determinant and solve with partial pivoting, dynamic and fixed size.
#include "check.h"
#include <eigen3/Eigen/LU>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

enum { N = 4 };

static double dynamic(const double *p) {
  Eigen::MatrixXd a = Eigen::Map<const Eigen::MatrixXd>(p, N, N);
  Eigen::VectorXd b = Eigen::VectorXd::LinSpaced(N, 1, 2);
  Eigen::PartialPivLU<Eigen::MatrixXd> lu(a);
  Eigen::VectorXd x = lu.solve(b);
  return x.squaredNorm() + lu.determinant() + a.inverse()(1, 2);
}

static double fixed(const double *p) {
  Eigen::Matrix4d a = Eigen::Map<const Eigen::Matrix4d>(p);
  Eigen::Matrix3d corner = a.topLeftCorner<3, 3>();
  return a.inverse().trace() * corner.determinant() + corner.inverse()(0, 2);
}

template <double (*f)(const double *)> static void check() {
  double p[N * N], dp[N * N] = {}, want[N * N], forward[N * N];
  for (int i = 0; i < N * N; ++i)
    p[i] = sin(2.0 + 1.3 * i) + (i % 5 == 3 ? 2 : 0);
  __enzyme_autodiff<void>((void *)f, enzyme_dup, p, dp);
  for (int i = 0; i < N * N; ++i) {
    double e[N * N] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(f(p), p[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, p, e);
  }
  checkArrayDifference("reverse", dp, want, N * N);
  checkArrayDifference("forward", forward, want, N * N);
}

int main() {
  check<dynamic>();
  check<fixed>();
  return checkResult();
}
