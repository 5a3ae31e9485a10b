// The list ends with a marker that announces an argument.
// expect-error: 'product'
// expect-error: [missing-argument]
extern int enzyme_out;
extern double __enzyme_autodiff(void *, ...);

static double product(double x, double y) { return x * y; }

int main(void) { return __enzyme_autodiff((void *)product, enzyme_out, 2.0, enzyme_out) > 0; }
