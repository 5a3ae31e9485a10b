// Arguments of every kind arrive: scalars of all types, structs in registers and by value.
#include "offload_test.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  double x, y;
} Pair;
typedef struct {
  float x, y, z;
} Triple;
typedef struct {
  long count;
  double weight;
} Mixed;
typedef struct {
  double values[5];
  int used;
} Large;

static void scalars(size_t i, double *out, bool a, char b, short c, int d, long e, float f, double g, uint8_t h,
                    unsigned j) {
  out[i] = a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9.0 * j + i;
}

static void structs(size_t i, double *out, Pair a, Triple b, Mixed c, Large d, Mixed e, Mixed f, Pair *g) {
  out[i] = a.x + 2 * a.y + b.x + 2 * b.y + 3 * b.z + c.count * c.weight + e.count * e.weight + f.count + f.weight;
  for (int j = 0; j < d.used; ++j)
    out[i] += d.values[j] * i;
  out[i] += g->x - g->y;
}

// With the kernel's address and the number of indices before it, the launch has one
// register less for each of these.
static void no_room(size_t i, double *out, long a, long b, long c, Mixed last, Triple t) {
  out[i] = a + 2 * b + 3 * c + last.count * last.weight + t.x + t.y + t.z + i;
}

static void nothing(size_t i) { (void)i; }

int main(void) {
  enum { n = 77 };
  double got[n], wanted[n];
  check_ran(
      __offload_launch(scalars, n, got, true, (char)-3, (short)-400, -5, -6L, 7.5f, 8.5, (uint8_t)250, 4000000000u));
  for (size_t i = 0; i < n; ++i)
    scalars(i, wanted, true, -3, -400, -5, -6, 7.5f, 8.5, 250, 4000000000u);
  for (int i = 0; i < n; ++i)
    check(got[i], wanted[i]);

  Pair pair = {1.5, 2.5};
  Triple triple = {1, 2, 4};
  Mixed mixed = {3, 0.125}, other = {-7, 2.25};
  Large large = {{1, 2, 3, 4, 5}, 4};
  check_ran(__offload_launch(structs, n, got, pair, triple, mixed, large, other, mixed, &pair));
  for (size_t i = 0; i < n; ++i)
    structs(i, wanted, pair, triple, mixed, large, other, mixed, &pair);
  for (int i = 0; i < n; ++i)
    check(got[i], wanted[i]);

  check_ran(__offload_launch(no_room, n, got, 1L, 2L, 3L, other, triple));
  for (size_t i = 0; i < n; ++i)
    no_room(i, wanted, 1, 2, 3, other, triple);
  for (int i = 0; i < n; ++i)
    check(got[i], wanted[i]);

  // No index, one index, more than fit into 32 bits of work for nothing.
  got[0] = 5;
  check_ran(__offload_launch(no_room, 0, got, 1L, 2L, 3L, other, triple));
  check(got[0], 5);
  check_ran(__offload_launch(no_room, 1, got, 1L, 2L, 3L, other, triple));
  check(got[0], wanted[0]);
  check_ran(__offload_launch(nothing, 5000000000));
  return failures;
}
