/* The interface every benchmark problem implements, and the few things they share.
 *
 * A problem is a function y = F(x) with x in R^inputs, written as ordinary C, together with its
 * derivative computed twice: by linkgrad (`gradient`) and by hand (`hand`). What "derivative" means
 * depends on the problem:
 *
 *   one output              entries = inputs, and g is the gradient;
 *   several, with `seed`    g is the vector-Jacobian product, the gradient of seed . y;
 *   several, with `apply`   g holds the non-zero entries of the Jacobian in the problem's own order,
 *                           and apply(g, v) computes dy = J v.
 *
 * That is all a driver needs to verify g against differences of F and to time it.
 *
 * Each source exports one function, `struct Problem *bench_<source>(void)`, which returns its
 * problems in an array that ends with a nameless one. Compiled with -DNO_LINKGRAD a source makes no
 * request and leaves `gradient` empty: that build is the reference, and needs no plugin.
 */
#ifndef BENCH_PROBLEM_H
#define BENCH_PROBLEM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum Size { SIZE_QUICK, SIZE_FULL };

struct Problem {
  const char *name;
  const char *title;
  /* Allocates and fills data, x and seed, and sets the three counts. The same numbers every time. */
  void (*setup)(struct Problem *, enum Size);
  void (*primal)(const struct Problem *, double *y);
  void (*gradient)(const struct Problem *, double *g);
  void (*hand)(const struct Problem *, double *g);
  void (*apply)(const struct Problem *, const double *g, const double *v, double *dy);
  /* Largest accepted relative difference between `gradient` and `hand`; 0 stands for 1e-9. */
  double tolerance;
  /* Tells problems of one source apart. */
  int variant;

  void *data;
  double *x;
  const double *seed;
  size_t inputs, outputs, entries;
};

#ifdef __cplusplus
}
#else

#include <stdlib.h>

#define BENCH_EXPORT __attribute__((visibility("default")))

/* The calling convention: markers are read by name, never defined. */
#ifndef NO_LINKGRAD
extern int enzyme_const, enzyme_dup, enzyme_dupnoneed, enzyme_width;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);
#define GRADIENT(f) f
#else
#define GRADIENT(f) NULL
#endif

/* Memory that lives as long as the process. It is not touched here, so what only one of the
 * functions of a problem uses counts for that one alone. */
static inline void *allocate(size_t count, size_t size) {
  void *memory = malloc(count * size);
  if (!memory)
    abort();
  return memory;
}

static inline double *reals(size_t count) { return allocate(count, sizeof(double)); }
static inline int *integers(size_t count) { return allocate(count, sizeof(int)); }

/* Reproducible numbers: splitmix64 (Steele, Lea, Flood 2014), mapped to [low, high). */
static inline double uniform(uint64_t *state, double low, double high) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return low + (high - low) * ((double)(z >> 11) * 0x1p-53);
}

static inline void fill(uint64_t *state, double *out, size_t count, double low, double high) {
  for (size_t i = 0; i < count; ++i)
    out[i] = uniform(state, low, high);
}

/* Two doubles in one SSE2 register, for hand-written kernels that choose their own summation order. */
typedef double pair __attribute__((vector_size(16), aligned(8)));

static inline pair loadPair(const double *p) { return *(const pair *)p; }
static inline void storePair(double *p, pair v) { *(pair *)p = v; }
static inline double sumPair(pair v) { return v[0] + v[1]; }

#endif
#endif
