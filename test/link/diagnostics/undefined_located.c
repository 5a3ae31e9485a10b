// With debug information the message names file, line and column of the call.
// compile-flags: -g
// expect-error: undefined_located.c:9:44: cannot differentiate
// expect-error: [no-rule]
extern double __enzyme_autodiff(void *, ...);
extern double mystery(double);

// The call of mystery is in column 44 of the next line.
static double f(double x) { return x * x * mystery(x); }

int main(void) { return __enzyme_autodiff((void *)f, 2.0) > 0; }
