// Gradients through the GNU Scientific Library, built from its Debian source with
// CC=linkgrad-cc: each case is checked against central differences.
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_interp.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_odeiv2.h>
#include <gsl/gsl_poly.h>
#include <gsl/gsl_sf.h>
#include <gsl/gsl_spline.h>
#include <math.h>
#include <stdio.h>

enum { n = 3 };

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);

/// A polynomial by Horner's rule, and by divided differences through its values.
static double polynomials(const double *p) {
  double x[4] = {0.1, 0.7, 1.3, 2.2}, y[4], table[4];
  for (int i = 0; i < 4; ++i)
    y[i] = gsl_poly_eval(p, n, x[i]) * p[i % n];
  gsl_poly_dd_init(table, x, y, 4);
  return gsl_poly_dd_eval(table, x, 4, p[0]);
}

static double specialFunctions(const double *p) {
  return gsl_sf_bessel_J0(p[0]) + gsl_sf_gamma(p[1]) * gsl_sf_erf(p[2]) + gsl_sf_lnbeta(p[0], p[1]) +
         gsl_sf_hyperg_2F1(0.5, 1.5, 2.5, 0.1 * p[2]) + gsl_sf_airy_Ai(p[1], GSL_PREC_DOUBLE);
}

static double integrand(double x, void *parameters) {
  const double *p = parameters;
  return exp(-p[0] * x) * sin(p[1] * x) / (1 + p[2] * x * x);
}

/// Adaptive quadrature that calls us back.
static double integral(const double *p) {
  gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(200);
  gsl_function f = {integrand, (void *)p};
  double value, error;
  gsl_integration_qag(&f, 0, 3, 1e-10, 1e-10, 200, GSL_INTEG_GAUSS21, workspace, &value, &error);
  gsl_integration_workspace_free(workspace);
  return value;
}

/// A Cholesky solve.
static double linearSystem(const double *p) {
  gsl_matrix *a = gsl_matrix_alloc(n, n);
  gsl_vector *b = gsl_vector_alloc(n), *x = gsl_vector_alloc(n);
  for (int i = 0; i < n; ++i) {
    gsl_vector_set(b, i, p[i] * p[i]);
    for (int j = 0; j < n; ++j)
      gsl_matrix_set(a, i, j, p[i] * p[j] + (i == j ? 2 + p[i] : 0));
  }
  gsl_linalg_cholesky_decomp1(a);
  gsl_linalg_cholesky_solve(a, b, x);
  double value = gsl_vector_get(x, 0) + 2 * gsl_vector_get(x, 1) * gsl_vector_get(x, 2);
  gsl_matrix_free(a);
  gsl_vector_free(b);
  gsl_vector_free(x);
  return value;
}

/// A cubic spline through values that depend on the parameters.
static double interpolation(const double *p) {
  double x[5] = {0, 1, 2, 3, 4}, y[5];
  for (int i = 0; i < 5; ++i)
    y[i] = p[0] * sin(p[1] * i) + p[2] * i;
  gsl_interp_accel *accelerator = gsl_interp_accel_alloc();
  gsl_spline *spline = gsl_spline_alloc(gsl_interp_cspline, 5);
  gsl_spline_init(spline, x, y, 5);
  double value = gsl_spline_eval(spline, 1.4, accelerator) * gsl_spline_eval(spline, 2.9, accelerator);
  gsl_spline_free(spline);
  gsl_interp_accel_free(accelerator);
  return value;
}

static int oscillator(double t, const double y[], double dydt[], void *parameters) {
  const double *p = parameters;
  (void)t;
  dydt[0] = y[1];
  dydt[1] = p[0] * (1 - y[0] * y[0]) * y[1] - p[1] * y[0];
  return GSL_SUCCESS;
}

/// An ordinary differential equation, fixed steps of a Runge-Kutta-Fehlberg method.
static double trajectory(const double *p) {
  gsl_odeiv2_system system = {oscillator, NULL, 2, (void *)p};
  gsl_odeiv2_step *step = gsl_odeiv2_step_alloc(gsl_odeiv2_step_rkf45, 2);
  double y[2] = {p[2], 0}, error[2], h = 0.02;
  for (int i = 0; i < 50; ++i)
    gsl_odeiv2_step_apply(step, i * h, h, y, error, NULL, NULL, &system);
  gsl_odeiv2_step_free(step);
  return y[0] + y[1];
}

static int failures;

#define CHECK(f)                                                                                                       \
  do {                                                                                                                 \
    double p[n] = {0.9, 1.4, 0.6}, gradient[n] = {0};                                                                  \
    __enzyme_autodiff((void *)f, enzyme_dup, p, gradient);                                                             \
    for (int i = 0; i < n; ++i)                                                                                        \
      compare(#f, i, gradient[i], difference(f, p, i));                                                                \
  } while (0)

/// Central differences, extrapolated.
static double difference(double (*f)(const double *), double *p, int i) {
  double kept = p[i], slope[2];
  for (int k = 0; k < 2; ++k) {
    double step = 1e-3 / (k + 1);
    p[i] = kept + step;
    double above = f(p);
    p[i] = kept - step;
    slope[k] = (above - f(p)) / (2 * step);
    p[i] = kept;
  }
  return (4 * slope[1] - slope[0]) / 3;
}

static void compare(const char *name, int i, double got, double want) {
  int good = fabs(got - want) <= 1e-6 * fmax(1e-3, fabs(want));
  failures += !good;
  printf("%s %s[%d] %.12g %.12g\n", good ? "ok" : "FAIL", name, i, got, want);
}

int main(void) {
  gsl_set_error_handler_off();
  CHECK(polynomials);
  CHECK(specialFunctions);
  CHECK(integral);
  CHECK(linearSystem);
  CHECK(interpolation);
  CHECK(trajectory);
  return failures != 0;
}
