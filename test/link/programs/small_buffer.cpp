// Objects that hold a pointer to a member of their own: small buffers of numbers, of integers, and of both.
#include "check.h"
#include <cstring>
#include <vector>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

/// A vector that holds a few elements itself.
template <typename T, int fits> struct Small {
  T *data = own;
  int size = 0, room = fits;
  T own[fits];
  Small() = default;
  Small(const Small &) = delete;
  ~Small() {
    if (data != own)
      delete[] data;
  }
  void push(T x) {
    if (size == room) {
      T *larger = new T[room *= 2];
      std::memcpy(larger, data, size * sizeof(T));
      if (data != own)
        delete[] data;
      data = larger;
    }
    data[size++] = x;
  }
};

/// Rows of a sparse matrix: where they start lies in the object itself, if there is one row only.
struct Rows {
  const int *starts;
  const double *values;
  int one[2];
  Rows(const std::vector<int> &s, const std::vector<double> &v) : starts(s.data()), values(v.data()) {
    if (s.empty()) {
      one[0] = 0;
      one[1] = v.size();
      starts = one;
    }
  }
};

__attribute__((noinline)) static double sumOf(const Rows &rows, int row) {
  double s = 0;
  for (int i = rows.starts[row]; i < rows.starts[row + 1]; ++i)
    s += rows.values[i] * rows.values[i] * (i + 1);
  return s;
}

static double numbers(const std::vector<double> &x) {
  Small<double, 4> few, many;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i < 3)
      few.push(x[i] * x[i]);
    many.push(sin(x[i]));
  }
  few.own[1] *= x[3];
  double s = 0;
  for (int i = 0; i < few.size; ++i)
    s += few.data[i] * (i + 1);
  for (int i = 0; i < many.size; ++i)
    s += many.data[i] * many.data[i] * (i + 1);
  return s + few.own[0] * few.data[0];
}

static double integers(const std::vector<double> &x) {
  Small<int, 4> order;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (x[i] > 0)
      order.push(i);
  order.own[0] = order.data[order.size - 1]; // seen through the pointer, if it leads here
  double s = 0;
  for (int i = 0; i < order.size; ++i)
    s = s * x[order.data[i]] + x[(order.data[i] + 1) % x.size()];
  for (int i = 0; i < order.size; ++i)
    order.data[i] = 0;
  return s;
}

static double both(const std::vector<double> &x) {
  std::vector<double> squares;
  for (double value : x)
    squares.push_back(value * value);
  std::vector<int> none, two{0, 2, (int)x.size()};
  Rows alone(none, squares), parts(two, squares);
  double s = sumOf(alone, 0) + sumOf(parts, 0) * sumOf(parts, 1);
  alone.one[0] = 1; // moves the start
  return s * sumOf(alone, 0);
}

#define CHECK(f, x)                                                                                                    \
  do {                                                                                                                 \
    std::vector<double> dx(x.size(), 0.5), want(x.size()), forward(x.size());                                          \
    __enzyme_autodiff<double>((void *)f, enzyme_dup, &x, &dx);                                                         \
    for (std::size_t i = 0; i < x.size(); ++i) {                                                                       \
      std::vector<double> e(x.size());                                                                                 \
      e[i] = 1;                                                                                                        \
      dx[i] -= 0.5;                                                                                                    \
      want[i] = DIFFERENCE(f(x), x[i]);                                                                                \
      forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, &x, &e);                                            \
    }                                                                                                                  \
    checkArrayDifference(#f " reverse", dx.data(), want.data(), x.size());                                             \
    checkArrayDifference(#f " forward", forward.data(), want.data(), x.size());                                        \
  } while (0)

int main() {
  std::vector<double> x{0.3, 1.2, -0.7, 0.9, 1.4}, longer{0.3, 1.2, 0.7, 0.9, -1.4, 0.8, 1.1};
  CHECK(numbers, x);
  CHECK(integers, x);
  CHECK(integers, longer);
  CHECK(both, x);
  return checkResult();
}
