// References everywhere: parameters, results, structured output, a reference member, references to array elements.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern "C" {
void __enzyme_autodiff(void *, ...);
void __enzyme_fwddiff(void *, ...);
}

struct Accumulator {
  double &total;
  const double &scale;
  Accumulator &add(double v) {
    total += scale * v * v;
    return *this;
  }
};

static double &larger(double &a, double &b) { return a > b ? a : b; }

static void combine(const double &x, const double &y, double &sum, double (&parts)[2]) {
  parts[0] = x * y;
  parts[1] = x / y;
  larger(parts[0], parts[1]) *= 2;
  sum = 0;
  Accumulator a{sum, x};
  for (double &p : parts)
    a.add(p).add(y);
}

static double weighted(double x, double y) {
  double sum, parts[2];
  combine(x, y, sum, parts);
  return sum + 3 * parts[0] - parts[1];
}

int main() {
  double x = 1.3, y = 0.8, sum, parts[2], wantX = DIFFERENCE(weighted(x, y), x), wantY = DIFFERENCE(weighted(x, y), y);
  double dx = 0, dy = 0, dsum = 1, dparts[2] = {3, -1};
  __enzyme_autodiff((void *)combine, enzyme_dup, &x, &dx, enzyme_dup, &y, &dy, enzyme_dup, &sum, &dsum, enzyme_dup,
                    &parts, &dparts);
  checkDifference("reverse x", dx, wantX);
  checkDifference("reverse y", dy, wantY);
  double tx = 1, ty = -2, tsum, tparts[2];
  __enzyme_fwddiff((void *)combine, enzyme_dup, &x, &tx, enzyme_dup, &y, &ty, enzyme_dup, &sum, &tsum, enzyme_dup,
                   &parts, &tparts);
  checkDifference("forward", tsum + 3 * tparts[0] - tparts[1], wantX - 2 * wantY);
  return checkResult();
}
