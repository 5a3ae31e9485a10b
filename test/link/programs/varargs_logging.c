// f logs its intermediate values: printf-style calls on active data have no influence on the derivative.
#include "check.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static int lines;

static void report(FILE *sink, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(sink, format, arguments);
  va_end(arguments);
  ++lines;
}

static double iterate(double x, FILE *sink) {
  char text[64];
  double s = x;
  clock_t start = clock();
  for (int i = 0; i < 5; ++i) {
    s = s * x + sin(s);
    fprintf(sink, "step %d: %g\n", i, s);
    report(sink, "%s %f\n", "state", s);
    snprintf(text, sizeof text, "%.3f", s);
    fputs(text, sink);
    if (strlen(text) > 60 || getenv("LINKGRAD_TEST_NEVER_SET"))
      s = 0;
  }
  fflush(sink);
  return clock() - start < 0 ? 0 : s;
}

int main(void) {
  FILE *sink = fopen("/dev/null", "w");
  double x = 0.85, want = DIFFERENCE(iterate(x, sink), x);
  checkDifference("reverse", __enzyme_autodiff((void *)iterate, enzyme_out, x, enzyme_const, sink), want);
  checkDifference("forward", __enzyme_fwddiff((void *)iterate, x, 1.0, enzyme_const, sink), want);
  checkExact("both passes logged", lines >= 5 * 6, 1);
  fclose(sink);
  return checkResult();
}
