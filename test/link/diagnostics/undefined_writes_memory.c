// A function without a body receives a pointer to active memory that is used afterwards.
// expect-error: scramble
// expect-error: [no-rule]
extern double __enzyme_autodiff(void *, ...);
extern void scramble(double *, int);

static double f(double x) {
  double v[2] = {x, x * x};
  scramble(v, 2);
  return v[0] * v[1];
}

int main(void) { return __enzyme_autodiff((void *)f, 2.0) > 0; }
