// Local vectors: push_back, resize, insert, erase, pop_back, copy, move, swap, vectors of vectors.
#include "check.h"
#include <utility>
#include <vector>

extern int enzyme_out, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

using Vector = std::vector<double>;

static Vector powers(double x, int n) {
  Vector v;
  for (int i = 0; i < n; ++i)
    v.push_back(i ? v.back() * x : 1 + x);
  return v;
}

static double grow(double x, int n) {
  Vector a = powers(x, n), b = a, c;
  b.resize(n + 3, x);
  b.erase(b.begin() + 1);
  b.insert(b.begin(), 2, x * x);
  c = std::move(b);
  c.pop_back();
  std::swap(a, c);
  std::vector<Vector> table;
  for (int i = 0; i < n; ++i) {
    table.emplace_back(a);
    table.back()[i] *= x + i;
    table[i / 2].push_back(table.back()[0] * x);
  }
  double s = 0;
  for (const Vector &row : table)
    for (std::size_t i = 0; i < row.size(); ++i)
      s += row[i] * row[row.size() - 1 - i];
  return s / c[0];
}

int main() {
  for (int n = 1; n < 12; n += 4) {
    double x = 0.85, want = DIFFERENCE(grow(x, n), x);
    checkDifference("reverse", __enzyme_autodiff<double>((void *)grow, enzyme_out, x, enzyme_const, n), want);
    checkDifference("forward", __enzyme_fwddiff<double>((void *)grow, x, 1.0, enzyme_const, n), want);
  }
  return checkResult();
}
