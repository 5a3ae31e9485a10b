// Casts between the parts of an object: dynamic_cast in a diamond of virtual bases, to a part that is not
// there, to the whole object, across siblings, of references.
#include "check.h"
#include <typeinfo>
#include <vector>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Base {
  double k;
  explicit Base(double k) : k(k) {}
  virtual double apply(double x) const { return x * k; }
  virtual ~Base() = default;
};
struct Left : virtual Base {
  double l;
  explicit Left(double k) : Base(k), l(k * 2) {}
  double apply(double x) const override { return Base::apply(x) + l; }
};
struct Right : virtual Base {
  double r;
  explicit Right(double k) : Base(k), r(k * k) {}
  virtual double other(double x) const { return x * r; }
};
struct Both : Left, Right {
  double own;
  explicit Both(double k) : Base(k), Left(k), Right(k), own(std::sin(k)) {}
  double apply(double x) const override { return Left::apply(x) * other(x); }
};

static double down(const Base *base, double x) {
  if (auto *right = dynamic_cast<const Right *>(base))
    x += right->other(x);
  if (auto *both = dynamic_cast<const Both *>(base))
    x *= both->own;
  return base->apply(x);
}

static double across(const Left *left, double x) {
  const auto *right = dynamic_cast<const Right *>(left);
  return right ? right->r * x : left->l + x;
}

static double reference(const Base &base, double x) {
  try {
    return dynamic_cast<const Left &>(base).l * x;
  } catch (const std::bad_cast &) {
    return base.k;
  }
}

static const void *whole(const Base *base) { return dynamic_cast<const void *>(base); }

static double f(const double *x) {
  Both both(x[0]);
  Left left(x[1]);
  Base base(x[2]);
  double sum = 0;
  for (const Base *each : std::vector<const Base *>{&both, &left, &base})
    sum += down(each, x[3]) + reference(*each, x[1]);
  sum += across(&both, x[2]) + across(&left, x[3]);
  sum += static_cast<const Both *>(whole(&both))->own;
  double (Base::*member)(double) const = &Base::apply;
  return sum + (both.*member)(x[1]);
}

int main() {
  double x[4] = {0.5, 1.3, 2, 0.7}, dx[4] = {}, want[4], forward[4];
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx);
  for (int i = 0; i < 4; ++i) {
    double e[4] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(f(x), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, x, e);
  }
  checkArrayDifference("reverse", dx, want, 4);
  checkArrayDifference("forward", forward, want, 4);
  return checkResult();
}
