// Eigen's Householder QR: a least-squares fit with a dynamic design matrix.
#include "check.h"
#include <eigen3/Eigen/QR>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double fit(const double *t, const double *y, int n, int degree) {
  Eigen::MatrixXd a(n, degree + 1);
  Eigen::VectorXd b(n);
  for (int i = 0; i < n; ++i) {
    b[i] = y[i];
    for (int j = 0; j <= degree; ++j)
      a(i, j) = j ? a(i, j - 1) * t[i] : 1;
  }
  Eigen::VectorXd c = a.householderQr().solve(b);
  return c[0] * c[1] + c[degree] + (a * c - b).squaredNorm();
}

int main() {
  enum { N = 7 };
  double t[N], y[N], dt[N] = {}, dy[N] = {}, wantT[N], wantY[N], forwardT[N];
  for (int i = 0; i < N; ++i)
    t[i] = -1 + 0.35 * i, y[i] = cos(2 * t[i]) + 0.1 * (i % 2);
  __enzyme_autodiff<double>((void *)fit, enzyme_dup, t, dt, enzyme_dup, y, dy, enzyme_const, (int)N, enzyme_const, 2);
  for (int i = 0; i < N; ++i) {
    double e[N] = {};
    e[i] = 1;
    wantT[i] = DIFFERENCE(fit(t, y, N, 2), t[i]);
    wantY[i] = DIFFERENCE(fit(t, y, N, 2), y[i]);
    forwardT[i] =
        __enzyme_fwddiff<double>((void *)fit, enzyme_dup, t, e, enzyme_const, y, enzyme_const, (int)N, enzyme_const, 2);
  }
  checkArrayDifference("reverse t", dt, wantT, N);
  checkArrayDifference("reverse y", dy, wantY, N);
  checkArrayDifference("forward t", forwardT, wantT, N);
  return checkResult();
}
