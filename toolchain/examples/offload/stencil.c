// Heat spreads along a rod for two hundred steps.  Which start leads to what was measured
// at the end?  The adjoint of the time loop gives the gradient for that search.  All that
// the loop and its adjoint work on stays on the device.
#include <linkgrad.h>
#include <linkgrad/offload.h>
#include <math.h>
#include <stdio.h>

enum { n = 400, steps = 200 };

static void copy(size_t i, const double *from, double *to) { to[i] = from[i]; }

static void spread(size_t i, const double *heat, double *next, const double *conductivity) {
  double left = i > 0 ? heat[i - 1] : heat[0], right = i + 1 < n ? heat[i + 1] : heat[n - 1];
  next[i] = heat[i] + conductivity[i] * (left - 2 * heat[i] + right);
}

static void deviate(size_t i, const double *heat, const double *measured, double *misfit) {
  misfit[i] = (heat[i] - measured[i]) * (heat[i] - measured[i]);
}

static int evolve(const double *start, const double *conductivity, const double *measured, double *a, double *b,
                  double *misfit) {
  __offload_launch(copy, n, start, a);
  for (int t = 0; t < steps; t += 2) {
    __offload_launch(spread, n, a, b, conductivity);
    __offload_launch(spread, n, b, a, conductivity);
  }
  return __offload_launch(deviate, n, a, measured, misfit);
}

static double start[n], conductivity[n], measured[n], a[n], b[n], misfit[n];
static double d_start[n], d_conductivity[n], d_a[n], d_b[n], d_misfit[n];
static linkgrad_mapping starts, conductivities, misfits;

static double total(double *input, double value) {
  double old = *input;
  *input = value;
  linkgrad_update_to(starts);
  linkgrad_update_to(conductivities);
  evolve(start, conductivity, measured, a, b, misfit);
  linkgrad_update_from(misfits);
  *input = old;
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += misfit[i];
  return sum;
}

static double difference(double *input) {
  double h = 1e-4;
  return (total(input, *input + h) - total(input, *input - h)) / (2 * h);
}

static double distance(double got, double wanted) { return fabs(got - wanted) / (1 + fabs(wanted)); }

int main(void) {
  for (int i = 0; i < n; ++i) {
    start[i] = i > n / 3 && i < n / 2 ? 100 : 20 + 30 * sin(i * 0.3);
    conductivity[i] = 0.2 + 0.1 * sin(i * 0.1);
    measured[i] = 30 + 10 * cos(i * 0.02);
    d_misfit[i] = 1; // of the sum
  }
  starts = linkgrad_map_to(start, sizeof start);
  conductivities = linkgrad_map_to(conductivity, sizeof conductivity);
  misfits = linkgrad_map_alloc(misfit, sizeof misfit);
  linkgrad_mapping rest[] = {
      linkgrad_map_to(measured, sizeof measured),
      linkgrad_map_alloc(a, sizeof a),
      linkgrad_map_alloc(b, sizeof b),
      linkgrad_map_to(d_a, sizeof d_a),
      linkgrad_map_to(d_b, sizeof d_b),
      linkgrad_map_to(d_misfit, sizeof d_misfit),
      linkgrad_map_tofrom(d_start, sizeof d_start),
      linkgrad_map_tofrom(d_conductivity, sizeof d_conductivity),
  };
  double value = total(&start[0], start[0]);
  int onHost = evolve(start, conductivity, measured, a, b, misfit);
  __enzyme_autodiff_void(evolve, enzyme_dup, start, d_start, enzyme_dup, conductivity, d_conductivity, enzyme_const,
                         measured, enzyme_dup, a, d_a, enzyme_dup, b, d_b, enzyme_dup, misfit, d_misfit);
  for (size_t k = 0; k < sizeof rest / sizeof *rest; ++k)
    linkgrad_update_from(rest[k]);
  double worst = 0;
  for (int i = 10; i < n; i += 97) {
    worst = fmax(worst, distance(d_start[i], difference(&start[i])));
    worst = fmax(worst, distance(d_conductivity[i], difference(&conductivity[i])));
  }
  printf("misfit %.4f on %s; largest relative difference of the gradient from differences: %.1e\n", value,
         onHost ? "the host" : "a device", worst);
  return worst > 1e-5;
}
