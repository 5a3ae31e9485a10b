// The augmented rule of a function with a pointer lacks that pointer's shadow.
// expect-error: 'norm'
// expect-error: 'augmentedNorm'
// expect-error: [custom-rule-signature]
extern int enzyme_dup;
extern double __enzyme_autodiff(void *, ...);

__attribute__((noinline)) static double norm(const double *x) { return *x * *x; }
static double augmentedNorm(const double *x) { return *x * *x; }
static void reverseNorm(const double *x, double *dx, double adjoint) { *dx += 2 * *x * adjoint; }
void *__enzyme_register_gradient_norm[] = {(void *)norm, (void *)augmentedNorm, (void *)reverseNorm};

int main(void) {
  double x = 2, dx = 0;
  return __enzyme_autodiff((void *)norm, enzyme_dup, &x, &dx) > 0;
}
