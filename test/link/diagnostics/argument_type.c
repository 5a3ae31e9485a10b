// A pointer is passed where the function takes a double.
// expect-error: 'square'
// expect-error: [argument-type]
extern int enzyme_const;
extern double __enzyme_autodiff(void *, ...);

static double square(double x) { return x * x; }

int main(void) {
  double x = 2;
  return __enzyme_autodiff((void *)square, enzyme_const, &x) > 0;
}
