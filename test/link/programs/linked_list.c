// A linked list: once built by the caller with a shadow list beside it, once built and freed inside f.
#include "check.h"
#include <stdlib.h>

struct node {
  double value;
  struct node *next;
};

extern int enzyme_dup, enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double horner(const struct node *list, double x) {
  double s = 0;
  for (; list; list = list->next)
    s = s * x + list->value * list->value;
  return s;
}

static double build(double x, int n) {
  struct node *head = NULL;
  for (int i = 0; i < n; ++i) {
    struct node *fresh = (struct node *)malloc(sizeof *fresh);
    fresh->value = x * i + (head ? head->value : 1);
    fresh->next = head;
    head = fresh;
  }
  double s = horner(head, x);
  while (head) {
    struct node *rest = head->next;
    free(head);
    head = rest;
  }
  return s;
}

int main(void) {
  struct node c = {3, NULL}, b = {-2, &c}, a = {1.5, &b}, dc = {0, NULL}, db = {0, &dc}, da = {0, &db};
  double x = 1.2;
  double dx = __enzyme_autodiff((void *)horner, enzyme_dup, &a, &da, enzyme_out, x);
  checkDifference("reverse x", dx, DIFFERENCE(horner(&a, x), x));
  checkExact("reverse first", da.value, 2 * a.value * x * x);
  checkExact("reverse second", db.value, 2 * b.value * x);
  checkExact("reverse third", dc.value, 2 * c.value);
  struct node tc = {0, NULL}, tb = {1, &tc}, ta = {0, &tb};
  double forward = __enzyme_fwddiff((void *)horner, enzyme_dup, &a, &ta, enzyme_const, x);
  checkExact("forward second", forward, 2 * b.value * x);

  double want = DIFFERENCE(build(x, 5), x);
  checkDifference("inner list reverse", __enzyme_autodiff((void *)build, enzyme_out, x, enzyme_const, 5), want);
  checkDifference("inner list forward", __enzyme_fwddiff((void *)build, x, 1.0, enzyme_const, 5), want);
  return checkResult();
}
