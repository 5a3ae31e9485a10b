// One argument too many.
// expect-error: 'square'
// expect-error: [too-many-arguments]
extern int enzyme_const;
extern double __enzyme_autodiff(void *, ...);

static double square(double x) { return x * x; }

int main(void) { return __enzyme_autodiff((void *)square, 2.0, enzyme_const, 3.0) > 0; }
