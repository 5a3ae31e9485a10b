// expect-error: 'slot' is thread-local, which has no meaning on device x86_64 (call chain: kernel)
// [device-thread-local]
#include "offload_test.h"
_Thread_local double slot;
static void kernel(size_t i, double *x) { x[i] = slot; }
int main(int count, char **arguments) {
  (void)arguments;
  slot = count;
  double x[4];
  return __offload_launch(kernel, 4, x);
}
