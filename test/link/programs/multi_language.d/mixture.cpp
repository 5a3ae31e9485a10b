#include <functional>
#include <numeric>
#include <vector>

extern "C" double kernel(double x, double y);

extern "C" double mixtureOf(double a, double b, int n) {
  std::vector<double> terms;
  std::function<double(int)> term = [&](int i) { return kernel(a / (i + 1), b); };
  for (int i = 0; i < n; ++i)
    terms.push_back(term(i));
  return std::accumulate(terms.begin(), terms.end(), 0.0);
}
