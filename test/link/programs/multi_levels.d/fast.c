// level: O3
double dotSquare(const double *restrict x, const double *restrict y, int n) {
  double s = 0, t[16];
  for (int i = 0; i < n; ++i)
    t[i] = x[i] * x[i] * y[i];
  for (int i = 0; i < n; ++i)
    s += t[i] + t[n - 1 - i] * x[0];
  return s;
}
