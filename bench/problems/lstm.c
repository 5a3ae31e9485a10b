/* LSTM cross-entropy loss (ADBench, Srajer et al. 2018).
 *
 * Element-wise LSTM cells: with input a, hidden state h and cell state c of one unit,
 *
 *   f = sigma(a w_f + b_f)    i = sigma(h w_i + b_i)    o = sigma(a w_o + b_o)    n = tanh(h w_n + b_n)
 *   c' = c f + i n            h' = o tanh(c')
 *
 * Layers are stacked: h' of one is the input a of the next. The first gets the characters' code scaled
 * per unit, the last is scaled and shifted to a prediction y, whose log-softmax is compared with the
 * next character. Active: the cells' weights and biases, and the three extra vectors at both ends.
 * States start from given values and run along the sequence, so the gradient goes back through time.
 */
#include "problem.h"
#include <math.h>
#include <string.h>

struct Lstm {
  int layers, length, units;
  const double *state, *sequence;
  struct Cell *cells;
  double *softmax, *bars;
};

static double sigmoid(double v) { return 1 / (1 + exp(-v)); }

static double logSumExp(int n, const double *v) {
  double largest = v[0];
  for (int i = 1; i < n; ++i)
    if (v[i] > largest)
      largest = v[i];
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += exp(v[i] - largest);
  return largest + log(sum);
}

/* weight and bias hold the four gates' vectors one after the other. */
static void cell(int n, const double *weight, const double *bias, double *hidden, double *memory, const double *input) {
  for (int i = 0; i < n; ++i) {
    double forget = sigmoid(input[i] * weight[i] + bias[i]);
    double ingate = sigmoid(hidden[i] * weight[n + i] + bias[n + i]);
    double outgate = sigmoid(input[i] * weight[2 * n + i] + bias[2 * n + i]);
    double change = tanh(hidden[i] * weight[3 * n + i] + bias[3 * n + i]);
    memory[i] = memory[i] * forget + ingate * change;
    hidden[i] = outgate * tanh(memory[i]);
  }
}

static void predict(int layers, int n, const double *parameters, const double *extra, double *state,
                    const double *input, double *scaled, double *prediction) {
  for (int i = 0; i < n; ++i)
    scaled[i] = input[i] * extra[i];
  const double *below = scaled;
  for (int l = 0; l < layers; ++l) {
    double *hidden = &state[2 * l * n];
    cell(n, &parameters[8 * l * n], &parameters[8 * l * n + 4 * n], hidden, hidden + n, below);
    below = hidden;
  }
  for (int i = 0; i < n; ++i)
    prediction[i] = below[i] * extra[n + i] + extra[2 * n + i];
}

static double loss(int layers, int length, int n, const double *parameters, const double *extra, const double *initial,
                   const double *sequence) {
  double *state = malloc(sizeof(double) * 2 * layers * n);
  double *scaled = malloc(sizeof(double) * n);
  double *prediction = malloc(sizeof(double) * n);
  memcpy(state, initial, sizeof(double) * 2 * layers * n);
  double total = 0;
  for (int t = 0; t + 1 < length; ++t) {
    predict(layers, n, parameters, extra, state, &sequence[t * n], scaled, prediction);
    double norm = logSumExp(n, prediction);
    for (int i = 0; i < n; ++i)
      total += sequence[(t + 1) * n + i] * (prediction[i] - norm);
  }
  free(prediction);
  free(scaled);
  free(state);
  return -total / ((length - 1) * n);
}

static const double *extraOf(const struct Lstm *s, const double *x) { return x + 8 * s->layers * s->units; }

static void primal(const struct Problem *p, double *y) {
  const struct Lstm *s = p->data;
  y[0] = loss(s->layers, s->length, s->units, p->x, extraOf(s, p->x), s->state, s->sequence);
}

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  const struct Lstm *s = p->data;
  memset(g, 0, sizeof(double) * p->entries);
  __enzyme_autodiff((void *)loss, enzyme_const, s->layers, enzyme_const, s->length, enzyme_const, s->units, enzyme_dup,
                    p->x, g, enzyme_dup, extraOf(s, p->x), extraOf(s, g), enzyme_const, s->state, enzyme_const,
                    s->sequence);
}
#endif

