// Single precision throughout, with typed prototypes: a variadic call would promote the floats.
#include "check.h"

extern float __enzyme_autodiff_wave(float (*)(float), float);
extern float __enzyme_fwddiff_wave(float (*)(float), float, float);
extern void __enzyme_autodiff_energy(float (*)(const float *, int), const float *, float *, int);
extern float __enzyme_fwddiff_energy(float (*)(const float *, int), const float *, const float *, int);

static float wave(float x) { return sinf(x) * expf(-x * x) + sqrtf(x + 2.0f) / powf(x, 3.0f); }

static float energy(const float *x, int n) {
  float e = 0;
  for (int i = 0; i < n; ++i)
    e += x[i] * x[i] * tanhf(x[i]);
  return e;
}

int main(void) {
  float x = 1.25f;
  double d = x, want = DIFFERENCE(sin(d) * exp(-d * d) + sqrt(d + 2) / pow(d, 3), d);
  checkNear("reverse", __enzyme_autodiff_wave(wave, x), want, 1e-5);
  checkNear("forward", __enzyme_fwddiff_wave(wave, x, 1.0f), want, 1e-5);

  float v[3] = {0.5f, -1.5f, 2.0f}, dv[3] = {0, 0, 0};
  __enzyme_autodiff_energy(energy, v, dv, 3);
  for (int i = 0; i < 3; ++i) {
    double t = tanh(v[i]), slope = 2 * v[i] * t + v[i] * v[i] * (1 - t * t);
    float direction[3] = {0, 0, 0};
    direction[i] = 1;
    checkNear("reverse array", dv[i], slope, 1e-5);
    checkNear("forward array", __enzyme_fwddiff_energy(energy, v, direction, 3), slope, 1e-5);
  }
  return checkResult();
}
