// One argument is missing.
// expect-error: 'product'
// expect-error: [missing-argument]
extern double __enzyme_autodiff(void *, ...);

static double product(double x, double y) { return x * y; }

int main(void) { return __enzyme_autodiff((void *)product, 2.0) > 0; }
