// An LSTM cell unrolled over a sequence, state carried in a struct that is overwritten each step.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { D = 3, WEIGHTS = 4 * D * 3, STEPS = 6 };
struct state {
  double hidden[D], cell[D];
};

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

static void advance(const double *w, struct state *s, const double *input) {
  for (int i = 0; i < D; ++i) {
    const double *g = w + i * 12;
    double mix = s->hidden[(i + 1) % D];
    double forget = sigmoid(g[0] * input[i] + g[1] * mix + g[2]);
    double ingate = sigmoid(g[3] * input[i] + g[4] * mix + g[5]);
    double outgate = sigmoid(g[6] * input[i] + g[7] * mix + g[8]);
    double change = tanh(g[9] * input[i] + g[10] * mix + g[11]);
    s->cell[i] = s->cell[i] * forget + ingate * change;
    s->hidden[i] = outgate * tanh(s->cell[i]);
  }
}

static double loss(const double *w, const double *sequence) {
  struct state s = {{0.1, -0.2, 0.3}, {0}};
  double e = 0;
  for (int t = 0; t + 1 < STEPS; ++t) {
    advance(w, &s, sequence + t * D);
    for (int i = 0; i < D; ++i) {
      double miss = s.hidden[i] - sequence[(t + 1) * D + i];
      e += miss * miss;
    }
  }
  return e;
}

int main(void) {
  double w[WEIGHTS], dw[WEIGHTS] = {0}, want[WEIGHTS], forward[WEIGHTS], sequence[STEPS * D];
  for (int i = 0; i < WEIGHTS; ++i)
    w[i] = sin(0.5 + 1.7 * i);
  for (int i = 0; i < STEPS * D; ++i)
    sequence[i] = 0.5 * cos(0.9 * i);
  __enzyme_autodiff((void *)loss, enzyme_dup, w, dw, enzyme_const, sequence);
  for (int i = 0; i < WEIGHTS; ++i) {
    double e[WEIGHTS] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(loss(w, sequence), w[i]);
    forward[i] = __enzyme_fwddiff((void *)loss, enzyme_dup, w, e, enzyme_const, sequence);
  }
  checkArrayDifference("reverse", dw, want, WEIGHTS);
  checkArrayDifference("forward", forward, want, WEIGHTS);
  return checkResult();
}
