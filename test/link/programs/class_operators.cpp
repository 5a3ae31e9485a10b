// A vector class with overloaded operators, member functions and a friend: ordinary C++ arithmetic.
#include "check.h"

int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

class Vec3 {
  double x_, y_, z_;

public:
  Vec3(double x = 0, double y = 0, double z = 0) : x_(x), y_(y), z_(z) {}
  Vec3 operator+(const Vec3 &o) const { return {x_ + o.x_, y_ + o.y_, z_ + o.z_}; }
  Vec3 operator-() const { return {-x_, -y_, -z_}; }
  Vec3 operator^(const Vec3 &o) const { return {y_ * o.z_ - z_ * o.y_, z_ * o.x_ - x_ * o.z_, x_ * o.y_ - y_ * o.x_}; }
  Vec3 &operator*=(double s) {
    x_ *= s, y_ *= s, z_ *= s;
    return *this;
  }
  double &operator[](int i) { return i == 0 ? x_ : i == 1 ? y_ : z_; }
  double norm() const { return sqrt(*this | *this); }
  friend double operator|(const Vec3 &a, const Vec3 &b) { return a.x_ * b.x_ + a.y_ * b.y_ + a.z_ * b.z_; }
  friend Vec3 operator*(double s, Vec3 v) { return v *= s; }
};

static double volume(const double *p) {
  Vec3 a(p[0], p[1], p[2]), b(p[3], p[4], p[5]), c = a ^ b;
  c = c + (-0.5 * a + b);
  c[1] *= c[0];
  return (c | (a ^ c)) + c.norm() * (-b | a);
}

int main() {
  double p[6] = {0.7, -1.1, 0.4, 1.3, 0.2, -0.9}, dp[6] = {}, want[6], forward[6];
  __enzyme_autodiff<void>((void *)volume, enzyme_dup, p, dp);
  for (int i = 0; i < 6; ++i) {
    double e[6] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(volume(p), p[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)volume, enzyme_dup, p, e);
  }
  checkArrayDifference("reverse", dp, want, 6);
  checkArrayDifference("forward", forward, want, 6);
  return checkResult();
}
