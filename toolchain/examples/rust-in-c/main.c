// The gradient of a Rust function, compared with finite differences.
#include <linkgrad.h>
#include <math.h>
#include <stdio.h>

double path_length(const double *points, size_t count);

enum { count = 4 };

int main(void) {
  double points[2 * count] = {0, 0, 1, 2, 3, 1, 4, 4}, gradient[2 * count] = {0};
  __enzyme_autodiff_void(path_length, enzyme_dup, points, gradient, enzyme_const, (size_t)count);

  int wrong = 0;
  for (int i = 0; i < 2 * count; ++i) {
    const double h = 1e-6, x = points[i];
    points[i] = x + h;
    double above = path_length(points, count);
    points[i] = x - h;
    double below = path_length(points, count);
    points[i] = x;
    double difference = (above - below) / (2 * h);
    printf("%9.6f  %9.6f\n", gradient[i], difference);
    wrong += fabs(gradient[i] - difference) > 1e-8;
  }
  return wrong;
}
