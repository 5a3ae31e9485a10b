// A forward request on a function that is only declared.
// expect-error: mystery
// expect-error: [no-body]
extern double __enzyme_fwddiff(void *, ...);
extern double mystery(double);

int main(void) { return __enzyme_fwddiff((void *)mystery, 2.0, 1.0) > 0; }
