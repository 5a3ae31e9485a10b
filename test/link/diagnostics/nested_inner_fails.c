// The inner of two nested requests cannot be fulfilled: the message names the function of the inner one.
// expect-error: mystery
// expect-error: 'energy'
// expect-error: [no-rule]
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);
extern double mystery(double);

static double energy(double x) { return mystery(x) * x; }
static double force(double x) { return __enzyme_autodiff((void *)energy, x); }

int main(void) { return __enzyme_fwddiff((void *)force, 2.0, 1.0) > 0; }
