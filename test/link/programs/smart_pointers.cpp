// unique_ptr, shared_ptr, weak_ptr, custom deleters and placement new: ownership around active values.
#include "check.h"
#include <cstdlib>
#include <memory>
#include <new>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Node {
  double value;
  std::shared_ptr<Node> left, right;
  Node(double v, std::shared_ptr<Node> l = nullptr, std::shared_ptr<Node> r = nullptr)
      : value(v), left(std::move(l)), right(std::move(r)) {}
};

static double sum(const std::shared_ptr<Node> &n, double scale) {
  return n ? n->value * scale + sum(n->left, scale * n->value) + sum(n->right, scale) : 0;
}

static double ownership(const double *x) {
  auto shared = std::make_shared<Node>(x[0]);
  auto root = std::make_shared<Node>(x[1], shared, std::make_shared<Node>(x[2], shared));
  std::weak_ptr<Node> watcher = shared;
  shared->value *= 2; // seen through both parents
  shared.reset();
  double s = sum(root, x[0]);
  if (auto alive = watcher.lock())
    s += alive->value * alive.use_count();
  std::unique_ptr<double[]> array(new double[3]{x[0], x[1] * x[2], 1});
  auto moved = std::move(array);
  moved[2] += moved[0] * moved[1];
  std::unique_ptr<double, void (*)(void *)> raw(new (std::malloc(sizeof(double))) double(moved[2] * s), std::free);
  return *raw + (array ? 1 : 0);
}

int main() {
  double x[3] = {0.7, -1.2, 0.9}, dx[3] = {}, want[3], forward[3];
  __enzyme_autodiff<void>((void *)ownership, enzyme_dup, x, dx);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(ownership(x), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)ownership, enzyme_dup, x, e);
  }
  checkArrayDifference("reverse", dx, want, 3);
  checkArrayDifference("forward", forward, want, 3);
  return checkResult();
}
