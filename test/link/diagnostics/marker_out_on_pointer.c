// enzyme_out is for values, not for pointers.
// expect-error: enzyme_out
// expect-error: [out-on-pointer]
extern int enzyme_out;
extern double __enzyme_autodiff(void *, ...);

static double square(double *x) { return *x * *x; }

int main(void) {
  double x = 2;
  return __enzyme_autodiff((void *)square, enzyme_out, &x) > 0;
}
