// Values travel between float, double and long double, and through integers that cut the derivative.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

// Every conversion is exact for the inputs below, so the derivative can be written down.
double mixed(double x) {
  float narrow = (float)x;
  long double wide = (long double)narrow * narrow;
  double back = (double)(wide * 3);
  int whole = (int)x; // inactive
  unsigned char small = (unsigned char)(x + 1);
  return back * whole + (float)(x * small) + (double)(long)back;
}

int main(void) {
  double points[] = {1.5, 2.25, 3.125};
  for (int i = 0; i < 3; ++i) {
    double x = points[i], whole = (int)x, small = (unsigned char)(x + 1);
    checkNear("reverse", __enzyme_autodiff((void *)mixed, x), 6 * x * whole + small, 1e-6);
    checkNear("forward", __enzyme_fwddiff((void *)mixed, x, 1.0), 6 * x * whole + small, 1e-6);
  }
  return checkResult();
}
