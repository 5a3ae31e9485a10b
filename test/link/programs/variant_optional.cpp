// std::variant visited, std::optional tested, std::any cast: active values in storage of changing type.
#include "check.h"
#include <any>
#include <optional>
#include <variant>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Circle {
  double radius;
};
struct Box {
  double width, height;
};
struct Polygon {
  int sides;
  float side;
};
using Shape = std::variant<Circle, Box, Polygon, int>;

struct Area {
  double operator()(const Circle &c) const { return 3 * c.radius * c.radius; }
  double operator()(const Box &b) const { return b.width * b.height; }
  double operator()(const Polygon &p) const { return p.sides * p.side * p.side; }
  double operator()(int i) const { return i; }
};

static std::optional<double> root(double x) {
  if (x < 0)
    return std::nullopt;
  return sqrt(x);
}

static double shapes(const double *x, int n) {
  std::vector<Shape> all;
  for (int i = 0; i < n; ++i)
    switch (i % 4) {
    case 0:
      all.push_back(Circle{x[i]});
      break;
    case 1:
      all.push_back(Box{x[i], x[i - 1]});
      break;
    case 2:
      all.push_back(Polygon{5, 0.5f});
      break;
    default:
      all.push_back((int)(10 * x[i]));
    }
  all[2] = Circle{x[0] * x[1]};
  double s = 0;
  for (const Shape &shape : all) {
    s += std::visit(Area{}, shape) * (1 + shape.index());
    if (const Box *box = std::get_if<Box>(&shape))
      s *= box->height;
    s += root(s - 3).value_or(s * 0.5);
  }
  std::any anything = s;
  return std::any_cast<double>(anything) * x[1];
}

int main() {
  enum { N = 6 };
  double x[N] = {0.8, 1.3, 0.47, 0.72, -0.55, 1.6}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff<void>((void *)shapes, enzyme_dup, x, dx, enzyme_const, (int)N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(shapes(x, N), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)shapes, enzyme_dup, x, e, enzyme_const, (int)N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
