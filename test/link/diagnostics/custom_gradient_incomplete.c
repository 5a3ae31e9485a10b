// A gradient is registered by three functions; here the reverse rule is missing.
// expect-error: __enzyme_register_gradient_square
// expect-error: [registration-shape]
extern double __enzyme_autodiff(void *, ...);

__attribute__((noinline)) static double square(double x) { return x * x; }
static double augmentedSquare(double x) { return x * x; }
void *__enzyme_register_gradient_square[] = {(void *)square, (void *)augmentedSquare};

int main(void) { return __enzyme_autodiff((void *)square, 2.0) > 0; }
