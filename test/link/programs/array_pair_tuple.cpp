// std::array, std::pair and std::tuple as arguments and results, with structured bindings, tie and get.
#include "check.h"
#include <array>
#include <tuple>
#include <utility>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

using Point = std::array<double, 2>;

static std::pair<double, double> polar(const Point &p) { return {hypot(p[0], p[1]), atan2(p[1], p[0])}; }

static std::tuple<double, int, Point> step(Point p, double scale) {
  auto [radius, angle] = polar(p);
  p[0] += scale * cos(angle);
  p[1] *= radius;
  return {radius * angle, radius > 1 ? 1 : 2, p};
}

static double walk(const std::array<Point, 3> &path) {
  double s = 0, part;
  int weight;
  Point end{0.1, 0.2};
  for (const Point &p : path) {
    std::tie(part, weight, end) = step(p, end[0] + end[1]);
    s += part * weight + end[0] * end[1];
  }
  auto both = std::make_pair(s, end);
  return both.first * std::get<1>(both)[0];
}

int main() {
  std::array<Point, 3> path{Point{0.6, 0.3}, Point{1.2, -0.7}, Point{0.2, 1.1}}, d{};
  __enzyme_autodiff<double>((void *)walk, enzyme_dup, &path, &d);
  for (int i = 0; i < 6; ++i) {
    std::array<Point, 3> t{};
    t[i / 2][i % 2] = 1;
    double want = DIFFERENCE(walk(path), path[i / 2][i % 2]);
    checkDifference("reverse", d[i / 2][i % 2], want);
    checkDifference("forward", __enzyme_fwddiff<double>((void *)walk, enzyme_dup, &path, &t), want);
  }
  return checkResult();
}
