// Single, multiple and virtual inheritance with active members in every base, and a member-function pointer.
#include "check.h"

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Named {
  int id = 7;
  double offset = 0;
};
struct Mass : virtual Named {
  double mass;
  explicit Mass(double m) : mass(m) {}
  double weight() const { return mass * 9.81 + offset; }
};
struct Charge : virtual Named {
  double charge;
  explicit Charge(double c) : charge(c) {}
  double force(double field) const { return charge * field - offset * id; }
};
struct Ion : Mass, Charge {
  double spin;
  Ion(double m, double c, double s) : Mass(m), Charge(c), spin(s) { offset = s * m; }
  double plain() const { return weight() + spin; }
  double squared() const { return weight() * spin; }
};

static double viaBases(const Charge &c, const Mass &m, double field) { return c.force(field) * m.weight(); }

static double model(const double *p, int which) {
  Ion ion(p[0], p[1], p[2]);
  double (Ion::*method)() const = which ? &Ion::squared : &Ion::plain;
  Mass copy = ion; // sliced
  copy.mass += p[1];
  return viaBases(ion, copy, p[0] * p[1]) + (ion.*method)();
}

int main() {
  for (int which = 0; which < 2; ++which) {
    double p[3] = {1.2, -0.7, 0.4}, dp[3] = {}, want[3], forward[3];
    __enzyme_autodiff<void>((void *)model, enzyme_dup, p, dp, enzyme_const, which);
    for (int i = 0; i < 3; ++i) {
      double e[3] = {};
      e[i] = 1;
      want[i] = DIFFERENCE(model(p, which), p[i]);
      forward[i] = __enzyme_fwddiff<double>((void *)model, enzyme_dup, p, e, enzyme_const, which);
    }
    checkArrayDifference("reverse", dp, want, 3);
    checkArrayDifference("forward", forward, want, 3);
  }
  return checkResult();
}
