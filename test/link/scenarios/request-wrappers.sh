#!/bin/sh
# A request may stand in a function that is handed the function to differentiate.
. "${0%/*}/common.sh"

cat >slope.h <<'END'
#include <linkgrad.h>
template <class F> double slope(F f, double x) { return __enzyme_autodiff<double>(f, x); }
double slopeElsewhere(double (*f)(double), double x);
struct Slope {
  double (*f)(double);
  double operator()(double x) const { return slope(f, x); }
};
END
cat >main.cpp <<'END'
#include "slope.h"
#include <cstdio>
double square(double x) { return x * x; }
double cube(double x) { return x * x * x; }
int main() {
  Slope object{cube};
  std::printf("%g %g %g\n", slope(square, 3.0), slopeElsewhere(cube, 2.0), object(1.0));
}
END
cat >slope.cpp <<'END'
#include "slope.h"
double slopeElsewhere(double (*f)(double), double x) { return __enzyme_autodiff<double>(f, x); }
END
for level in O0 O2; do
  linkgrad-c++ -$level main.cpp slope.cpp -o program
  expect "6 12 3" ./program
done
