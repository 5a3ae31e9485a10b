// enzyme_dup is followed by the primal pointer alone.
// expect-error: 'square'
// expect-error: [missing-shadow]
extern int enzyme_dup;
extern double __enzyme_autodiff(void *, ...);

static double square(double *x) { return *x * *x; }

int main(void) {
  double x = 2;
  return __enzyme_autodiff((void *)square, enzyme_dup, &x) > 0;
}
