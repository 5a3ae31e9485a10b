// A request on a function that is only declared.
// expect-error: mystery
// expect-error: [no-body]
extern double __enzyme_autodiff(void *, ...);
extern double mystery(double);

int main(void) { return __enzyme_autodiff((void *)mystery, 2.0) > 0; }
