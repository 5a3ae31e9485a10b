// Dynamic programming: the cheapest path through a grid; the gradient is one on the path and zero off it.
#include "check.h"

extern int enzyme_dup;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { N = 5 };

static double cheapest(const double cost[N][N]) {
  double best[N][N];
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < N; ++j) {
      double before = i && j ? fmin(best[i - 1][j], best[i][j - 1]) : i ? best[i - 1][j] : j ? best[i][j - 1] : 0;
      best[i][j] = before + cost[i][j] * cost[i][j];
    }
  return best[N - 1][N - 1];
}

int main(void) {
  double cost[N][N], d[N][N] = {{0}}, want[N * N], forward[N * N];
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < N; ++j)
      cost[i][j] = 1 + 0.8 * sin(5.0 * i + 3.0 * j * j);
  __enzyme_autodiff((void *)cheapest, enzyme_dup, cost, d);
  int onPath = 0;
  for (int k = 0; k < N * N; ++k) {
    double t[N][N] = {{0}};
    t[k / N][k % N] = 1;
    want[k] = DIFFERENCE(cheapest(cost), cost[k / N][k % N]);
    forward[k] = __enzyme_fwddiff((void *)cheapest, enzyme_dup, cost, t);
    onPath += d[k / N][k % N] != 0;
  }
  checkArrayDifference("reverse", &d[0][0], want, N * N);
  checkArrayDifference("forward", forward, want, N * N);
  checkExact("cells on the path", onPath, 2 * N - 1);
  return checkResult();
}