/* What the reverse sweep needs of one unit at one time: everything but exponentials is cheap to
 * recompute. The values before the step are those after the previous one. */
struct Cell {
  double forget, ingate, outgate, change, squashed, memory;
};

static double hiddenOf(const struct Cell *c) { return c->outgate * c->squashed; }

static void handCell(int n, const double *weight, const double *bias, const struct Cell *before, const double *input,
                     struct Cell *restrict after, double *restrict output) {
  for (int i = 0; i < n; ++i) {
    double hidden = hiddenOf(&before[i]);
    struct Cell c;
    c.forget = sigmoid(input[i] * weight[i] + bias[i]);
    c.ingate = sigmoid(hidden * weight[n + i] + bias[n + i]);
    c.outgate = sigmoid(input[i] * weight[2 * n + i] + bias[2 * n + i]);
    c.change = tanh(hidden * weight[3 * n + i] + bias[3 * n + i]);
    c.memory = before[i].memory * c.forget + c.ingate * c.change;
    c.squashed = tanh(c.memory);
    after[i] = c;
    output[i] = hiddenOf(&c);
  }
}

/* Adjoint of one layer at one time. On entry hiddenBar and memoryBar belong to the states after the
 * step, and inputBar of the layer above has been added to hiddenBar; on exit they belong to the states
 * before it. With pre-activations z:  zBar = gateBar gate (1 - gate), and zBar = nBar (1 - n^2). */
static void cellAdjoint(int n, const double *weight, const struct Cell *before, const struct Cell *after,
                        const double *input, double *restrict weightBar, double *restrict biasBar,
                        double *restrict hiddenBar, double *restrict memoryBar, double *restrict inputBar) {
  for (int i = 0; i < n; ++i) {
    const struct Cell *c = &after[i];
    double hidden = hiddenOf(&before[i]);
    double outBar = hiddenBar[i] * c->squashed * c->outgate * (1 - c->outgate);
    double memory = memoryBar[i] + hiddenBar[i] * c->outgate * (1 - c->squashed * c->squashed);
    double forgetBar = memory * before[i].memory * c->forget * (1 - c->forget);
    double inBar = memory * c->change * c->ingate * (1 - c->ingate);
    double changeBar = memory * c->ingate * (1 - c->change * c->change);
    biasBar[i] += forgetBar;
    biasBar[n + i] += inBar;
    biasBar[2 * n + i] += outBar;
    biasBar[3 * n + i] += changeBar;
    weightBar[i] += forgetBar * input[i];
    weightBar[n + i] += inBar * hidden;
    weightBar[2 * n + i] += outBar * input[i];
    weightBar[3 * n + i] += changeBar * hidden;
    memoryBar[i] = memory * c->forget;
    hiddenBar[i] = inBar * weight[n + i] + changeBar * weight[3 * n + i];
    inputBar[i] = forgetBar * weight[i] + outBar * weight[2 * n + i];
  }
}

/* Layer l at time t; row 0 of time is the initial state. */
static struct Cell *cellsAt(const struct Lstm *s, int time, int layer) {
  return &s->cells[((size_t)time * s->layers + layer) * s->units];
}

static void handForward(const struct Lstm *s, const double *parameters, const double *extra) {
  int n = s->units;
  double input[n];
  for (int l = 0; l < s->layers; ++l)
    for (int i = 0; i < n; ++i)
      cellsAt(s, 0, l)[i] =
          (struct Cell){.outgate = s->state[2 * l * n + i], .squashed = 1, .memory = s->state[(2 * l + 1) * n + i]};
  for (int t = 0; t + 1 < s->length; ++t) {
    for (int i = 0; i < n; ++i)
      input[i] = s->sequence[t * n + i] * extra[i];
    for (int l = 0; l < s->layers; ++l)
      handCell(n, &parameters[8 * l * n], &parameters[(8 * l + 4) * n], cellsAt(s, t, l), input, cellsAt(s, t + 1, l),
               input);
    double *softmax = &s->softmax[t * n], sum = 0;
    for (int i = 0; i < n; ++i)
      sum += softmax[i] = exp(input[i] * extra[n + i] + extra[2 * n + i]);
    for (int i = 0; i < n; ++i)
      softmax[i] /= sum;
  }
}

