// The callee exists, but only as machine code: its object was compiled without -flto.
// expect-error: compiledAway
// expect-error: [no-rule]
extern double __enzyme_autodiff(void *, ...);
extern double compiledAway(double);

static double f(double x) { return x * compiledAway(x); }

int main(void) { return __enzyme_autodiff((void *)f, 2.0) > 0; }
