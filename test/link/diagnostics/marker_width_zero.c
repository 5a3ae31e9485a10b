// A width of zero.
// expect-error: enzyme_width
// expect-error: [width-not-constant]
extern int enzyme_width, enzyme_dup;
extern double __enzyme_fwddiff(void *, ...);

static double square(double x) { return x * x; }

int main(void) { return __enzyme_fwddiff((void *)square, enzyme_width, 0, enzyme_dup, 2.0) > 0; }
