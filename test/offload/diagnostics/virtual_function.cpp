// offload: amdgcn:gfx90a
// expect-error: the function called here is known to the host only and cannot be called on device amdgcn:gfx90a
#include "offload_test.h"
struct Shape {
  double size;
  Shape(double size) : size(size) {}
  virtual double area() const = 0;
};
struct Square : Shape {
  using Shape::Shape;
  double area() const override { return size * size; }
};
struct Circle : Shape {
  using Shape::Shape;
  double area() const override { return 3 * size * size; }
};
static void kernel(size_t i, double *x, const Shape *const *shapes) { x[i] = shapes[i]->area(); }
int main(int count, char **) {
  double x[2];
  Square square(count);
  Circle circle(count);
  const Shape *shapes[] = {&square, &circle};
  return __offload_launch(kernel, 2, x, shapes) + int(x[0]);
}
