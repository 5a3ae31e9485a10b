// Which function is meant is known only at run time.
// expect-error: [no-function]
#include <stdlib.h>
extern double __enzyme_autodiff(void *, ...);

static double square(double x) { return x * x; }
static double cube(double x) { return x * x * x; }
double (*volatile chosen)(double);

int main(int argc, char **argv) {
  (void)argv;
  chosen = argc > 1 ? square : cube;
  return __enzyme_autodiff((void *)chosen, 2.0) > 0;
}
