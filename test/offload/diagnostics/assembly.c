// offload: nvptx64:sm_90
// expect-error: inline assembly cannot be compiled for device nvptx64:sm_90 (call chain: kernel) [device-assembly]
#include "offload_test.h"
static void kernel(size_t i, long *x) {
  long old = x[i];
  __asm__("bswap %0" : "+r"(old));
  x[i] = old;
}
int main(void) {
  long x[4] = {0};
  return __offload_launch(kernel, 4, x);
}
