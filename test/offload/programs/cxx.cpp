// Templates, methods, lambdas, exceptions that would leave the kernel, library code.
#include "offload_test.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

template <class T> struct View {
  T *data;
  size_t size;
  T &at(size_t i) const {
    if (i >= size)
      throw std::out_of_range("view");
    return data[i];
  }
};

template <class T> static void smooth(size_t i, View<const T> in, View<T> out, T weight) {
  std::array<T, 3> window = {in.at(i), in.at(std::min(i + 1, in.size - 1)), in.at(i ? i - 1 : 0)};
  std::sort(window.begin(), window.end());
  out.at(i) = window[1] + weight * std::cos(window[0]) + std::pow(window[2], T(1.5));
}

// An object with what it captured, as parallel loops of libraries do it.
template <class Body> static void call(size_t i, const Body *body) { (*body)(i); }
template <class Body> static int parallelFor(size_t n, Body body) { return __offload_launch(call<Body>, n, &body); }

int main() {
  size_t n = 1234;
  std::vector<float> x(n), got(n), wanted(n);
  for (size_t i = 0; i < n; ++i)
    x[i] = std::abs(std::sin(float(i)));
  View<const float> in = {x.data(), n};
  check_ran(__offload_launch(smooth<float>, n, in, View<float>{got.data(), n}, 0.5));
  for (size_t i = 0; i < n; ++i)
    smooth(i, in, View<float>{wanted.data(), n}, 0.5f);
  for (size_t i = 0; i < n; ++i)
    check_close(got[i], wanted[i], 1e-6);

  std::vector<double> squares(n);
  double *out = squares.data();
  double factor = 3;
  check_ran(parallelFor(n, [=](size_t i) { out[i] = factor * double(i * i); }));
  for (size_t i = 0; i < n; ++i)
    check(squares[i], factor * double(i * i));

  // On the host the exception arrives; a device would stop here.
  if (const char *device = std::getenv("EXPECT_DEVICE"); !device || *device != '1') {
    bool caught = false;
    try {
      __offload_launch(smooth<float>, n, View<const float>{x.data(), 5}, View<float>{got.data(), n}, 0.5f);
    } catch (const std::out_of_range &) {
      caught = true;
    }
    check(caught, true);
  }
  return failures;
}
