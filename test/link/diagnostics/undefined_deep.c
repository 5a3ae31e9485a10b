// The offending call lies two calls below the request: the message leads from one to the other.
// level: O2
// expect-error: mystery
// expect-error: [no-rule]
// expect-error: 'inner'
// expect-error: 'outer'
extern double __enzyme_autodiff(void *, ...);
extern double mystery(double);

__attribute__((noinline)) static double inner(double x) { return mystery(x) + 1; }
__attribute__((noinline)) static double middle(double x) { return inner(x * x); }
__attribute__((noinline)) static double outer(double x) { return middle(x) * x; }

int main(void) { return __enzyme_autodiff((void *)outer, 2.0) > 0; }
