// A program in three units: the request is here, the loss in one file, the model in another, a global in both.
#include "../check.h"
#include "model.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

int main(void) {
  enum { N = 3, SAMPLES = 4 };
  double w[N] = {0.4, -0.7, 1.1}, dw[N] = {0}, want[N], forward[N], inputs[N * SAMPLES], targets[SAMPLES];
  for (int i = 0; i < N * SAMPLES; ++i)
    inputs[i] = sin(i + 0.3);
  for (int i = 0; i < SAMPLES; ++i)
    targets[i] = cos(i);
  temperature = 1.3;
  struct model m = {N, w, 0.2}, d = {0, dw, 0};
  double wantBias = DIFFERENCE(loss(&m, inputs, targets, SAMPLES), m.bias);
  __enzyme_autodiff((void *)loss, enzyme_dup, &m, &d, enzyme_const, inputs, enzyme_const, targets, enzyme_const,
                    SAMPLES);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    struct model t = {0, e, 0};
    e[i] = 1;
    want[i] = DIFFERENCE(loss(&m, inputs, targets, SAMPLES), w[i]);
    forward[i] = __enzyme_fwddiff((void *)loss, enzyme_dup, &m, &t, enzyme_const, inputs, enzyme_const, targets,
                                  enzyme_const, SAMPLES);
  }
  checkArrayDifference("reverse weights", dw, want, N);
  checkArrayDifference("forward weights", forward, want, N);
  checkDifference("reverse bias", d.bias, wantBias);
  return checkResult();
}
