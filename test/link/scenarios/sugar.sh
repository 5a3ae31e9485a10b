#!/bin/sh
# <enzyme/enzyme>: wrappers, modes, references, lambdas, at every level.
. "${0%/*}/common.sh"

cat >main.cpp <<'END'
#include <cstdio>
#include <enzyme/enzyme>
#include <vector>
using namespace enzyme;
double f(double x, double y) { return x * x * y; }
float mixed(float a, double b) { return a * b; }
void store(const double *x, double *y) { *y = *x * *x; }
double sum(const std::vector<double> &v) {
  double s = 0;
  for (double x : v)
    s += x * x;
  return s;
}
double reference(double &x) { return x * x; }
int main() {
  auto r = autodiff<Reverse>(f, Active(3.0), Active(2.0));
  auto [dx, dy] = get<0>(r);
  printf("%g %g\n", dx, dy);
  auto [adjoints, primal] = autodiff<ReverseWithPrimal>(f, Active(3.0), Const(2.0));
  printf("%g %g\n", get<0>(adjoints), primal);
  auto [value, tangent] = autodiff<Forward>(f, Duplicated(3.0, 1.0), Const(2.0));
  printf("%g %g\n", value, tangent);
  auto [alone] = autodiff<Forward, DuplicatedNoNeed<double>>(f, Duplicated(3.0, 1.0), Duplicated(2.0, 1.0));
  printf("%g\n", alone);
  double x = 3, bx = 0, y = 0, by = 1;
  autodiff<Reverse>(store, Duplicated(&x, &bx), DuplicatedNoNeed<double *>(&y, &by));
  printf("%g\n", bx);
  std::vector<double> a{1, 2}, da{0, 0};
  autodiff<Reverse>(sum, Duplicated(a, da));
  printf("%g %g\n", da[0], da[1]);
  double k = 4, q = 3, dq = 0;
  auto lambda = [=](double z) { return k * z * z; };
  printf("%g\n", get<0>(get<0>(autodiff<Reverse>(lambda, Active(3.0)))));
  printf("%g\n", get<0>(get<0>(autodiff<Reverse>([](auto z) { return z * z; }, Active(3.0)))));
  autodiff<Reverse>(reference, Duplicated(q, dq));
  printf("%g\n", dq);
  auto m = get<0>(autodiff<Reverse>(mixed, Active(3.0f), Active(2.0)));
  printf("%g %g\n", get<0>(m), get<1>(m));
}
END
for level in O0 O2; do
  linkgrad-c++ -std=c++17 -Wall -Wextra -$level main.cpp -o program
  expect "12 9
12 18
18 12
21
6
2 4
24
6
6
2 3" ./program
done
