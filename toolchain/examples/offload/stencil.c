// Heat spreads along a rod for a thousand steps.  Which start leads to what was measured
// at the end?  The adjoint of the time loop gives the gradient for that search.
#include <linkgrad.h>
#include <linkgrad/offload.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { n = 400, steps = 1000 };

static void spread(size_t i, const double *heat, double *next, const double *conductivity) {
  double left = i > 0 ? heat[i - 1] : heat[0], right = i + 1 < n ? heat[i + 1] : heat[n - 1];
  next[i] = heat[i] + conductivity[i] * (left - 2 * heat[i] + right);
}

static double misfit(const double *start, const double *conductivity, const double *measured, double *a, double *b) {
  memcpy(a, start, n * sizeof *a);
  for (int t = 0; t < steps; t += 2) {
    __offload_launch(spread, n, a, b, conductivity);
    __offload_launch(spread, n, b, a, conductivity);
  }
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += (a[i] - measured[i]) * (a[i] - measured[i]);
  return sum;
}

static double start[n], conductivity[n], measured[n], a[n], b[n];
static double d_start[n], d_conductivity[n], d_a[n], d_b[n];

static double difference(double *input) {
  double h = 1e-4, old = *input;
  *input = old + h;
  double above = misfit(start, conductivity, measured, a, b);
  *input = old - h;
  double below = misfit(start, conductivity, measured, a, b);
  *input = old;
  return (above - below) / (2 * h);
}

static double distance(double got, double wanted) { return fabs(got - wanted) / (1 + fabs(wanted)); }

int main(void) {
  for (int i = 0; i < n; ++i) {
    start[i] = i > n / 3 && i < n / 2 ? 100 : 20 + 30 * sin(i * 0.3);
    conductivity[i] = 0.2 + 0.1 * sin(i * 0.1);
    measured[i] = 30 + 10 * cos(i * 0.02);
  }
  double value = misfit(start, conductivity, measured, a, b);
  __enzyme_autodiff(misfit, enzyme_dup, start, d_start, enzyme_dup, conductivity, d_conductivity, enzyme_const,
                    measured, enzyme_dup, a, d_a, enzyme_dup, b, d_b);
  double worst = 0;
  for (int i = 10; i < n; i += 97) {
    worst = fmax(worst, distance(d_start[i], difference(&start[i])));
    worst = fmax(worst, distance(d_conductivity[i], difference(&conductivity[i])));
  }
  printf("misfit %.4f; largest relative difference of the gradient from differences: %.1e\n", value, worst);
  return worst > 1e-5;
}
