// Maps and sets as members, beside each other and before other members: a parameter store, a graph and its distances.
#include "check.h"
#include <map>
#include <set>
#include <string>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Store {
  std::map<int, double> weights;
  std::map<std::string, std::vector<double>> layers;
  std::set<int> seen;
  double *scale;
  std::multimap<double, int> byValue;
  int count = 0;
};

__attribute__((noinline)) static void fill(Store &store, const double *x, int n) {
  for (int i = 0; i < n; ++i) {
    store.weights[i % 5] += x[i] * x[i];
    store.layers["layer" + std::to_string(i % 3)].push_back(x[i]);
    store.seen.insert(i % 4);
    store.byValue.emplace(x[i], i);
    ++store.count;
  }
  store.scale = new double(x[1]);
}

__attribute__((noinline)) static double use(const Store &store) {
  double r = 0;
  for (const auto &[key, weight] : store.weights)
    r += key * sin(weight);
  for (const auto &[name, layer] : store.layers)
    for (double value : layer)
      r += value * value * *store.scale;
  for (int key : store.seen)
    r += store.weights.at(key);
  int k = 1;
  for (const auto &[value, i] : store.byValue)
    r += k++ * value * value * (i % 3);
  delete store.scale;
  auto last = store.weights.find(4);
  return r * store.count + (last == store.weights.end() ? 0 : last->second);
}

static double parameters(const double *x, int n) {
  Store store;
  fill(store, x, n);
  return use(store);
}

struct Graph {
  std::map<int, std::map<int, double>> edges;
  std::vector<int> order;
  std::map<int, double> distance;
};

__attribute__((noinline)) static double shortest(const Graph &given) {
  Graph graph = given;
  std::set<std::pair<double, int>> open{{0, 0}};
  graph.distance[0] = 0;
  while (!open.empty()) {
    auto [d, node] = *open.begin();
    open.erase(open.begin());
    graph.order.push_back(node);
    for (const auto &[next, length] : graph.edges[node]) {
      auto known = graph.distance.find(next);
      if (known != graph.distance.end() && known->second <= d + length)
        continue;
      if (known != graph.distance.end())
        open.erase({known->second, next});
      graph.distance[next] = d + length;
      open.insert({d + length, next});
    }
  }
  double s = 0;
  for (const auto &[node, d] : graph.distance)
    s += (node + 1) * d;
  return s + graph.distance[graph.order.back()];
}

static double paths(const double *x, int n) {
  Graph graph;
  for (int i = 0; i < n; ++i)
    graph.edges[i % 5][(i * 3 + 1) % 5] = graph.edges[(i * 3 + 1) % 5][i % 5] = x[i] * x[i];
  return shortest(graph);
}

template <double (*f)(const double *, int)> static void check(const char *name) {
  enum { N = 12 };
  double x[N], dx[N], want[N], forward[N];
  for (int i = 0; i < N; ++i) {
    x[i] = sin(3.1 * i) + 0.01 * i;
    dx[i] = 0.5;
  }
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx, enzyme_const, (int)N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {};
    e[i] = 1;
    dx[i] -= 0.5;
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, x, e, enzyme_const, (int)N);
    want[i] = DIFFERENCE(f(x, N), x[i]);
  }
  printf("%s\n", name);
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
}

int main() {
  check<parameters>("parameters");
  check<paths>("paths");
  return checkResult();
}
