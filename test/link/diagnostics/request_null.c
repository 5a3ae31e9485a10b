// A request on the null pointer.
// expect-error: [no-function]
extern double __enzyme_autodiff(void *, ...);

int main(void) { return __enzyme_autodiff((void *)0, 2.0) > 0; }
