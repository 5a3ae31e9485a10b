// Numbers and integers in the same bytes: std::expected, std::variant and a small vector of
// one's own, whose elements lie in the object itself beside its length.
// compile-flags: -std=c++23
#include "check.h"
#include <expected>
#include <new>
#include <utility>
#include <variant>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

enum class Failure { Negative = 3, Large };
using Result = std::expected<double, Failure>;

static Result logarithm(double v) {
  if (v <= 0)
    return std::unexpected(Failure::Negative);
  if (v > 10)
    return std::unexpected(Failure::Large);
  return std::log(v);
}
static Result product(double a, double b) {
  Result first = logarithm(a);
  if (!first)
    return first;
  Result second = logarithm(b);
  return second ? Result(*first * *second) : second;
}
static double expected(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    Result r = product(x[i], x[(i + 1) % n] + 0.1);
    sum += r ? *r * (i + 1) : static_cast<int>(r.error()) * x[i];
  }
  return sum;
}

using Value = std::variant<double, int>;
static double square(const Value &v) {
  return std::visit([](auto x) { return double(x) * x; }, v);
}
static double variants(const double *x, int n) {
  std::vector<Value> values;
  for (int i = 0; i < n; ++i)
    if (i % 2)
      values.push_back(i + 3);
    else
      values.push_back(x[i] * x[i]);
  double sum = 0;
  for (const Value &v : values)
    sum += square(v);
  std::swap(values[0], values[1]);
  values[2] = values[1];
  for (const Value &v : values)
    sum += square(v) * x[1];
  return sum;
}

/// Up to N elements lie in the object, more in the heap.
template <typename T, unsigned N> class SmallVector {
  alignas(T) unsigned char inside[N * sizeof(T)];
  T *elements = reinterpret_cast<T *>(inside);
  unsigned count = 0, capacity = N;
  bool isSmall() const { return static_cast<const void *>(elements) == inside; }
  void grow() {
    capacity *= 2;
    T *more = static_cast<T *>(::operator new(capacity * sizeof(T)));
    for (unsigned i = 0; i < count; ++i)
      new (more + i) T(std::move(elements[i])), elements[i].~T();
    if (!isSmall())
      ::operator delete(elements);
    elements = more;
  }

public:
  SmallVector() = default;
  SmallVector(SmallVector &&from) : count(from.count), capacity(from.capacity) {
    if (from.isSmall()) {
      for (unsigned i = 0; i < count; ++i)
        new (elements + i) T(std::move(from.elements[i]));
    } else {
      elements = from.elements;
      from.elements = reinterpret_cast<T *>(from.inside);
      from.capacity = N;
    }
    from.count = 0;
  }
  ~SmallVector() {
    for (unsigned i = 0; i < count; ++i)
      elements[i].~T();
    if (!isSmall())
      ::operator delete(elements);
  }
  template <typename... Arguments> T &emplace(Arguments &&...arguments) {
    if (count == capacity)
      grow();
    return *new (elements + count++) T(std::forward<Arguments>(arguments)...);
  }
  T &operator[](unsigned i) { return elements[i]; }
  unsigned size() const { return count; }
};

struct Polynomial {
  SmallVector<double, 2> c;
  double operator()(double t) {
    double sum = 0;
    for (unsigned i = c.size(); i--;)
      sum = sum * t + c[i];
    return sum;
  }
};
static double nested(const double *x, int n) {
  SmallVector<Polynomial, 2> all;
  for (int k = 0; k < 4; ++k) {
    Polynomial &p = all.emplace();
    for (int i = 0; i < n - k; ++i)
      p.c.emplace(x[(i + k) % n] * (k + 1));
  }
  double sum = 0;
  for (unsigned k = 0; k < all.size(); ++k)
    sum += all[k](0.3 + x[k]) * (k + 0.5);
  return sum;
}

static void check(const char *name, double (*f)(const double *, int)) {
  constexpr int n = 5;
  double x[n] = {0.6, -0.83, 0.5, 0.9, 12.7}, dx[n] = {1, -2, 3, -4, 5}, want[n], forward[n];
  for (int i = 0; i < n; ++i)
    want[i] = dx[i] + DIFFERENCE(f(x, n), x[i]);
  for (int i = 0; i < n; ++i) {
    double direction[n] = {};
    direction[i] = 1;
    forward[i] = dx[i] + __enzyme_fwddiff<double>((void *)f, enzyme_dup, x, direction, enzyme_const, n);
  }
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx, enzyme_const, n);
  checkArrayDifference(name, dx, want, n);
  checkArrayDifference(name, forward, want, n);
}

int main() {
  check("expected", expected);
  check("variants", variants);
  check("nested", nested);
  return checkResult();
}
