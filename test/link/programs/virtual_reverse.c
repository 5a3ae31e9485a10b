// A struct with a function pointer: its shadow holds __enzyme_virtualreverse of that function.
#include "check.h"

struct layer {
  double weight;
  double (*activation)(double);
};

extern int enzyme_dup, enzyme_const, enzyme_out;
extern void *__enzyme_virtualreverse(void *);
extern double __enzyme_autodiff(void *, ...);

static double softplus(double x) { return log1p(exp(x)); }
static double squash(double x) { return x / sqrt(1 + x * x); }

static double network(const struct layer *layers, int n, double x) {
  for (int i = 0; i < n; ++i)
    x = layers[i].activation(layers[i].weight * x);
  return x;
}

int main(void) {
  struct layer layers[3] = {{0.7, softplus}, {-1.3, squash}, {2.1, softplus}};
  struct layer shadow[3] = {{0, (double (*)(double))__enzyme_virtualreverse((void *)softplus)},
                            {0, (double (*)(double))__enzyme_virtualreverse((void *)squash)},
                            {0, (double (*)(double))__enzyme_virtualreverse((void *)softplus)}};
  double x = 0.4;
  double dx = __enzyme_autodiff((void *)network, enzyme_dup, layers, shadow, enzyme_const, 3, enzyme_out, x);
  checkDifference("x", dx, DIFFERENCE(network(layers, 3, x), x));
  for (int i = 0; i < 3; ++i)
    checkDifference("weight", shadow[i].weight, DIFFERENCE(network(layers, 3, x), layers[i].weight));
  return checkResult();
}
