// A two-layer perceptron with ReLU, softmax and cross-entropy; weights in one flat array.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { IN = 3, HIDDEN = 4, OUT = 3, WEIGHTS = HIDDEN * (IN + 1) + OUT * (HIDDEN + 1), SAMPLES = 5 };

static void layer(const double *w, const double *x, double *y, int in, int out) {
  for (int i = 0; i < out; ++i) {
    y[i] = w[i * (in + 1) + in];
    for (int j = 0; j < in; ++j)
      y[i] += w[i * (in + 1) + j] * x[j];
  }
}

static double loss(const double *w, const double (*inputs)[IN], const int *labels) {
  double total = 0;
  for (int s = 0; s < SAMPLES; ++s) {
    double hidden[HIDDEN], scores[OUT], largest = -INFINITY, sum = 0;
    layer(w, inputs[s], hidden, IN, HIDDEN);
    for (int i = 0; i < HIDDEN; ++i)
      hidden[i] = hidden[i] > 0 ? hidden[i] : 0;
    layer(w + HIDDEN * (IN + 1), hidden, scores, HIDDEN, OUT);
    for (int i = 0; i < OUT; ++i)
      largest = scores[i] > largest ? scores[i] : largest;
    for (int i = 0; i < OUT; ++i)
      sum += exp(scores[i] - largest);
    total += log(sum) + largest - scores[labels[s]];
  }
  return total / SAMPLES;
}

int main(void) {
  double w[WEIGHTS], dw[WEIGHTS] = {0}, want[WEIGHTS], forward[WEIGHTS], inputs[SAMPLES][IN];
  int labels[SAMPLES] = {0, 2, 1, 1, 0};
  for (int i = 0; i < WEIGHTS; ++i)
    w[i] = 0.8 * sin(1.0 + 2.3 * i);
  for (int s = 0; s < SAMPLES; ++s)
    for (int i = 0; i < IN; ++i)
      inputs[s][i] = cos(s * 2.0 + i);
  __enzyme_autodiff((void *)loss, enzyme_dup, w, dw, enzyme_const, inputs, enzyme_const, labels);
  for (int i = 0; i < WEIGHTS; ++i) {
    double e[WEIGHTS] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(loss(w, inputs, labels), w[i]);
    forward[i] = __enzyme_fwddiff((void *)loss, enzyme_dup, w, e, enzyme_const, inputs, enzyme_const, labels);
  }
  checkArrayDifference("reverse", dw, want, WEIGHTS);
  checkArrayDifference("forward", forward, want, WEIGHTS);
  return checkResult();
}
