// Width three wants three shadows; there are two.
// expect-error: 'square'
// expect-error: [missing-shadow]
extern int enzyme_dup, enzyme_width;
extern void __enzyme_autodiff(void *, ...);

static void square(double *x) { *x = *x * *x; }

int main(void) {
  double x = 2, a = 1, b = 1;
  __enzyme_autodiff((void *)square, enzyme_width, 3, enzyme_dup, &x, &a, &b);
  return a > b;
}
