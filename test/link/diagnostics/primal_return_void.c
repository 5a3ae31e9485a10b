// enzyme_primal_return on a function that returns nothing.
// expect-error: enzyme_primal_return
// expect-error: [primal-return-void]
extern int enzyme_primal_return, enzyme_dup;
extern double __enzyme_autodiff(void *, ...);

static void square(double *x) { *x = *x * *x; }

int main(void) {
  double x = 2, dx = 1;
  return __enzyme_autodiff((void *)square, enzyme_primal_return, enzyme_dup, &x, &dx) > 0;
}
