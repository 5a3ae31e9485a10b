// A marker that does not exist.
// expect-error: enzyme_foo
// expect-error: [unknown-marker]
extern int enzyme_foo;
extern double __enzyme_autodiff(void *, ...);

static double square(double x) { return x * x; }

int main(void) { return __enzyme_autodiff((void *)square, enzyme_foo, 2.0) > 0; }
