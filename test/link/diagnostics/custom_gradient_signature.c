// The reverse rule lacks the adjoint of the result; the message shows what is expected.
// expect-error: 'square'
// expect-error: 'reverseSquare'
// expect-error: [custom-rule-signature]
extern double __enzyme_autodiff(void *, ...);

__attribute__((noinline)) static double square(double x) { return x * x; }
static double augmentedSquare(double x) { return x * x; }
static double reverseSquare(double x) { return 2 * x; }
void *__enzyme_register_gradient_square[] = {(void *)square, (void *)augmentedSquare, (void *)reverseSquare};

int main(void) { return __enzyme_autodiff((void *)square, 2.0) > 0; }
