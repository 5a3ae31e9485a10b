// Destructors that compute: guards restore and accumulate active values when a scope is left in any way.
#include "check.h"

extern int enzyme_out, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Restore {
  double &target, saved;
  explicit Restore(double &t) : target(t), saved(t) {}
  ~Restore() { target = saved; }
};
struct Meter {
  double &total;
  double amount;
  ~Meter() { total += amount * amount; }
};

static double scopes(double x, int n) {
  double level = x, total = 0;
  for (int i = 0; i < n; ++i) {
    Meter meter{total, level * i};
    if (i % 3 == 0)
      continue;
    {
      Restore guard(level);
      level *= level;
      meter.amount += level;
      if (meter.amount > 40)
        break;
    }
    level += 0.3 * x;
  }
  return total * level;
}

int main() {
  for (int n = 0; n < 14; n += 3) {
    double x = 0.9, want = DIFFERENCE(scopes(x, n), x);
    checkDifference("reverse", __enzyme_autodiff<double>((void *)scopes, enzyme_out, x, enzyme_const, n), want);
    checkDifference("forward", __enzyme_fwddiff<double>((void *)scopes, x, 1.0, enzyme_const, n), want);
  }
  return checkResult();
}
