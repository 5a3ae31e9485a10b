// Numbers are passed to a function that takes as many as its first argument says.
// expect-error: [variadic]
#include <stdarg.h>

extern int enzyme_dup;
double __enzyme_autodiff(void *, ...);

__attribute__((noinline)) static double sum(int count, ...) {
  va_list numbers;
  va_start(numbers, count);
  double s = 0;
  for (int i = 0; i < count; ++i)
    s += va_arg(numbers, double);
  va_end(numbers);
  return s;
}

static double f(const double *x) { return sum(3, x[0] * x[1], x[1], x[0]) * x[0]; }

int main(void) {
  double x[] = {0.7, 0.4}, dx[2] = {0};
  __enzyme_autodiff((void *)f, enzyme_dup, x, dx);
  return dx[0] > 0;
}
