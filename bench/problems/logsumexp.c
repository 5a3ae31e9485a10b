/* Log-sum-exp of a long vector: y = m + log sum_i exp(x_i - m) with m = max x. */
#include "problem.h"
#include <math.h>
#include <string.h>

static double logSumExp(int n, const double *x) {
  double largest = x[0];
  for (int i = 1; i < n; ++i)
    if (x[i] > largest)
      largest = x[i];
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += exp(x[i] - largest);
  return largest + log(sum);
}

static void primal(const struct Problem *p, double *y) { y[0] = logSumExp(p->inputs, p->x); }

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  memset(g, 0, sizeof(double) * p->entries);
  __enzyme_autodiff((void *)logSumExp, enzyme_const, (int)p->inputs, enzyme_dup, p->x, g);
}
#endif

/* xBar_i = exp(x_i - m) / sum: the forward sweep leaves the numerators where they are wanted. */
static void hand(const struct Problem *p, double *g) {
  const double *x = p->x;
  int n = p->inputs;
  double largest = x[0], sum = 0;
  for (int i = 1; i < n; ++i)
    largest = x[i] > largest ? x[i] : largest;
  for (int i = 0; i < n; ++i)
    sum += g[i] = exp(x[i] - largest);
  double scale = 1 / sum;
  for (int i = 0; i < n; ++i)
    g[i] *= scale;
}

static void setup(struct Problem *p, enum Size size) {
  uint64_t seed = 10;
  p->inputs = p->entries = size == SIZE_FULL ? 2000000 : 1000;
  p->outputs = 1;
  p->x = reals(p->inputs);
  fill(&seed, p->x, p->inputs, -5, 5);
}

/* Differentiating through the maximum m gives the largest input the entry w_m + (1 - w_1 - ... - w_n), with
 * w_i = exp(x_i - m) / sum. The bracket is zero but for the rounding of n subtractions from numbers up to 1,
 * while w_m is 5e-6 here. The same formula written by hand, on the numbers of the full size, relative to
 * w_m in long double:
 *
 *   in double -1.29e-8    in long double -4.2e-12    (1 / sum in double: 6e-14)
 *
 * The error goes with the precision, so it is rounding; any differentiation of this program in double has it.
 * All other entries agree as elsewhere. */
BENCH_EXPORT struct Problem *bench_logsumexp(void) {
  static struct Problem problems[] = {{.name = "logsumexp",
                                       .title = "log-sum-exp",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand,
                                       .tolerance = 2e-8},
                                      {.name = NULL}};
  return problems;
}
