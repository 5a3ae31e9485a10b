// One good request beside a bad one: no output file all the same.
// expect-error: mystery
// expect-error: [no-rule]
extern double __enzyme_autodiff(void *, ...);
extern double mystery(double);

static double good(double x) { return x * x; }
static double bad(double x) { return mystery(x) * x; }

int main(void) { return __enzyme_autodiff((void *)good, 2.0) + __enzyme_autodiff((void *)bad, 2.0) > 0; }
