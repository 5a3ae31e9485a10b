// __enzyme_function_like names a library function that has no rule.
// expect-error: noSuchFunction
// expect-error: [unknown-rule]
extern double __enzyme_autodiff(void *, ...);

__attribute__((noinline)) static double approximate(double x) { return x; }
void *__enzyme_function_like_approximate[] = {(void *)approximate, (void *)"noSuchFunction"};

static double f(double x) { return approximate(x) * x; }

int main(void) { return __enzyme_autodiff((void *)f, 2.0) > 0; }
