// The gradient of a function that launches kernels, against central differences: kernels
// that loop, call, use local arrays, overwrite what they read; all indices read the same.
#include "offload_test.h"
#include <linkgrad.h>
#include <string.h>

enum { n = 300, m = 8 };

static double bend(double x, int steps) {
  double history[4] = {1, x, 0, 0};
  for (int i = 0; i < steps; ++i)
    history[i % 4] += sin(x + history[(i + 1) % 4]);
  return history[0] * history[1] + history[2];
}

static void step(size_t i, const double *weights, double *state, double scale) {
  double sum = 0;
  for (int j = 0; j < m; ++j)
    sum += weights[j] * bend(state[i] * scale, (int)(i % 5) + j);
  state[i] = state[i] * 0.5 + tanh(sum);
}

static void square(size_t i, const double *state, double *out) { out[i] = state[i] * state[n - 1 - i]; }

static double loss(const double *weights, const double *start, double scale, double *state, double *out) {
  memcpy(state, start, n * sizeof *state);
  for (int t = 0; t < 3; ++t)
    __offload_launch(step, n, weights, state, scale);
  __offload_launch(square, n, state, out);
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += out[i];
  return sum;
}

static double weights[m], start[n], state[n], out[n];

static double change(double *input, double scale, double scales, double h) {
  double old = *input;
  *input = old + h;
  double above = loss(weights, start, scale + h * scales, state, out);
  *input = old - h;
  double below = loss(weights, start, scale - h * scales, state, out);
  *input = old;
  return above - below;
}

// Of fourth order.
static double difference(double *input, double scale, double scales) {
  double h = 1e-4;
  return (8 * change(input, scale, scales, h) - change(input, scale, scales, 2 * h)) / (12 * h);
}

int main(void) {
  double d_weights[m] = {0}, d_start[n] = {0}, d_state[n] = {0}, d_out[n] = {0}, unused = 0;
  for (int i = 0; i < n; ++i)
    start[i] = sin(i);
  for (int j = 0; j < m; ++j)
    weights[j] = 0.1 * (j + 1);
  double scale = 0.7;
  double d_scale = __enzyme_autodiff(loss, enzyme_dup, weights, d_weights, enzyme_dup, start, d_start, enzyme_out,
                                     scale, enzyme_dup, state, d_state, enzyme_dup, out, d_out);
  for (int j = 0; j < m; ++j)
    check_close(d_weights[j], difference(&weights[j], scale, 0), 1e-6);
  for (int i = 0; i < n; i += 7)
    check_close(d_start[i], difference(&start[i], scale, 0), 1e-6);
  check_close(d_scale, difference(&unused, scale, 1), 1e-6);

  // Forward mode along one direction.
  double t_weights[m] = {1}, t_start[n] = {0}, t_state[n] = {0}, t_out[n] = {0};
  double tangent = __enzyme_fwddiff(loss, enzyme_dup, weights, t_weights, enzyme_dup, start, t_start, enzyme_dup, scale,
                                    1.0, enzyme_dup, state, t_state, enzyme_dup, out, t_out);
  check_close(tangent, d_weights[0] + d_scale, 1e-10);
  return failures;
}
