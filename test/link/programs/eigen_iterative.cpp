// Eigen's iterative solvers, which hold the sparse matrix by a reference that may be an object of its own.
#include "check.h"
#include <eigen3/Eigen/Sparse>
#include <vector>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

enum { N = 7 };
using Matrix = Eigen::SparseMatrix<double>;

template <typename Solver> static double solve(const double *x, double skew) {
  std::vector<Eigen::Triplet<double>> entries;
  for (int i = 0; i < N; ++i) {
    entries.emplace_back(i, i, 4 + x[i] * x[i]);
    if (i) {
      entries.emplace_back(i, i - 1, -1 - 0.1 * x[i]);
      entries.emplace_back(i - 1, i, -1 - 0.1 * x[i] + skew);
    }
  }
  Matrix a(N, N);
  a.setFromTriplets(entries.begin(), entries.end());
  Solver solver;
  solver.setTolerance(1e-14);
  solver.compute(a);
  Eigen::VectorXd b = Eigen::Map<const Eigen::VectorXd>(x, N).array().sin() + 1.0;
  Eigen::VectorXd y = solver.solve(b);
  return y.squaredNorm();
}

static double symmetric(const double *x) {
  return solve<Eigen::ConjugateGradient<Matrix, Eigen::Lower | Eigen::Upper>>(x, 0);
}

static double skew(const double *x) { return solve<Eigen::BiCGSTAB<Matrix>>(x, 0.2); }

template <double (*f)(const double *)> static void check() {
  double x[N], dx[N], want[N], forward[N];
  for (int i = 0; i < N; ++i) {
    x[i] = sin(3.1 * i) + 0.3;
    dx[i] = 0.5;
  }
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx);
  for (int i = 0; i < N; ++i) {
    double e[N] = {};
    e[i] = 1;
    dx[i] -= 0.5;
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, x, e);
    want[i] = DIFFERENCE(f(x), x[i]);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
}

int main() {
  check<symmetric>();
  check<skew>();
  return checkResult();
}
