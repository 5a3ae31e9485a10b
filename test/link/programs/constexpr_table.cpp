// A table computed at compile time, fold expressions and if constexpr: Chebyshev series by Clenshaw.
#include "check.h"
#include <array>
#include <utility>

extern int enzyme_out;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

template <std::size_t N> constexpr std::array<double, N> factorials() {
  std::array<double, N> f{1};
  for (std::size_t i = 1; i < N; ++i)
    f[i] = f[i - 1] * i;
  return f;
}
static constexpr auto table = factorials<9>();

template <bool Odd, std::size_t... I> static double series(double x, std::index_sequence<I...>) {
  if constexpr (Odd)
    return ((pow(x, 2 * I + 1) / table[2 * I + 1]) + ...);
  else
    return ((pow(x, 2 * I) / table[2 * I]) + ...);
}

static double clenshaw(double x) {
  double b1 = 0, b2 = 0;
  for (std::size_t k = table.size(); k-- > 1;) {
    double b = 2 * x * b1 - b2 + 1 / table[k];
    b2 = b1, b1 = b;
  }
  return x * b1 - b2 + 1;
}

static double both(double x) {
  return series<true>(x, std::make_index_sequence<4>()) * series<false>(x, std::make_index_sequence<4>()) + clenshaw(x);
}

int main() {
  for (double x : {-0.8, 0.15, 0.9}) {
    double want = DIFFERENCE(both(x), x);
    checkDifference("reverse", __enzyme_autodiff<double>((void *)both, enzyme_out, x), want);
    checkDifference("forward", __enzyme_fwddiff<double>((void *)both, x, 1.0), want);
  }
  return checkResult();
}
