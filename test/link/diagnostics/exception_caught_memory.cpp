// A callee that is reached through a pointer changes memory of the caller, then throws;
// the caller catches and goes on.
// level: O2
// expect-error: [caught-memory]
// expect-error: an exception is caught here after 'scale(double*, int)' may have changed numbers in memory
#include <stdexcept>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);

static void scale(double *x, int n) {
  for (int i = 0; i < n; ++i) {
    if (x[i] < 0)
      throw std::domain_error("negative");
    x[i] *= x[i];
  }
}
static void shift(double *x, int n) {
  for (int i = 0; i < n; ++i)
    x[i] += 1;
}

using Change = void (*)(double *, int);
Change changes[] = {scale, shift};

static double f(double *x, int which) {
  try {
    changes[which](x, 3);
  } catch (const std::domain_error &) {
    x[0] += 1;
  }
  return x[0] + x[1];
}

int main(int argc, char **) {
  double x[3] = {1, 2, -3}, dx[3] = {0};
  __enzyme_autodiff<double>((void *)f, enzyme_dup, x, dx, argc - 1);
  return dx[0] > 0;
}
