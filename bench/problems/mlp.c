/* A multilayer perceptron: 784-256-64-10 with tanh, softmax and cross-entropy over a batch.
 *
 *   a_0 = sample     a_{l+1} = tanh(W_l a_l + b_l)     z = W a + b at the last layer
 *   L = sum over samples of  lse(z) - z_label
 *
 * Active: all weights and biases, stored layer by layer as the rows of W, then b.
 */
#include "problem.h"
#include <math.h>
#include <string.h>

enum { LAYERS = 3, WIDEST = 784 };

struct Network {
  int width[LAYERS + 1], samples;
  const double *images;
  const int *labels;
};

static void dense(int in, int out, const double *weight, const double *bias, const double *a, double *restrict z) {
  for (int o = 0; o < out; ++o) {
    double sum = bias[o];
    for (int i = 0; i < in; ++i)
      sum += weight[o * in + i] * a[i];
    z[o] = sum;
  }
}

static double crossEntropy(int n, const double *z, int label) {
  double largest = z[0];
  for (int i = 1; i < n; ++i)
    if (z[i] > largest)
      largest = z[i];
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += exp(z[i] - largest);
  return largest + log(sum) - z[label];
}

static double loss(const struct Network *net, const double *parameters) {
  double total = 0;
  for (int sample = 0; sample < net->samples; ++sample) {
    double buffers[2][WIDEST], *a = buffers[0], *z = buffers[1];
    memcpy(a, net->images + (size_t)sample * net->width[0], sizeof(double) * net->width[0]);
    const double *weight = parameters;
    for (int l = 0; l < LAYERS; ++l) {
      int in = net->width[l], out = net->width[l + 1];
      dense(in, out, weight, weight + in * out, a, z);
      weight += (in + 1) * out;
      for (int o = 0; l + 1 < LAYERS && o < out; ++o)
        z[o] = tanh(z[o]);
      double *used = a;
      a = z;
      z = used;
    }
    total += crossEntropy(net->width[LAYERS], a, net->labels[sample]);
  }
  return total;
}

static void primal(const struct Problem *p, double *y) { y[0] = loss(p->data, p->x); }

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  memset(g, 0, sizeof(double) * p->entries);
  __enzyme_autodiff((void *)loss, enzyme_const, p->data, enzyme_dup, p->x, g);
}
#endif

/* Samples are taken BLOCK at a time, so that a row of W and of its adjoint is moved once for all. */
enum { BLOCK = 5 };

/* out[s] = row . a[s] for the samples of a block: independent sums, where the primal's single one waits
 * for each addition. */
static void rowProducts(int n, const double *row, double a[][WIDEST], double *out) {
  pair sum[BLOCK];
  memset(sum, 0, sizeof sum);
  int i = 0;
  for (; i + 2 <= n; i += 2)
    for (int s = 0; s < BLOCK; ++s)
      sum[s] += loadPair(row + i) * loadPair(a[s] + i);
  for (int s = 0; s < BLOCK; ++s)
    out[s] = sumPair(sum[s]) + (i < n ? row[i] * a[s][i] : 0);
}

static void handForward(const struct Network *net, const double *weight, double a[][BLOCK][WIDEST]) {
  for (int l = 0; l < LAYERS; ++l) {
    int in = net->width[l], out = net->width[l + 1];
    const double *bias = weight + in * out;
    for (int o = 0; o < out; ++o) {
      double z[BLOCK];
      rowProducts(in, weight + o * in, a[l], z);
      for (int s = 0; s < BLOCK; ++s)
        a[l + 1][s][o] = l + 1 < LAYERS ? tanh(z[s] + bias[o]) : z[s] + bias[o];
    }
    weight = bias + out;
  }
}

/* zBar = softmax(z) - e_label, in place. */
static void entropyAdjoint(int n, double *z, int label) {
  double largest = z[0], sum = 0;
  for (int i = 1; i < n; ++i)
    largest = z[i] > largest ? z[i] : largest;
  for (int i = 0; i < n; ++i)
    sum += z[i] = exp(z[i] - largest);
  for (int i = 0; i < n; ++i)
    z[i] /= sum;
  z[label] -= 1;
}

