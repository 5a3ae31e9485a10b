// Virtual calls on an object with active members; its shadow is another object of the same class.
#include "check.h"

extern int enzyme_dup, enzyme_out;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Shape {
  double density;
  explicit Shape(double d) : density(d) {}
  virtual ~Shape() = default;
  virtual double area(double scale) const = 0;
  double mass(double scale) const { return density * area(scale); }
};
struct Circle : Shape {
  double radius;
  Circle(double d, double r) : Shape(d), radius(r) {}
  double area(double scale) const override { return 3 * radius * radius * scale; }
};
struct Box : Shape {
  double w, h;
  Box(double d, double w, double h) : Shape(d), w(w), h(h) {}
  double area(double scale) const override { return w * h * scale * scale; }
};

static double mass(const Shape *s, double scale) { return s->mass(scale) * scale; }

int main() {
  Circle circle(2, 1.5), dcircle(0, 0), tcircle(0, 1);
  double ds = __enzyme_autodiff<double>((void *)mass, enzyme_dup, (Shape *)&circle, (Shape *)&dcircle, enzyme_out, 0.5);
  checkExact("circle scale", ds, 13.5);
  checkExact("circle density", dcircle.density, 1.6875);
  checkExact("circle radius", dcircle.radius, 4.5);
  double tr =
      __enzyme_fwddiff<double>((void *)mass, enzyme_dup, (Shape *)&circle, (Shape *)&tcircle, enzyme_dup, 0.5, 0.0);
  checkExact("circle forward", tr, 4.5);

  Box box(3, 2, 4), dbox(0, 0, 0), tbox(0, 0, 1);
  ds = __enzyme_autodiff<double>((void *)mass, enzyme_dup, (Shape *)&box, (Shape *)&dbox, enzyme_out, 0.5);
  checkExact("box scale", ds, 18);
  checkExact("box density", dbox.density, 1);
  checkExact("box width", dbox.w, 1.5);
  checkExact("box height", dbox.h, 0.75);
  double th = __enzyme_fwddiff<double>((void *)mass, enzyme_dup, (Shape *)&box, (Shape *)&tbox, enzyme_dup, 0.5, 0.0);
  checkExact("box forward", th, 0.75);
  return checkResult();
}
