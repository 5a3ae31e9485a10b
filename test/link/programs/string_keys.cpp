// Strings beside numbers: as keys of maps and hash tables, in nodes of a list, in the variables of an expression,
// in a model's layers. Short strings lie in the objects themselves, long ones in the heap.
#include "check.h"
#include <list>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double series(const double *x, int n) {
  std::map<std::string, std::vector<double>> all;
  for (int i = 0; i < n; ++i) {
    all[i % 2 ? "odd" : "even"].push_back(x[i] * (i + 1));
    all["those of either kind, under a long name"].push_back(x[i]);
  }
  double sum = 0;
  for (auto &[name, values] : all) {
    double product = 1;
    for (double value : values)
      product *= value;
    sum += product * name.size();
  }
  all.erase("even");
  return sum * all.size() + all.find("odd")->second.back();
}

using Environment = std::map<std::string, double>;
struct Expression {
  virtual ~Expression() = default;
  virtual double evaluate(const Environment &) const = 0;
};
struct Variable : Expression {
  std::string name;
  explicit Variable(std::string name) : name(std::move(name)) {}
  double evaluate(const Environment &environment) const override { return environment.at(name); }
};
struct Number : Expression {
  double value;
  explicit Number(double value) : value(value) {}
  double evaluate(const Environment &) const override { return value; }
};
struct Binary : Expression {
  char operation;
  std::unique_ptr<Expression> left, right;
  Binary(char operation, std::unique_ptr<Expression> left, std::unique_ptr<Expression> right)
      : operation(operation), left(std::move(left)), right(std::move(right)) {}
  double evaluate(const Environment &environment) const override {
    double l = left->evaluate(environment), r = right->evaluate(environment);
    return operation == '+' ? l + r : operation == '*' ? l * r : l / r;
  }
};

static double expression(const double *x, int) {
  Environment environment{{"x", x[0]}, {"y", x[1]}, {"a variable with a long name", x[2]}};
  auto variable = [](const char *name) { return std::make_unique<Variable>(name); };
  Binary quotient('/', variable("y"), variable("a variable with a long name"));
  Binary sum('+', variable("x"), std::make_unique<Number>(x[3]));
  environment["late"] = sum.evaluate(environment) * environment["x"];
  return quotient.evaluate(environment) * sum.evaluate(environment) + environment.at("late");
}

struct Layer {
  std::string name;
  std::vector<double> weights;
  double bias;
};

static double model(const double *x, int n) {
  std::vector<Layer> layers;
  std::unordered_map<std::string, int> index;
  std::unordered_map<std::string, double> metrics{{"start", x[0]}, {"none", 0}};
  std::map<int, Layer *> order;
  for (int i = 0; i < 3; ++i) {
    Layer layer{"layer " + std::to_string(i), {}, x[i]};
    for (int j = 0; j < n; ++j)
      layer.weights.push_back(x[(i + j) % n] * 0.5);
    index[layer.name] = i;
    layers.push_back(std::move(layer));
  }
  for (Layer &layer : layers)
    order[int(&layer - layers.data()) ^ 1] = &layer;
  double h = 1;
  for (auto &[key, layer] : order) {
    double sum = layer->bias;
    for (double weight : layer->weights)
      sum += weight * h;
    h = std::tanh(sum);
    metrics["after the layer of the name " + layer->name] += h;
  }
  for (auto &[name, value] : metrics)
    h += value * value;
  auto moved = std::move(metrics);
  return h + layers[index["layer 1"]].bias * layers[index.at("layer 2")].weights[0] * moved["start"];
}

struct Body {
  double mass, position;
  std::string name;
};

static double bodies(const double *x, int n) {
  std::list<Body> list;
  std::ostringstream log;
  for (int i = 0; i < n; ++i)
    list.push_back({x[i], x[(i + 1) % n], "body number " + std::to_string(i * 10000)});
  for (Body &a : list)
    for (Body &b : list)
      if (a.name != b.name) {
        a.position += 0.01 * b.mass * (b.position - a.position);
        log << a.name << a.position;
      }
  list.sort([](const Body &a, const Body &b) { return a.position < b.position; });
  list.remove_if([](const Body &body) { return body.name == "body number 10000"; });
  double sum = 0, factor = 1;
  for (const Body &body : list)
    sum += body.position * body.mass * (factor += 1);
  return log.str().empty() ? 0 : sum;
}

typedef double Function(const double *, int);

static void check(const char *name, Function *f, const double *got, double *x, int n) {
  double want[4];
  for (int i = 0; i < n; ++i)
    want[i] = DIFFERENCE(f(x, n), x[i]);
  checkArrayDifference(name, got, want, n);
}

#define CHECK(F)                                                                                                       \
  do {                                                                                                                 \
    double x[4] = {0.9, 0.3, 0.5, 0.7}, dx[4] = {}, forward[4];                                                        \
    __enzyme_autodiff<void>((void *)F, enzyme_dup, x, dx, enzyme_const, 4);                                            \
    for (int i = 0; i < 4; ++i) {                                                                                      \
      double e[4] = {};                                                                                                \
      e[i] = 1;                                                                                                        \
      forward[i] = __enzyme_fwddiff<double>((void *)F, enzyme_dup, x, e, enzyme_const, 4);                             \
    }                                                                                                                  \
    check(#F " reverse", F, dx, x, 4);                                                                                 \
    check(#F " forward", F, forward, x, 4);                                                                            \
  } while (0)

int main() {
  CHECK(series);
  CHECK(expression);
  CHECK(model);
  CHECK(bodies);
  return checkResult();
}
