/* Black-Scholes: first-order sensitivities of a portfolio of European calls.
 *
 *   d1 = (log(S/K) + (r + s^2/2) T) / (s sqrt T)     d2 = d1 - s sqrt T
 *   price = S N(d1) - K exp(-r T) N(d2),   N(d) = erfc(-d / sqrt 2) / 2
 *
 * Active, per option: spot S, strike K, rate r, volatility s, time T.
 */
#include "problem.h"
#include <math.h>
#include <string.h>

enum { FIELDS = 5 };

static double normal(double d) { return 0.5 * erfc(-d * M_SQRT1_2); }

static double call(double spot, double strike, double rate, double volatility, double time) {
  double spread = volatility * sqrt(time);
  double d1 = (log(spot / strike) + (rate + 0.5 * volatility * volatility) * time) / spread;
  return spot * normal(d1) - strike * exp(-rate * time) * normal(d1 - spread);
}

static double portfolio(int n, const double *options) {
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    const double *o = options + FIELDS * i;
    sum += call(o[0], o[1], o[2], o[3], o[4]);
  }
  return sum;
}

static int countOf(const struct Problem *p) { return (int)(p->inputs / FIELDS); }

static void primal(const struct Problem *p, double *y) { y[0] = portfolio(countOf(p), p->x); }

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  memset(g, 0, sizeof(double) * p->entries);
  __enzyme_autodiff((void *)portfolio, enzyme_const, countOf(p), enzyme_dup, p->x, g);
}
#endif

/* The greeks. Because S N'(d1) = K exp(-r T) N'(d2), everything that acts through d1 cancels:
 *   delta N(d1)    dual delta -e N(d2)    rho K T e N(d2)    vega S N'(d1) sqrt T
 *   and for T:  r K e N(d2) + S N'(d1) s / (2 sqrt T),  with e = exp(-r T). */
static void hand(const struct Problem *p, double *g) {
  const double *o = p->x;
  for (int i = countOf(p); i > 0; --i, o += FIELDS, g += FIELDS) {
    double spot = o[0], strike = o[1], rate = o[2], volatility = o[3], time = o[4];
    double root = sqrt(time), spread = volatility * root;
    double d1 = (log(spot / strike) + (rate + 0.5 * volatility * volatility) * time) / spread;
    double discounted = exp(-rate * time) * normal(d1 - spread);
    double density = spot * exp(-0.5 * d1 * d1) * 0.3989422804014327;
    g[0] = normal(d1);
    g[1] = -discounted;
    g[2] = strike * time * discounted;
    g[3] = density * root;
    g[4] = rate * strike * discounted + 0.5 * density * volatility / root;
  }
}

static void setup(struct Problem *p, enum Size size) {
  uint64_t seed = 12;
  int n = size == SIZE_FULL ? 250000 : 100;
  p->inputs = p->entries = (size_t)FIELDS * n;
  p->outputs = 1;
  p->x = reals(p->inputs);
  for (double *o = p->x; o < p->x + p->inputs; o += FIELDS) {
    fill(&seed, o, 2, 80, 120);
    o[2] = uniform(&seed, 0.01, 0.05);
    o[3] = uniform(&seed, 0.1, 0.5);
    o[4] = uniform(&seed, 0.25, 2);
  }
}

BENCH_EXPORT struct Problem *bench_blackscholes(void) {
  static struct Problem problems[] = {{.name = "blackscholes",
                                       .title = "Black-Scholes",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand},
                                      {.name = NULL}};
  return problems;
}