/* WBar += zBar a^T for a whole block. */
static void weightAdjoint(int in, int out, double zBar[][WIDEST], double a[][WIDEST], double *restrict weightBar) {
  for (int o = 0; o < out; ++o)
    for (int i = 0; i < in; ++i) {
      double sum = weightBar[o * in + i];
      for (int s = 0; s < BLOCK; ++s)
        sum += zBar[s][o] * a[s][i];
      weightBar[o * in + i] = sum;
    }
  for (int o = 0; o < out; ++o)
    for (int s = 0; s < BLOCK; ++s)
      weightBar[in * out + o] += zBar[s][o];
}

/* aBar = W^T zBar, then through a = tanh(.) to the layer below. */
static void inputAdjoint(int in, int out, const double *weight, double zBar[][WIDEST], double a[][WIDEST],
                         double aBar[][WIDEST]) {
  for (int s = 0; s < BLOCK; ++s) {
    memset(aBar[s], 0, sizeof(double) * in);
    for (int o = 0; o < out; ++o)
      for (int i = 0; i < in; ++i)
        aBar[s][i] += weight[o * in + i] * zBar[s][o];
    for (int i = 0; i < in; ++i)
      aBar[s][i] *= 1 - a[s][i] * a[s][i];
  }
}

static void handBlock(const struct Network *net, const double *parameters, size_t count, int first, double *g) {
  double a[LAYERS + 1][BLOCK][WIDEST], bars[2][BLOCK][WIDEST];
  for (int s = 0; s < BLOCK; ++s)
    memcpy(a[0][s], net->images + (size_t)(first + s) * net->width[0], sizeof(double) * net->width[0]);
  handForward(net, parameters, a);
  for (int s = 0; s < BLOCK; ++s)
    entropyAdjoint(net->width[LAYERS], a[LAYERS][s], net->labels[first + s]);
  double (*zBar)[WIDEST] = a[LAYERS];
  for (int l = LAYERS - 1; l >= 0; --l) {
    int in = net->width[l], out = net->width[l + 1];
    count -= (size_t)(in + 1) * out;
    weightAdjoint(in, out, zBar, a[l], g + count);
    if (l)
      inputAdjoint(in, out, parameters + count, zBar, a[l], bars[l % 2]);
    zBar = bars[l % 2];
  }
}

static void hand(const struct Problem *p, double *g) {
  const struct Network *net = p->data;
  memset(g, 0, sizeof(double) * p->entries);
  for (int first = 0; first < net->samples; first += BLOCK)
    handBlock(net, p->x, p->entries, first, g);
}

static void setup(struct Problem *p, enum Size size) {
  static const int full[] = {784, 256, 64, 10}, quick[] = {20, 12, 9, 5};
  struct Network *net = p->data = allocate(1, sizeof *net);
  uint64_t seed = 13;
  memcpy(net->width, size == SIZE_FULL ? full : quick, sizeof net->width);
  net->samples = size == SIZE_FULL ? 45 : 5;
  double *images = reals((size_t)net->samples * net->width[0]);
  int *labels = integers(net->samples);
  fill(&seed, images, (size_t)net->samples * net->width[0], 0, 1);
  for (int i = 0; i < net->samples; ++i)
    labels[i] = i % net->width[LAYERS];
  net->images = images;
  net->labels = labels;
  p->inputs = 0;
  for (int l = 0; l < LAYERS; ++l)
    p->inputs += (size_t)(net->width[l] + 1) * net->width[l + 1];
  p->entries = p->inputs;
  p->outputs = 1;
  p->x = reals(p->inputs);
  fill(&seed, p->x, p->inputs, -0.1, 0.1);
}

BENCH_EXPORT struct Problem *bench_mlp(void) {
  static struct Problem problems[] = {{.name = "mlp",
                                       .title = "MLP with softmax",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand},
                                      {.name = NULL}};
  return problems;
}
