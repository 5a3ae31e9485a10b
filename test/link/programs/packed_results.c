// Small structs of numbers and integers that functions take and return in registers: two members share one, and
// bytes of a union are an integer at one time and a number at another.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

struct indexed { // i64
  float value;
  int index;
};

struct labelled { // i64
  float value;
  short label;
  unsigned char weight;
};

struct vertex { // <2 x float>, i64
  float x, y;
  int count;
};

struct mixed { // i64, double
  float value;
  int factor;
  double exact;
};

union word {
  double real;
  long integer;
};

struct weighted { // double, i64
  double weight;
  union word word;
};

struct words { // i64, i64
  union word first, second;
};

#define OPAQUE __attribute__((noinline)) static

OPAQUE struct indexed largest(const float *x, int n) {
  struct indexed result = {x[0], 0};
  for (int i = 1; i < n; ++i)
    if (x[i] > result.value)
      result = (struct indexed){x[i], i};
  result.value *= result.value;
  return result;
}

OPAQUE struct labelled label(float v, int i) {
  return (struct labelled){v * v, (short)(i + 1), (unsigned char)(3 * i)};
}

OPAQUE struct vertex turn(struct vertex v) { return (struct vertex){v.y, -v.x, v.count + 1}; }

OPAQUE struct mixed combine(const double *x, int i) { return (struct mixed){(float)x[i], i, x[i] * x[0]}; }

OPAQUE double all(struct indexed a, struct labelled b, struct vertex c, struct mixed d) {
  return a.value * a.index + b.value * b.label * b.weight + c.x * c.y * c.count + d.value * d.exact * d.factor;
}

OPAQUE struct weighted weigh(const double *x, int i) {
  struct weighted result = {x[i] * 2, {0}};
  if (i == 2)
    result.word.integer = 7;
  else
    result.word.real = x[i] * x[i];
  return result;
}

OPAQUE struct words pair(const double *x, int i) {
  struct words result;
  if (i & 1) {
    result.first.integer = 7;
    result.second.real = x[i];
  } else {
    result.first.real = x[i] * x[i];
    result.second.integer = 3;
  }
  return result;
}

OPAQUE struct words swap(struct words w) { return (struct words){w.second, w.first}; }

static double best(const double *x, int n) {
  float y[4];
  for (int i = 0; i < n; ++i)
    y[i] = (float)x[i] * 2;
  struct indexed top = largest(y, n);
  return top.value * (top.index + 1.0);
}

static double labels(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    struct labelled l = label((float)x[i], i);
    struct mixed m = combine(x, i);
    sum += l.value * (l.label + l.weight) + m.value * m.exact * m.factor;
  }
  return sum;
}

static double turns(const double *x, int n) {
  struct vertex v = {(float)x[0], (float)x[1], 1};
  for (int i = 0; i < n - 1; ++i)
    v = turn(v);
  return v.x * v.count + v.y * v.y;
}

static double arguments(const double *x, int n) {
  return all((struct indexed){(float)x[0], n}, (struct labelled){(float)x[1], 3, 2},
             (struct vertex){(float)x[2], (float)x[3], 3}, (struct mixed){(float)x[1], 2, x[2]});
}

static double doubles(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    struct weighted w = weigh(x, i);
    sum += w.weight * (i == 2 ? (double)w.word.integer : w.word.real);
    struct words s = swap(pair(x, i));
    sum += i & 1 ? (double)s.second.integer * s.first.real : s.second.real * (double)s.first.integer;
  }
  return sum;
}

// In single precision the differences, not the derivatives, are rough.
static void check(const char *name, double (*f)(const double *, int), int isSingle, const double *got,
                  const double *forward) {
  double x[4] = {0.5, 1.25, 0.75, 0.875}, want[4];
  for (int i = 0; i < 4; ++i)
    want[i] = DIFFERENCE_STEP(f(x, 4), x[i], isSingle ? 1.0 / 64 : 2e-4);
  checkArray(name, got, want, 4, isSingle ? 1e-4 : 1e-6);
  checkArray(name, forward, want, 4, isSingle ? 1e-4 : 1e-6);
}

#define CHECK(FUNCTION, IS_SINGLE)                                                                                     \
  do {                                                                                                                 \
    double x[4] = {0.5, 1.25, 0.75, 0.875}, got[4] = {0}, forward[4];                                                  \
    __enzyme_autodiff((void *)FUNCTION, enzyme_dup, x, got, enzyme_const, 4);                                          \
    for (int i = 0; i < 4; ++i) {                                                                                      \
      double direction[4] = {0};                                                                                       \
      direction[i] = 1;                                                                                                \
      forward[i] = __enzyme_fwddiff((void *)FUNCTION, enzyme_dup, x, direction, enzyme_const, 4);                      \
    }                                                                                                                  \
    check(#FUNCTION, FUNCTION, IS_SINGLE, got, forward);                                                               \
  } while (0)

int main(void) {
  CHECK(best, 1);
  CHECK(labels, 1);
  CHECK(turns, 1);
  CHECK(arguments, 1);
  CHECK(doubles, 0);
  return checkResult();
}