/* Adjoint of prediction and cross-entropy at time t, into the last layer's hidden state:
 * with targets q, yBar = scale (q - softmax(y) sum(q)). */
static void lossAdjoint(const struct Lstm *s, int t, const double *extra, double *extraBar,
                        double *restrict hiddenBar) {
  int n = s->units;
  const double *target = &s->sequence[(t + 1) * n], *softmax = &s->softmax[t * n];
  const struct Cell *last = cellsAt(s, t + 1, s->layers - 1);
  double scale = -1.0 / ((s->length - 1) * n), total = 0;
  for (int i = 0; i < n; ++i)
    total += target[i];
  for (int i = 0; i < n; ++i) {
    double bar = scale * (target[i] - softmax[i] * total);
    extraBar[n + i] += bar * hiddenOf(&last[i]);
    extraBar[2 * n + i] += bar;
    hiddenBar[i] += bar * extra[n + i];
  }
}

static void hand(const struct Problem *p, double *g) {
  const struct Lstm *s = p->data;
  int n = s->units;
  const double *extra = extraOf(s, p->x);
  double *extraBar = g + 8 * s->layers * n;
  double *hiddenBar = s->bars, *memoryBar = hiddenBar + s->layers * n;
  double input[n], inputBar[n];
  memset(g, 0, sizeof(double) * p->entries);
  memset(s->bars, 0, sizeof(double) * 2 * s->layers * n);
  handForward(s, p->x, extra);
  for (int t = s->length - 2; t >= 0; --t) {
    lossAdjoint(s, t, extra, extraBar, hiddenBar + (s->layers - 1) * n);
    for (int l = s->layers - 1; l >= 0; --l) {
      for (int i = 0; i < n; ++i)
        input[i] = l ? hiddenOf(&cellsAt(s, t + 1, l - 1)[i]) : s->sequence[t * n + i] * extra[i];
      cellAdjoint(n, &p->x[8 * l * n], cellsAt(s, t, l), cellsAt(s, t + 1, l), input, &g[8 * l * n],
                  &g[(8 * l + 4) * n], hiddenBar + l * n, memoryBar + l * n, inputBar);
      for (int i = 0; l && i < n; ++i)
        hiddenBar[(l - 1) * n + i] += inputBar[i];
    }
    for (int i = 0; i < n; ++i)
      extraBar[i] += inputBar[i] * s->sequence[t * n + i];
  }
}

static void setup(struct Problem *p, enum Size size) {
  struct Lstm *s = p->data = allocate(1, sizeof *s);
  uint64_t seed = 3;
  s->layers = size == SIZE_FULL ? 4 : 2;
  s->length = size == SIZE_FULL ? 4096 : 12;
  s->units = 14;
  size_t values = (size_t)s->length * s->units;
  double *state = reals(2 * s->layers * s->units), *sequence = reals(values);
  fill(&seed, state, 2 * s->layers * s->units, 0, 1);
  /* Characters as rows of bits. */
  for (size_t i = 0; i < values; ++i)
    sequence[i] = uniform(&seed, 0, 1) < 0.5 ? 0 : 1;
  s->state = state;
  s->sequence = sequence;
  s->cells = allocate(s->layers * values, sizeof(struct Cell));
  s->softmax = reals(values);
  s->bars = reals(2 * s->layers * s->units);
  p->inputs = p->entries = 8 * s->layers * s->units + 3 * s->units;
  p->outputs = 1;
  p->x = reals(p->inputs);
  fill(&seed, p->x, p->inputs, 0, 1);
}

BENCH_EXPORT struct Problem *bench_lstm(void) {
  static struct Problem problems[] = {
      {.name = "lstm", .title = "LSTM", .setup = setup, .primal = primal, .gradient = GRADIENT(gradient), .hand = hand},
      {.name = NULL}};
  return problems;
}
