// Two derivatives do not fit the one double that the entry point is declared to return.
// expect-error: 'product'
// expect-error: [return-type]
extern int enzyme_out;
extern double __enzyme_autodiff(void *, ...);

static double product(double x, double y) { return x * y; }

int main(void) { return __enzyme_autodiff((void *)product, enzyme_out, 2.0, enzyme_out, 3.0) > 0; }
