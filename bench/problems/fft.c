/* Fast Fourier transform, and the power of a signal in a weighted spectrum.
 *
 * X = F x with F_kj = exp(-2 pi i jk / n), n a power of two, by the in-place recursion of Danielson and
 * Lanczos on bit-reversed data; the twiddle factors of a level come from the rotation recurrence
 * w <- w + w (cos - 1 + i sin). Then L = sum_k weight_k |X_k|^2. Active: the complex signal x, stored as
 * (re, im) pairs.
 */
#include "problem.h"
#include <math.h>
#include <string.h>

struct Fft {
  int n;
  const double *weight;
  double *work;
};

static void swap(double *a, double *b) {
  double t = *a;
  *a = *b;
  *b = t;
}

static void bitReverse(double *data, int n) {
  for (int i = 0, j = 0; i < n; ++i) {
    if (j > i) {
      swap(&data[2 * j], &data[2 * i]);
      swap(&data[2 * j + 1], &data[2 * i + 1]);
    }
    int m = n / 2;
    for (; m >= 1 && (j & m); m /= 2)
      j ^= m;
    j |= m;
  }
}

/* Both halves, then n/2 butterflies; `sign` is -1 for the transform and 1 for its conjugate. */
static void transform(double *data, int n, int sign) {
  if (n == 1)
    return;
  transform(data, n / 2, sign);
  transform(data + n, n / 2, sign);
  double half = sin(M_PI / n), wpr = -2 * half * half, wpi = sign * sin(2 * M_PI / n);
  double wr = 1, wi = 0;
  for (int i = 0; i < n; i += 2) {
    double tr = data[i + n] * wr - data[i + n + 1] * wi;
    double ti = data[i + n] * wi + data[i + n + 1] * wr;
    data[i + n] = data[i] - tr;
    data[i + n + 1] = data[i + 1] - ti;
    data[i] += tr;
    data[i + 1] += ti;
    double w = wr;
    wr += wr * wpr - wi * wpi;
    wi += wi * wpr + w * wpi;
  }
}

static double bandPower(int n, const double *signal, const double *weight, double *work) {
  memcpy(work, signal, sizeof(double) * 2 * n);
  bitReverse(work, n);
  transform(work, n, -1);
  double power = 0;
  for (int k = 0; k < n; ++k)
    power += weight[k] * (work[2 * k] * work[2 * k] + work[2 * k + 1] * work[2 * k + 1]);
  return power;
}

static void primal(const struct Problem *p, double *y) {
  const struct Fft *s = p->data;
  y[0] = bandPower(s->n, p->x, s->weight, s->work);
}

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  const struct Fft *s = p->data;
  double *workBar = s->work + 2 * s->n;
  memset(g, 0, sizeof(double) * p->entries);
  memset(workBar, 0, sizeof(double) * 2 * s->n);
  __enzyme_autodiff((void *)bandPower, enzyme_const, s->n, enzyme_dup, p->x, g, enzyme_const, s->weight,
                    enzyme_dupnoneed, s->work, workBar);
}
#endif

/* F is symmetric, so the adjoint of X = F x is xBar = conj(F) XBar: the same algorithm with the other
 * sign, run on XBar = 2 weight X. */
static void hand(const struct Problem *p, double *g) {
  const struct Fft *s = p->data;
  memcpy(g, p->x, sizeof(double) * 2 * s->n);
  bitReverse(g, s->n);
  transform(g, s->n, -1);
  for (int k = 0; k < s->n; ++k) {
    g[2 * k] *= 2 * s->weight[k];
    g[2 * k + 1] *= 2 * s->weight[k];
  }
  bitReverse(g, s->n);
  transform(g, s->n, 1);
}

static void setup(struct Problem *p, enum Size size) {
  struct Fft *s = p->data = allocate(1, sizeof *s);
  uint64_t seed = 5;
  s->n = size == SIZE_FULL ? 1 << 16 : 1 << 6;
  double *weight = reals(s->n);
  fill(&seed, weight, s->n, 0, 1);
  s->weight = weight;
  s->work = reals((size_t)4 * s->n);
  p->inputs = p->entries = 2 * (size_t)s->n;
  p->outputs = 1;
  p->x = reals(p->inputs);
  fill(&seed, p->x, p->inputs, -1, 1);
}

BENCH_EXPORT struct Problem *bench_fft(void) {
  static struct Problem problems[] = {
      {.name = "fft", .title = "FFT", .setup = setup, .primal = primal, .gradient = GRADIENT(gradient), .hand = hand},
      {.name = NULL}};
  return problems;
}
