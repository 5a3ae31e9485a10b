// Functions with and without captures as values of maps, made by operator[], found and called.
#include "check.h"
#include <functional>
#include <map>
#include <string>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double chosen(const double *x, int n) {
  std::map<int, std::function<double(double)>> byNumber;
  byNumber[1] = [](double v) { return v * v; };
  byNumber[3] = [w = x[3]](double v) { return std::sin(v * w); };
  byNumber[2] = byNumber[1];
  double sum = 0;
  for (int i = 0; i < n; ++i)
    if (auto found = byNumber.find(i); found != byNumber.end())
      sum += found->second(x[i]);
  static const std::map<std::string, std::function<double(const double *, int)>> byName{
      {"sum", [](const double *v, int n) { return n ? v[0] + v[n - 1] : 0; }},
      {"the product of all of them", [](const double *v, int n) {
         double product = 1;
         for (int i = 0; i < n; ++i)
           product *= v[i];
         return product;
       }}};
  for (auto name : {"sum", "the product of all of them", "none"})
    if (auto found = byName.find(name); found != byName.end())
      sum *= found->second(x, n);
  return sum;
}

int main() {
  constexpr int N = 4;
  double x[N] = {0.31, 0.53, 0.72, 1.17}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff((void *)chosen, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double tangent[N] = {};
    tangent[i] = 1;
    forward[i] = __enzyme_fwddiff((void *)chosen, enzyme_dup, x, tangent, enzyme_const, N);
    want[i] = DIFFERENCE(chosen(x, N), x[i]);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
