// The forward rule takes no tangent.
// expect-error: 'square'
// expect-error: 'tangentSquare'
// expect-error: [custom-rule-signature]
extern double __enzyme_fwddiff(void *, ...);

__attribute__((noinline)) static double square(double x) { return x * x; }
static double tangentSquare(double x) { return 2 * x; }
void *__enzyme_register_derivative_square[] = {(void *)square, (void *)tangentSquare};

int main(void) { return __enzyme_fwddiff((void *)square, 2.0, 1.0) > 0; }
