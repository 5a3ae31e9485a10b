// __enzyme_inactivefn and __enzyme_inactive_global: what is declared inactive has no derivative, in both modes.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static int calls;
static double largest;

__attribute__((noinline)) static double stepSize(double x) { // would have derivative 0.1
  ++calls;
  return 0.1 * x;
}
void *__enzyme_inactivefn_stepSize = (void *)stepSize;

__attribute__((noinline)) static void watch(double x) {
  if (x > largest)
    largest = x;
}
void *__enzyme_inactivefn_watch[] = {(void *)watch};

static double statistics;
void *__enzyme_inactive_global_statistics = (void *)&statistics;

__attribute__((noinline)) static double recall(void) { return statistics; }

static double f(double x) {
  statistics = x;
  watch(x * x);
  return x * x + stepSize(x) * x + recall();
}

int main(void) {
  double x = 2;
  // d/dx of x^2 + c x + c' with the two constants frozen
  checkExact("reverse", __enzyme_autodiff((void *)f, x), 4.2);
  checkExact("forward", __enzyme_fwddiff((void *)f, x, 1.0), 4.2);
  checkExact("calls still happen", calls, 2);
  checkExact("effects still happen", largest, 4);
  return checkResult();
}
