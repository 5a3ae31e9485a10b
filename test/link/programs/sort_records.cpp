// Records of a float beside an integer, sorted and moved by word: std::sort, stable_sort, nth_element, heaps, maps,
// deques. All inputs are multiples of 1/16, the step is 1/64, and what is computed has degree two: floats hold it
// exactly.
#include "check.h"
#include <algorithm>
#include <deque>
#include <map>
#include <queue>
#include <set>
#include <tuple>
#include <vector>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

enum class Kind : unsigned char { Even, Odd };
struct Item {
  int id;
  Kind kind;
  double value;
  short rank;
  float weight;
};
struct Edge {
  float weight;
  unsigned from, to;
};
struct Leaf {
  int left, right;
  float key;
  unsigned char depth;
};
using Pair = std::pair<float, int>;
using Triple = std::tuple<short, float, int>;
using Input = std::vector<double>;

static double items(const Input &x) {
  std::vector<Item> v;
  for (int i = 0; i < (int)x.size(); ++i)
    v.push_back({i, i % 2 ? Kind::Odd : Kind::Even, x[i], (short)(i % 3), (float)(2 * x[i])});
  std::sort(v.begin(), v.end(), [](const Item &a, const Item &b) { return a.value < b.value; });
  std::stable_sort(v.begin(), v.end(), [](const Item &a, const Item &b) { return a.kind < b.kind; });
  double s = 0;
  int k = 1;
  for (const Item &e : v)
    s += k++ * e.value * e.weight + e.rank * e.value * (e.id % 5);
  return s;
}

static double pairs(const Input &x) {
  std::priority_queue<Pair> queue;
  std::deque<Pair> deque;
  std::set<Pair> set;
  for (int i = 0; i < (int)x.size(); ++i) {
    queue.push({(float)x[i], i});
    set.insert({(float)x[i], i});
    if (i % 2)
      deque.push_back({(float)x[i], i});
    else
      deque.push_front({(float)x[i], i});
  }
  double s = 0;
  for (int k = 1; !queue.empty(); queue.pop(), ++k)
    s += k * double(queue.top().first) * (1 + queue.top().second % 3);
  std::sort(deque.begin(), deque.end());
  int k = 1;
  for (const Pair &p : deque)
    s += k++ * double(p.first) * p.first * (p.second % 4);
  for (const Pair &p : set)
    s += k-- * double(p.first) * p.second;
  return s;
}

static double triples(const Input &x) {
  std::vector<Triple> v;
  for (int i = 0; i < (int)x.size(); ++i)
    v.emplace_back(i % 3, (float)x[i], i * i);
  auto less = [](const Triple &a, const Triple &b) { return std::get<1>(a) < std::get<1>(b); };
  std::nth_element(v.begin(), v.begin() + v.size() / 2, v.end(), less);
  std::sort(v.begin(), v.begin() + v.size() / 2, less);
  double s = 0;
  int k = 1;
  for (std::size_t i = 0; i < v.size() / 2; ++i) {
    auto [a, b, c] = v[i];
    s += k++ * double(b) * b * (a + c % 5);
  }
  return s;
}

static double tree(const Input &x) {
  std::vector<Leaf> v;
  for (double key : x)
    v.push_back({-1, -1, (float)key, 0});
  for (std::size_t i = 1; i < v.size(); ++i)
    for (int at = 0;;) {
      ++v[i].depth;
      int &next = v[i].key < v[at].key ? v[at].left : v[at].right;
      if (next < 0) {
        next = i;
        break;
      }
      at = next;
    }
  std::rotate(v.begin(), v.begin() + 3, v.end());
  std::reverse(v.begin(), v.end());
  double s = 0;
  for (const Leaf &leaf : v)
    s += double(leaf.key) * leaf.key * leaf.depth;
  return s;
}

static double spanning(const Input &x) {
  constexpr unsigned count = 9;
  std::vector<Edge> edges;
  std::map<int, Pair> sums;
  for (unsigned i = 0; i < x.size(); ++i) {
    edges.push_back({(float)x[i], i % count, (i * 5 + 1) % count});
    Pair &sum = sums[i % 7];
    sum.first += (float)x[i];
    ++sum.second;
  }
  std::sort(edges.begin(), edges.end(), [](const Edge &a, const Edge &b) { return a.weight < b.weight; });
  unsigned parent[count];
  for (unsigned i = 0; i < count; ++i)
    parent[i] = i;
  auto find = [&](unsigned a) {
    while (parent[a] != a)
      a = parent[a] = parent[parent[a]];
    return a;
  };
  double s = 0;
  for (const Edge &edge : edges)
    if (unsigned a = find(edge.from), b = find(edge.to); a != b) {
      parent[a] = b;
      s += double(edge.weight) * edge.weight;
    }
  for (const auto &[key, sum] : sums)
    s += double(sum.first) * sum.first * (sum.second + key);
  return s;
}

static double heap(const Input &x) {
  std::vector<Pair> v;
  for (int i = 0; i < (int)x.size(); ++i)
    v.push_back({(float)x[i], i});
  std::make_heap(v.begin(), v.end());
  std::sort_heap(v.begin(), v.end());
  auto middle = std::partition(v.begin(), v.end(), [](const Pair &p) { return p.second % 2; });
  double s = 0;
  for (auto i = v.begin(); i != middle; ++i)
    s += double(i->first) * i->first * i->second;
  v.erase(std::remove_if(v.begin(), v.end(), [](const Pair &p) { return p.second % 3 == 0; }), v.end());
  for (const Pair &p : v)
    s += double(p.first) * p.second;
  return s;
}

#define CHECK(f)                                                                                                       \
  do {                                                                                                                 \
    Input dx(n, 0.5);                                                                                                  \
    __enzyme_autodiff<double>((void *)f, enzyme_dup, &x, &dx);                                                         \
    for (int i = 0; i < n; ++i) {                                                                                      \
      Input e(n, 0.0);                                                                                                 \
      e[i] = 1;                                                                                                        \
      dx[i] -= 0.5;                                                                                                    \
      want[i] = DIFFERENCE_STEP(f(x), x[i], 1.0 / 64);                                                                 \
      forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, &x, &e);                                            \
    }                                                                                                                  \
    checkArrayExact(#f " reverse", dx.data(), want.data(), n);                                                         \
    checkArrayExact(#f " forward", forward.data(), want.data(), n);                                                    \
  } while (0)

int main() {
  const int n = 40; // more than the threshold of introsort
  Input x(n), want(n), forward(n);
  for (int i = 0; i < n; ++i)
    x[i] = (i * 17 % n - 13) / 16.0;
  CHECK(items);
  CHECK(pairs);
  CHECK(triples);
  CHECK(tree);
  CHECK(spanning);
  CHECK(heap);
  return checkResult();
}
