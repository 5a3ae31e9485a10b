// enzyme_out on an integer: there is no derivative to return.
// expect-error: enzyme_out
// expect-error: 'power'
extern int enzyme_out;
extern double __enzyme_autodiff(void *, ...);

static double power(double x, int n) { return n ? x * power(x, n - 1) : 1; }

int main(void) { return __enzyme_autodiff((void *)power, 2.0, enzyme_out, 3) > 0; }
