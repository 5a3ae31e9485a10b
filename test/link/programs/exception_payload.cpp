// The exception object itself carries an active value to a handler two calls up.
#include "check.h"
#include <initializer_list>

extern int enzyme_out;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Overflow {
  double excess;
  int depth;
};

__attribute__((noinline)) static double climb(double x, int depth) {
  if (x > 3)
    throw Overflow{x - 3, depth};
  if (depth == 0)
    return x;
  return climb(x * 1.3 + 0.1 * x * x, depth - 1) * x;
}

static double limited(double x) {
  try {
    return climb(x, 6);
  } catch (const Overflow &o) {
    return o.excess * x + o.depth;
  }
}

int main() {
  for (double x : {0.3, 0.9, 1.4, 5.0}) {
    double want = DIFFERENCE(limited(x), x);
    checkDifference("reverse", __enzyme_autodiff<double>((void *)limited, enzyme_out, x), want);
    checkDifference("forward", __enzyme_fwddiff<double>((void *)limited, x, 1.0), want);
  }
  return checkResult();
}
