// std::sort, partial_sort and a priority queue on active values and on indices into them.
#include "check.h"
#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <vector>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double ranks(const std::vector<double> &x) {
  std::vector<double> v = x;
  std::sort(v.begin(), v.end());
  double s = 0;
  for (std::size_t i = 0; i < v.size(); ++i)
    s += v[i] * v[i] * (i + 1);
  std::vector<int> order(x.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) { return sin(x[a]) > sin(x[b]); });
  for (std::size_t i = 1; i < order.size(); ++i)
    s += x[order[i - 1]] * x[order[i]];
  std::vector<std::pair<double, int>> keyed;
  for (std::size_t i = 0; i < x.size(); ++i)
    keyed.emplace_back(x[i] * x[(i + 1) % x.size()], (int)i);
  std::partial_sort(keyed.begin(), keyed.begin() + 3, keyed.end(), std::greater<>());
  for (int i = 0; i < 3; ++i)
    s += keyed[i].first * keyed[i].second;
  std::priority_queue<double> heap(x.begin(), x.end());
  while (heap.size() > 2) { // merge the two largest into a smaller one
    double a = heap.top();
    heap.pop();
    double b = heap.top();
    heap.pop();
    heap.push(a * b * 0.3 - 1);
  }
  return s + heap.top();
}

int main() {
  const int n = 20; // more than the threshold of introsort
  std::vector<double> x(n), dx(n, 0.0), want(n), forward(n);
  for (int i = 0; i < n; ++i)
    x[i] = 1.4 * sin(5.0 * i + 0.2) + 0.01 * i;
  __enzyme_autodiff<double>((void *)ranks, enzyme_dup, &x, &dx);
  for (int i = 0; i < n; ++i) {
    std::vector<double> e(n, 0.0);
    e[i] = 1;
    want[i] = DIFFERENCE_STEP(ranks(x), x[i], 1e-5);
    forward[i] = __enzyme_fwddiff<double>((void *)ranks, enzyme_dup, &x, &e);
  }
  checkArrayDifference("reverse", dx.data(), want.data(), n);
  checkArrayDifference("forward", forward.data(), want.data(), n);
  return checkResult();
}
