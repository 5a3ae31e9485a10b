// new and delete in their forms: scalar, array, value-initialised, over-aligned, nothrow, class-specific.
#include "check.h"
#include <cstdlib>
#include <new>

extern int enzyme_out;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct alignas(64) Aligned {
  double v[3];
};
struct Pooled {
  double value;
  static void *operator new(std::size_t size) { return std::malloc(size); }
  static void operator delete(void *p) { std::free(p); }
};
struct Counted {
  static int alive;
  double x = 2;
  Counted() { ++alive; }
  ~Counted() { --alive; }
};
int Counted::alive;

static double forms(double x) {
  double *scalar = new double(x * x), *zeros = new double[4](), *quiet = new (std::nothrow) double[2];
  Aligned *aligned = new Aligned{{x, 2 * x, 1}};
  Pooled *pooled = new Pooled{*scalar + x};
  Counted *many = new Counted[3];
  quiet[0] = aligned->v[1] * *scalar;
  quiet[1] = many[1].x * x;
  for (int i = 0; i < 3; ++i) {
    many[i].x += aligned->v[i] * quiet[i % 2];
    zeros[i + 1] += zeros[i] + many[i].x;
  }
  double s = zeros[3] * pooled->value + Counted::alive * x;
  delete scalar;
  delete[] zeros;
  delete[] quiet;
  delete aligned;
  delete pooled;
  delete[] many;
  return s;
}

int main() {
  double x = 0.8, want = DIFFERENCE(forms(x), x);
  checkDifference("reverse", __enzyme_autodiff<double>((void *)forms, enzyme_out, x), want);
  checkDifference("forward", __enzyme_fwddiff<double>((void *)forms, x, 1.0), want);
  checkExact("objects destroyed", Counted::alive, 0);
  return checkResult();
}
