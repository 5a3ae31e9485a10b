// Hash tables that are copied, moved, swapped, cleared and rehashed, empty and with one element: their buckets lie in
// the table itself until they grow.
#include "check.h"
#include <string>
#include <unordered_map>
#include <unordered_set>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Place {
  int row, column;
  bool operator==(const Place &other) const { return row == other.row && column == other.column; }
};
struct HashPlace {
  size_t operator()(const Place &place) const { return place.row * 31 + place.column; }
};

using Table = std::unordered_map<int, double>;

static double total(Table table, double factor) {
  double sum = 0;
  for (auto &[key, value] : table)
    sum += value * factor * key;
  return sum;
}

static double f(const double *x, int n) {
  Table one;
  double sum = total(one, x[1]);
  one[3] = x[0];
  Table two = one, three = std::move(two), four;
  four = std::move(three);
  four[4] = x[1] * four[3];
  one.swap(four);
  sum += total(one, x[2]);
  one.clear();
  one[1] = x[2];
  Table empty, taken(std::move(empty));
  taken = four;
  sum += total(std::move(taken), x[3]) * one[1];

  std::unordered_map<Place, double, HashPlace> grid;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      grid[{i, j}] = x[i] * x[j] + i;
  grid.find({1, 1})->second *= x[0];
  grid.erase({0, 0});
  grid.rehash(100);
  for (auto &[place, value] : grid)
    sum += value * (place.row + 2 * place.column + 1);

  std::unordered_multimap<std::string, double> groups;
  for (int i = 0; i < n; ++i)
    groups.emplace(i % 2 ? "odd" : "those that are even", x[i]);
  auto [first, last] = groups.equal_range("odd");
  for (auto it = first; it != last; ++it)
    sum *= it->second;
  std::unordered_set<int> seen{1, 2, 3};
  return sum * seen.count(2);
}

int main() {
  double x[4] = {0.5, 1.3, 2, 0.7}, dx[4] = {}, want[4], forward[4];
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx, enzyme_const, 4);
  for (int i = 0; i < 4; ++i) {
    double e[4] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(f(x, 4), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, x, e, enzyme_const, 4);
  }
  checkArrayDifference("reverse", dx, want, 4);
  checkArrayDifference("forward", forward, want, 4);
  return checkResult();
}
