// Eigen's Cholesky: solve and log-determinant of a symmetric matrix, dynamic and fixed size.
#include "check.h"
#include <eigen3/Eigen/Cholesky>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

enum { N = 4 };

template <typename Matrix, typename Vector> static double gauss(const double *p) {
  Matrix a(N, N);
  Vector b(N);
  for (int i = 0; i < N; ++i) {
    b[i] = p[N * N + i];
    for (int j = 0; j < N; ++j)
      a(i, j) = p[i * N + j] + p[j * N + i] + (i == j ? 5 : 0);
  }
  Eigen::LLT<Matrix> llt(a);
  Vector x = llt.solve(b);
  double logDet = 0;
  for (int i = 0; i < N; ++i)
    logDet += 2 * log(llt.matrixLLT()(i, i));
  return b.dot(x) / 2 + logDet;
}

template <double (*f)(const double *)> static void check() {
  enum { SIZE = N * N + N };
  double p[SIZE], dp[SIZE] = {}, want[SIZE], forward[SIZE];
  for (int i = 0; i < SIZE; ++i)
    p[i] = cos(1.0 + 1.9 * i);
  __enzyme_autodiff<void>((void *)f, enzyme_dup, p, dp);
  for (int i = 0; i < SIZE; ++i) {
    double e[SIZE] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(f(p), p[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, p, e);
  }
  checkArrayDifference("reverse", dp, want, SIZE);
  checkArrayDifference("forward", forward, want, SIZE);
}

int main() {
  check<gauss<Eigen::MatrixXd, Eigen::VectorXd>>();
  check<gauss<Eigen::Matrix4d, Eigen::Vector4d>>();
  return checkResult();
}
