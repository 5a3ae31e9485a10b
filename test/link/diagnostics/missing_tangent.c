// Forward mode: a double is active by default and wants its tangent.
// expect-error: 'square'
// expect-error: [missing-shadow]
extern double __enzyme_fwddiff(void *, ...);

static double square(double x) { return x * x; }

int main(void) { return __enzyme_fwddiff((void *)square, 2.0) > 0; }
