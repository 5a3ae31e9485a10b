double square(double x);

static double augmentedSquare(double x) { return square(x); }
static double reverseSquare(double x, double adjoint) { return 20 * x * adjoint; }
static double tangentSquare(double x, double tangent) { return 200 * x * tangent; }

void *__enzyme_register_gradient_square[] = {(void *)square, (void *)augmentedSquare, (void *)reverseSquare};
void *__enzyme_register_derivative_square[] = {(void *)square, (void *)tangentSquare};
