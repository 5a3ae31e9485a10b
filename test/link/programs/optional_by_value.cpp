// Small objects that come back in registers from functions which may throw, so that there is something to clean up
// behind the call: a float beside an integer, an optional float, arrays.
#include "check.h"
#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <class T, class... A> T __enzyme_autodiff(void *, A...);
template <class T, class... A> T __enzyme_fwddiff(void *, A...);

using Numbers = std::vector<double>;

struct Hit {
  float distance;
  int index;
};

#define OPAQUE __attribute__((noinline)) static

OPAQUE Hit nearest(const Numbers &places, float origin, float direction) {
  Hit best{1e9f, -1};
  for (int i = 0; i < int(places.size()); ++i) {
    float t = float(places[i]) * direction + origin;
    if (t < 0)
      throw std::runtime_error("behind");
    if (t < best.distance)
      best = {t, i};
  }
  best.distance *= best.distance;
  return best;
}

OPAQUE std::optional<float> squared(const Numbers &v, int i) {
  if (i % 3 == 2)
    return std::nullopt;
  return float(v.at(i) * v.at(i));
}

OPAQUE std::array<float, 2> singles(const Numbers &v, int i) { return {float(v.at(i)), float(v.at(0) * v.at(i))}; }
OPAQUE std::array<double, 2> doubles(const Numbers &v, int i) { return {v.at(i), v.at(0) * v.at(i)}; }

static double f(const double *x, int n) {
  Numbers v(x, x + n);
  std::string log;
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    try {
      Hit hit = nearest(v, 0.1f * float(i) - 0.7f, 1.f + float(i));
      log += std::to_string(hit.index);
      sum += hit.distance * (hit.index + 2.);
    } catch (const std::runtime_error &) {
      sum += x[i];
    }
    if (std::optional<float> square = squared(v, i))
      sum += *square * (i + 1.);
    else
      log += "none";
    sum += squared(v, i).value_or(2.f);
    auto [a, b] = singles(v, i);
    auto [c, d] = doubles(v, i);
    sum += a * b + c * d;
  }
  return sum + double(log.size());
}

int main() {
  constexpr int n = 4;
  double x[n] = {0.5, 1.25, 0.75, 0.875}, dx[n] = {}, want[n], forward[n];
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx, enzyme_const, n);
  for (int i = 0; i < n; ++i) {
    double direction[n] = {};
    direction[i] = 1;
    // The values are floats: the differences, not the derivatives, are rough.
    want[i] = DIFFERENCE_STEP(f(x, n), x[i], 1.0 / 64);
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, x, direction, enzyme_const, n);
  }
  checkArray("reverse", dx, want, n, 1e-4);
  checkArray("forward", forward, want, n, 1e-4);
  return checkResult();
}
