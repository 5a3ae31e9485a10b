// Virtual calls on an object that is enzyme_const: a loss chosen by the caller through a base class.
#include "check.h"

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Loss {
  virtual ~Loss() = default;
  virtual double of(double miss) const = 0;
  virtual double scale() const { return 1; }
};
struct Squared : Loss {
  double of(double miss) const override { return miss * miss / 2; }
};
struct Huber : Loss {
  double delta;
  explicit Huber(double d) : delta(d) {}
  double of(double miss) const override {
    return fabs(miss) < delta ? miss * miss / 2 : delta * (fabs(miss) - delta / 2);
  }
  double scale() const override { return delta; }
};

static double total(const Loss *loss, const double *x, int n) {
  double s = 0;
  for (int i = 0; i < n; ++i)
    s += loss->of(x[i] * x[0] - i) * loss->scale();
  return s;
}

int main() {
  Squared squared;
  Huber huber(0.8);
  const Loss *losses[] = {&squared, &huber};
  for (const Loss *loss : losses) {
    double x[4] = {1.5, 0.3, -0.7, 2.2}, dx[4] = {}, want[4], forward[4];
    __enzyme_autodiff<void>((void *)total, enzyme_const, loss, enzyme_dup, x, dx, enzyme_const, 4);
    for (int i = 0; i < 4; ++i) {
      double e[4] = {};
      e[i] = 1;
      want[i] = DIFFERENCE(total(loss, x, 4), x[i]);
      forward[i] = __enzyme_fwddiff<double>((void *)total, enzyme_const, loss, enzyme_dup, x, e, enzyme_const, 4);
    }
    checkArrayDifference("reverse", dx, want, 4);
    checkArrayDifference("forward", forward, want, 4);
  }
  return checkResult();
}
