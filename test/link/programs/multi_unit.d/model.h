// What the units of this program share.
#ifndef MODEL_H
#define MODEL_H
struct model {
  int n;
  double *weights;
  double bias;
};
double predict(const struct model *m, const double *x);
double loss(const struct model *m, const double *inputs, const double *targets, int samples);
double activation(double x);
extern double temperature;
#endif
