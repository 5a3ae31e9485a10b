// Structs within structs, assigned as a whole, swapped, and kept in a local array.
#include "check.h"

struct point {
  double x, y;
};
struct segment {
  struct point from, to;
  int weight;
};
struct figure {
  struct segment segments[3];
  int count;
  struct point center;
};

extern int enzyme_dup;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static struct point scaled(struct point p, double by) { return (struct point){p.x * by, p.y * by * by}; }

static double length(const struct figure *given) {
  struct figure f = *given; // whole-struct copy
  struct segment first = f.segments[0];
  f.segments[0] = f.segments[f.count - 1];
  f.segments[f.count - 1] = first;
  double sum = 0;
  for (int i = 0; i < f.count; ++i) {
    struct segment *s = &f.segments[i];
    s->from = scaled(s->from, f.center.x);
    if (i)
      s->to = f.segments[i - 1].from;
    double dx = s->to.x - s->from.x, dy = s->to.y - s->from.y;
    sum += s->weight * sqrt(dx * dx + dy * dy) * (i + f.center.y);
  }
  return sum;
}

int main(void) {
  struct figure f = {{{{0, 1}, {2, 3}, 2}, {{1.5, -1}, {0.5, 0.25}, 3}, {{-2, 0.75}, {1, 1}, 1}}, 3, {1.25, 0.5}};
  struct figure d = {{{{0, 0}, {0, 0}, 0}}, 0, {0, 0}};
  double *fields[8] = {&f.segments[0].from.x, &f.segments[0].to.x,   &f.segments[0].to.y, &f.segments[1].from.y,
                       &f.segments[2].from.x, &f.segments[2].from.y, &f.center.x,         &f.center.y};
  __enzyme_autodiff((void *)length, enzyme_dup, &f, &d);
  for (int i = 0; i < 8; ++i) {
    struct figure t = {{{{0, 0}, {0, 0}, 0}}, 0, {0, 0}};
    long offset = (char *)fields[i] - (char *)&f;
    *(double *)((char *)&t + offset) = 1;
    double want = DIFFERENCE(length(&f), *fields[i]);
    checkDifference("reverse", *(double *)((char *)&d + offset), want);
    checkDifference("forward", __enzyme_fwddiff((void *)length, enzyme_dup, &f, &t), want);
  }
  return checkResult();
}
