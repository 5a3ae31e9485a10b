// Functions that return a number together with a pointer to numbers, in one value.
#include "check.h"
#include <memory>
#include <utility>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

struct Best {
  double value;
  const double *place;
};

__attribute__((noinline)) static Best nearest(const double *x, int n, double target) {
  Best best{1e30, nullptr};
  for (int i = 0; i < n; ++i)
    if (double d = (x[i] - target) * (x[i] - target); d < best.value)
      best = {d, &x[i]};
  return best;
}

__attribute__((noinline)) static std::pair<double *, double> made(const double *x, int i) {
  double *fresh = new double[2]{x[i] * x[0], x[1] + i};
  return {fresh, std::sin(x[i]) * fresh[1]};
}

/// The pointer comes back through the recursion, the number is changed on the way.
__attribute__((noinline)) static Best deepest(const double *x, int depth) {
  if (depth == 0)
    return {x[0] * x[1], x + 2};
  Best below = deepest(x, depth - 1);
  return {below.value * *below.place + x[depth], depth % 2 ? below.place : x + 1};
}

struct Choice {
  virtual ~Choice() = default;
  virtual Best pick(const double *x) const = 0;
};
struct First : Choice {
  Best pick(const double *x) const override { return {x[0] * 2, x + 1}; }
};
struct Second : Choice {
  Best pick(const double *x) const override { return {x[1] * x[2], x}; }
};

static double all(const double *x, int n) {
  double s = 0;
  for (int i = 0; i < 3; ++i) {
    Best best = nearest(x, n, s * 0.1 + i);
    s += best.value * 0.5 + *best.place * (i + 1);
    auto [memory, number] = made(x, i);
    if (i == 1)
      memory[0] *= 2;
    s += number * memory[0] + memory[1];
    delete[] memory;
  }
  Best last = deepest(x, 3);
  s += last.value * *last.place;
  for (int i = 0; i < 4; ++i) {
    std::unique_ptr<Choice> choice;
    if (i % 2)
      choice = std::make_unique<First>();
    else
      choice = std::make_unique<Second>();
    Best picked = choice->pick(x);
    s = s * 0.9 + picked.value * *picked.place;
  }
  return s;
}

int main() {
  constexpr int N = 4;
  double x[N] = {0.7, 1.3, 2.2, -0.4}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff((void *)all, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double tangent[N] = {};
    tangent[i] = 1;
    forward[i] = __enzyme_fwddiff((void *)all, enzyme_dup, x, tangent, enzyme_const, N);
    want[i] = DIFFERENCE(all(x, N), x[i]);
  }
  for (int i = 0; i < N; ++i) {
    checkDifference("reverse", dx[i], want[i]);
    checkDifference("forward", forward[i], want[i]);
  }
  return checkResult();
}
