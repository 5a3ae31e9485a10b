// Requests on functions that take or return structs which the platform passes through memory.
#include "check.h"
extern int enzyme_dup, enzyme_const, enzyme_out, enzyme_primal_return;
struct big {
  double a, b, c;
};
struct mixed {
  double a;
  int n;
  double b;
};
struct pair {
  double a, b;
};
struct withp {
  double *p;
  double scale;
  long n;
};
extern struct big __enzyme_autodiffBig(void *, ...);
extern struct big __enzyme_fwddiffBig(void *, ...);
extern struct pair __enzyme_fwddiffPair(void *, ...);
extern struct pair __enzyme_autodiffPair(void *, ...);
struct two {
  struct big p, t;
};
extern struct two __enzyme_fwddiffTwo(void *, ...);
extern double __enzyme_fwddiff(void *, ...);
extern double __enzyme_autodiff(void *, ...);
static double f(struct big s) {
  double r = s.a * s.b + s.c * s.c;
  s.a = 7;
  return r;
}
static struct big g(double x) {
  struct big r = {x * x, 2 * x, x * x * x};
  return r;
}
static struct pair h(struct big s) { return (struct pair){s.a * s.b, s.c}; }
static struct big k(struct big s, double y) { return (struct big){s.b * y, s.c * s.c, s.a}; }
static double m(struct withp s) {
  double r = 0;
  for (long i = 0; i < s.n; ++i)
    r += s.p[i] * s.p[i] * s.scale;
  return r;
}
int main(void) {
  struct big s = {2, 3, 4}, t = {1, 10, 100};
  struct big d = __enzyme_autodiffBig((void *)f, enzyme_out, s);
  checkExact("a", d.a, 3);
  checkExact("b", d.b, 2);
  checkExact("c", d.c, 8);
  checkExact("fwd", __enzyme_fwddiff((void *)f, enzyme_dup, s, t), 3 + 20 + 800);
  struct big e = __enzyme_fwddiffBig((void *)g, 1.5, 1.0);
  checkExact("ga", e.a, 3);
  checkExact("gb", e.b, 2);
  checkExact("gc", e.c, 3 * 1.5 * 1.5);
  checkExact("g rev", __enzyme_autodiff((void *)g, 1.5), 3 + 2 + 3 * 1.5 * 1.5);
  struct pair p = __enzyme_fwddiffPair((void *)h, enzyme_dup, s, t);
  checkExact("h", p.a, 3 + 20);
  checkExact("h", p.b, 100);
  d = __enzyme_autodiffBig((void *)h, enzyme_out, s);
  checkExact("ha", d.a, 3);
  checkExact("hb", d.b, 2);
  checkExact("hc", d.c, 1);
  struct two q = __enzyme_fwddiffTwo((void *)k, enzyme_primal_return, enzyme_dup, s, t, enzyme_const, 5.0);
  checkExact("kp", q.p.b, 16);
  checkExact("kt", q.t.a, 50);
  checkExact("kt", q.t.b, 800);
  checkExact("kt", q.t.c, 1);
  double a[2] = {1, 2}, da[2] = {0, 0};
  struct withp w = {a, 3, 2}, dw = {da, 0, 0};
  __enzyme_autodiff((void *)m, enzyme_dup, w, dw);
  checkExact("m", da[0], 6);
  checkExact("m", da[1], 12);
  da[0] = 1;
  da[1] = 0;
  dw.scale = 1;
  checkExact("m fwd", __enzyme_fwddiff((void *)m, enzyme_dup, w, dw), 6 + 5);
  return checkResult();
}
