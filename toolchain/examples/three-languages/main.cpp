// Forces on a chain of springs: the gradient of its energy, compared with finite
// differences.
#include <cmath>
#include <cstdio>
#include <linkgrad.h>
#include <vector>

extern "C" double energy(const double *positions, std::size_t count);

int main() {
  std::vector<double> positions{0, 1.2, 1.9, 3.5, 4.1}, gradient(positions.size());
  __enzyme_autodiff<void>(energy, enzyme_dup, positions.data(), gradient.data(), enzyme_const, positions.size());

  int wrong = 0;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    auto at = [&](double h) {
      auto moved = positions;
      moved[i] += h;
      return energy(moved.data(), moved.size());
    };
    double difference = (at(1e-6) - at(-1e-6)) / 2e-6;
    std::printf("%9.6f  %9.6f\n", gradient[i], difference);
    wrong += !(std::fabs(gradient[i] - difference) < 1e-8);
  }
  return wrong;
}
