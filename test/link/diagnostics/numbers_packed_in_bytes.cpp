// Records of an integer and a number are appended to a vector of bytes, packed: the numbers
// begin at offsets that follow no alignment, so that nobody can tell them from the integers.
// expect-error: [type-conflict]
#include <cstdint>
#include <cstring>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);

template <typename T> static void append(std::vector<uint8_t> &bytes, const T &value) {
  auto *begin = reinterpret_cast<const uint8_t *>(&value);
  bytes.insert(bytes.end(), begin, begin + sizeof(T));
}
template <typename T> static T next(const std::vector<uint8_t> &bytes, size_t &at) {
  T value;
  std::memcpy(&value, &bytes[at], sizeof(T));
  at += sizeof(T);
  return value;
}

static double weighted(double *x, int n) {
  std::vector<uint8_t> bytes;
  for (int i = 0; i < n; ++i) {
    append(bytes, int32_t(i + 1));
    append(bytes, x[i]);
  }
  double sum = 0;
  for (size_t at = 0; at < bytes.size();) {
    auto weight = next<int32_t>(bytes, at);
    auto value = next<double>(bytes, at);
    sum += weight * value * value;
  }
  return sum;
}

int main() {
  double x[] = {0.7, 0.4, 0.2}, dx[] = {0.1, 0.2, 0.3};
  __enzyme_autodiff<void>((void *)weighted, enzyme_dup, x, dx, enzyme_const, 3);
  return dx[0] > 0;
}
