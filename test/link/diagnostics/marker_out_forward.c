// enzyme_out has no meaning in forward mode.
// expect-error: enzyme_out
extern int enzyme_out;
extern double __enzyme_fwddiff(void *, ...);

static double square(double x) { return x * x; }

int main(void) { return __enzyme_fwddiff((void *)square, enzyme_out, 2.0) > 0; }
