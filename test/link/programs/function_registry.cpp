// Factories and functions kept by name in maps (one of them made on first use), beside virtual functions of the same
// type as what std::function calls: what a call may run is told by the slot of a virtual table.
#include "check.h"
#include <functional>
#include <map>
#include <memory>
#include <string>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

using Variables = std::map<std::string, double>;

struct Expression;
using Shared = std::shared_ptr<const Expression>;

struct Expression {
  virtual ~Expression() = default;
  virtual double value(const Variables &) const = 0;
  virtual Shared derivative(const std::string &) const = 0;
};

struct Constant : Expression {
  double number;
  explicit Constant(double number) : number(number) {}
  double value(const Variables &) const override { return number; }
  Shared derivative(const std::string &) const override { return std::make_shared<Constant>(0); }
};

struct Variable : Expression {
  std::string name;
  explicit Variable(std::string name) : name(std::move(name)) {}
  double value(const Variables &all) const override { return all.at(name); }
  Shared derivative(const std::string &by) const override { return std::make_shared<Constant>(by == name); }
};

struct Sum : Expression {
  Shared a, b;
  Sum(Shared a, Shared b) : a(a), b(b) {}
  double value(const Variables &all) const override { return a->value(all) + b->value(all); }
  Shared derivative(const std::string &by) const override {
    return std::make_shared<Sum>(a->derivative(by), b->derivative(by));
  }
};

struct Product : Expression {
  Shared a, b;
  Product(Shared a, Shared b) : a(a), b(b) {}
  double value(const Variables &all) const override { return a->value(all) * b->value(all); }
  Shared derivative(const std::string &by) const override {
    return std::make_shared<Sum>(std::make_shared<Product>(a->derivative(by), b),
                                 std::make_shared<Product>(a, b->derivative(by)));
  }
};

struct Stage {
  double gain;
  explicit Stage(double gain) : gain(gain) {}
  double run(double x) const { return std::tanh(gain * x); }
};

using Factory = std::function<std::unique_ptr<Stage>(double)>;

static std::map<std::string, Factory> &factories() {
  static std::map<std::string, Factory> all{{"plain", [](double k) { return std::make_unique<Stage>(k); }},
                                            {"double", [](double k) { return std::make_unique<Stage>(2 * k); }}};
  return all;
}

static double stages(const double *x, int n) {
  double sum = 0;
  for (auto name : {"plain", "double"})
    for (int i = 1; i < n; ++i)
      sum += factories().at(name)(x[0])->run(x[i]);
  return sum;
}

static double symbolic(const double *x, int) {
  auto a = std::make_shared<Variable>("a"), b = std::make_shared<Variable>("b");
  Shared product = std::make_shared<Product>(std::make_shared<Sum>(std::make_shared<Product>(a, a), b),
                                             std::make_shared<Sum>(a, std::make_shared<Constant>(x[3])));
  Shared byA = product->derivative("a");
  Variables all{{"a", x[0]}, {"b", x[1]}};
  return product->value(all) + 2 * byA->value(all) + byA->derivative("b")->value(all) * x[2];
}

static double everything(const double *x, int n) { return stages(x, n) * symbolic(x, n); }

int main() {
  constexpr int N = 4;
  double x[N] = {0.31, 0.53, 0.72, 1.17}, dx[N] = {}, want[N], forward[N];
  for (int turn = 1; turn <= 2; ++turn) {
    __enzyme_autodiff((void *)everything, enzyme_dup, x, dx, enzyme_const, N);
    for (int i = 0; i < N; ++i) {
      double tangent[N] = {};
      tangent[i] = 1;
      forward[i] = __enzyme_fwddiff((void *)everything, enzyme_dup, x, tangent, enzyme_const, N);
      want[i] = DIFFERENCE(everything(x, N), x[i]);
      checkDifference("reverse", dx[i], turn * want[i]);
    }
    checkArrayDifference("forward", forward, want, N);
  }
  return checkResult();
}
