#include "markers.h"

double tangentOf(double x, double *v, double *direction, int n) {
  return __enzyme_fwddiff<double>((void *)f, enzyme_const, x, enzyme_dup, v, direction, enzyme_const, n);
}
