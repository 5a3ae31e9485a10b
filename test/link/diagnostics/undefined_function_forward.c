// Forward mode refuses the same call.
// expect-error: mystery
// expect-error: [no-rule]
extern double __enzyme_fwddiff(void *, ...);
extern double mystery(double);

static double f(double x) { return x * mystery(x); }

int main(void) { return __enzyme_fwddiff((void *)f, 2.0, 1.0) > 0; }
