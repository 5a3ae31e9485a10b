// Independent failures of one link are reported together.
// expect-error: mystery
// expect-error: enigma
// expect-error: enzyme_foo
extern int enzyme_foo;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);
extern double mystery(double), enigma(double);

static double f(double x) { return mystery(x) * x; }
static double g(double x) { return enigma(x) + x; }
static double h(double x) { return x * x; }

int main(void) {
  double s = __enzyme_autodiff((void *)f, 2.0) + __enzyme_fwddiff((void *)g, 2.0, 1.0);
  return s + __enzyme_autodiff((void *)h, enzyme_foo, 2.0) > 0;
}
