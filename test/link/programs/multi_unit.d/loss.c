#include "model.h"

double loss(const struct model *m, const double *inputs, const double *targets, int samples) {
  double s = 0;
  for (int k = 0; k < samples; ++k) {
    double miss = predict(m, inputs + k * m->n) - targets[k];
    s += miss * miss;
  }
  return s / samples;
}
