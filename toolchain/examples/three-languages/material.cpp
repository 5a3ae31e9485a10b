// How a material answers to strain, in C++.
#include <array>
#include <numeric>

extern "C" double material(double strain) {
  const std::array<double, 3> coefficients{0.5, 0.25, 0.125};
  return std::accumulate(coefficients.rbegin(), coefficients.rend(), 0.0,
                         [=](double sum, double c) { return (sum + c) * strain; });
}
