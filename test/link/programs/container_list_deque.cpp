// std::list, std::forward_list, std::deque, std::queue, std::stack and std::set holding active values.
#include "check.h"
#include <deque>
#include <forward_list>
#include <list>
#include <queue>
#include <set>
#include <stack>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double containers(const double *x, int n) {
  std::deque<double> window;
  std::list<double> chain;
  std::forward_list<double> stack;
  std::set<double> sorted;
  std::queue<double> waiting;
  double s = 0;
  for (int i = 0; i < n; ++i) {
    window.push_back(x[i]);
    if (window.size() > 3)
      window.pop_front();
    s += window.front() * window.back();
    if (i % 2)
      chain.push_front(x[i] * s);
    else
      chain.push_back(x[i] - s);
    stack.push_front(s);
    sorted.insert(x[i] * x[i]);
    waiting.push(x[i] * i);
  }
  chain.reverse();
  chain.remove_if([](double v) { return v < -5; });
  double weight = 1;
  for (double v : chain)
    s += v * weight++;
  for (double v : stack)
    s = s * 0.9 + v * v;
  for (double v : sorted)
    s += v * weight++; // in ascending order
  for (std::stack<double> last; !waiting.empty(); waiting.pop()) {
    last.push(waiting.front() * s);
    s += last.top() * 0.01;
  }
  return s;
}

int main() {
  enum { N = 7 };
  double x[N] = {0.3, -0.8, 1.1, 0.55, -0.2, 0.9, 0.65}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff<void>((void *)containers, enzyme_dup, x, dx, enzyme_const, (int)N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(containers(x, N), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)containers, enzyme_dup, x, e, enzyme_const, (int)N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
