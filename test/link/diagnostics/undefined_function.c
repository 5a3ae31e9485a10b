// An active call of a function that has neither a body nor a rule.
// expect-error: mystery
// expect-error: [no-rule]
extern double __enzyme_autodiff(void *, ...);
extern double mystery(double);

static double f(double x) { return x * mystery(x); }

int main(void) { return __enzyme_autodiff((void *)f, 2.0) > 0; }
