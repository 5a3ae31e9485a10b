#include "model.h"
#include <math.h>

double temperature = 1;

double activation(double x) { return tanh(x / temperature); }

double predict(const struct model *m, const double *x) {
  double s = m->bias;
  for (int i = 0; i < m->n; ++i)
    s += m->weights[i] * x[i];
  return activation(s) * temperature;
}
