// compile-flags: -g
// expect-error: changing_variable.c:7:
// expect-error: 'total' changes while the program runs, and device x86_64 would have a copy of its own (call chain:
// kernel) [device-variable] expect-error: help: pass its value or its address to the kernel
#include "offload_test.h"
static double total;
static void kernel(size_t i, double *x) { x[i] += total; }
int main(int count, char **arguments) {
  (void)arguments;
  total = count;
  double x[4] = {0};
  int ran = __offload_launch(kernel, 4, x);
  total += x[1];
  return ran + (int)total;
}
