// Numbers are packed into a string, byte by byte, and found there again.
// expect-error: [type-conflict]
#include <cstring>
#include <string>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);

__attribute__((noinline)) static void put(std::string &text, double value) {
  text.resize(text.size() + sizeof value);
  std::memcpy(&text[text.size() - sizeof value], &value, sizeof value);
}

__attribute__((noinline)) static double get(const std::string &text, int i) {
  double value;
  std::memcpy(&value, text.data() + 8 * i, sizeof value);
  return value;
}

static double f(const double *x, int n) {
  std::string text;
  for (int i = 0; i < n; ++i)
    put(text, x[i] * x[i]);
  double product = 1;
  for (int i = 0; i < n; ++i)
    product *= get(text, i);
  return product;
}

int main() {
  double x[3] = {1, 2, 3}, dx[3] = {};
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx, enzyme_const, 3);
  return dx[0] != 0;
}
