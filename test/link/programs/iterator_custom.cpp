// A user-defined strided iterator and range, used by range-for and by standard algorithms, for reading and writing.
#include "check.h"
#include <iterator>
#include <numeric>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

template <typename T> struct Strided {
  struct iterator {
    using iterator_category = std::forward_iterator_tag;
    using value_type = double;
    using difference_type = std::ptrdiff_t;
    using pointer = T *;
    using reference = T &;
    T *p;
    std::ptrdiff_t stride;
    T &operator*() const { return *p; }
    iterator &operator++() {
      p += stride;
      return *this;
    }
    bool operator!=(const iterator &o) const { return p != o.p; }
    bool operator==(const iterator &o) const { return p == o.p; }
  };
  T *first;
  std::ptrdiff_t count, stride;
  iterator begin() const { return {first, stride}; }
  iterator end() const { return {first + count * stride, stride}; }
};

static double columns(const double *m) { // 3 x 4, row major
  double work[12], s = 0;
  for (int i = 0; i < 12; ++i)
    work[i] = m[i] * m[i];
  for (int c = 0; c < 4; ++c) {
    Strided<double> column{work + c, 3, 4};
    double mean = std::accumulate(column.begin(), column.end(), 0.0) / 3;
    for (double &v : column)
      v -= mean * c;
  }
  for (int r = 0; r < 3; ++r) {
    Strided<const double> row{work + 4 * r, 4, 1}, other{work + 4 * ((r + 1) % 3), 4, 1};
    s += std::inner_product(row.begin(), row.end(), other.begin(), 0.0) * (r + 1);
  }
  return s;
}

int main() {
  double m[12], dm[12] = {}, want[12], forward[12];
  for (int i = 0; i < 12; ++i)
    m[i] = cos(1.3 * i);
  __enzyme_autodiff<void>((void *)columns, enzyme_dup, m, dm);
  for (int i = 0; i < 12; ++i) {
    double e[12] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(columns(m), m[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)columns, enzyme_dup, m, e);
  }
  checkArrayDifference("reverse", dm, want, 12);
  checkArrayDifference("forward", forward, want, 12);
  return checkResult();
}
