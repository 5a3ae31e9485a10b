// A model object with a vector, an array and nested objects is the active argument; its shadow is a zeroed copy.
#include "check.h"
#include <array>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Layer {
  std::vector<double> weights;
  double bias;
  int outputs;
};
class Network {
public:
  std::vector<Layer> layers;
  std::array<double, 2> scale;
  Network() : layers{{{0.3, -0.6, 0.9, 0.4}, 0.1, 2}, {{1.1, -0.8}, -0.2, 1}}, scale{1.2, 0.7} {}
  Network zeroed() const {
    Network z = *this;
    for (Layer &l : z.layers) {
      l.weights.assign(l.weights.size(), 0.0);
      l.bias = 0;
    }
    z.scale = {0, 0};
    return z;
  }
  double operator()(const std::vector<double> &input) const {
    std::vector<double> x = input;
    for (const Layer &l : layers) {
      std::vector<double> y(l.outputs, l.bias);
      for (int i = 0; i < l.outputs; ++i)
        for (std::size_t j = 0; j < x.size(); ++j)
          y[i] += l.weights[i * x.size() + j] * x[j] * scale[0];
      for (double &v : y)
        v = tanh(v) * scale[1];
      x = y;
    }
    return x[0];
  }
};

static double loss(const Network &n, const std::vector<double> &x) {
  double miss = n(x) - 1;
  return miss * miss;
}

int main() {
  Network n, d = n.zeroed();
  std::vector<double> x{0.5, -1.3};
  __enzyme_autodiff<double>((void *)loss, enzyme_dup, &n, &d, enzyme_const, &x);
  auto check = [&](const char *name, double &value, double reverse, auto select) {
    Network t = n.zeroed();
    select(t) = 1;
    double want = DIFFERENCE(loss(n, x), value);
    checkDifference(name, reverse, want);
    checkDifference(name, __enzyme_fwddiff<double>((void *)loss, enzyme_dup, &n, &t, enzyme_const, &x), want);
  };
  for (int l = 0; l < 2; ++l) {
    for (std::size_t i = 0; i < n.layers[l].weights.size(); ++i)
      check("weight", n.layers[l].weights[i], d.layers[l].weights[i],
            [=](Network &t) -> double & { return t.layers[l].weights[i]; });
    check("bias", n.layers[l].bias, d.layers[l].bias, [=](Network &t) -> double & { return t.layers[l].bias; });
    check("scale", n.scale[l], d.scale[l], [=](Network &t) -> double & { return t.scale[l]; });
  }
  return checkResult();
}
