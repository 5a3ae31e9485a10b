// Expression templates with the curiously recurring template pattern: lazily evaluated vector arithmetic.
#include "check.h"
#include <vector>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

template <typename E> struct Expression {
  const E &self() const { return static_cast<const E &>(*this); }
};
template <typename L, typename R, typename Op> struct Binary : Expression<Binary<L, R, Op>> {
  const L &l;
  const R &r;
  Binary(const L &l, const R &r) : l(l), r(r) {}
  double operator[](int i) const { return Op::of(l[i], r[i]); }
  int size() const { return l.size(); }
};
struct Plus {
  static double of(double a, double b) { return a + b; }
};
struct Times {
  static double of(double a, double b) { return a * b; }
};
struct Vector : Expression<Vector> {
  std::vector<double> data;
  Vector(const double *first, int n) : data(first, first + n) {}
  template <typename E> Vector(const Expression<E> &e) {
    for (int i = 0; i < e.self().size(); ++i)
      data.push_back(e.self()[i]);
  }
  double operator[](int i) const { return data[i]; }
  int size() const { return (int)data.size(); }
};
template <typename L, typename R> Binary<L, R, Plus> operator+(const Expression<L> &l, const Expression<R> &r) {
  return {l.self(), r.self()};
}
template <typename L, typename R> Binary<L, R, Times> operator*(const Expression<L> &l, const Expression<R> &r) {
  return {l.self(), r.self()};
}

static double model(const double *p) {
  Vector a(p, 3), b(p + 3, 3);
  Vector c = a * b + b * b * a;
  Vector d = c + a * c;
  return d[0] * d[1] - d[2] / (1 + c[0] * c[0]);
}

int main() {
  double p[6] = {0.4, 1.1, -0.6, 0.8, -0.3, 1.5}, dp[6] = {}, want[6], forward[6];
  __enzyme_autodiff<void>((void *)model, enzyme_dup, p, dp);
  for (int i = 0; i < 6; ++i) {
    double e[6] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(model(p), p[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)model, enzyme_dup, p, e);
  }
  checkArrayDifference("reverse", dp, want, 6);
  checkArrayDifference("forward", forward, want, 6);
  return checkResult();
}
