// compile-flags: -msse4.2
// offload: nvptx64:sm_90
// expect-error: 'llvm.x86.sse42.crc32.32.32' is an instruction of the host and cannot be compiled for device
// nvptx64:sm_90 (call chain: kernel) [device-intrinsic]
#include "offload_test.h"
static void kernel(size_t i, unsigned *x) { x[i] = __builtin_ia32_crc32si(x[i], 7); }
int main(void) {
  unsigned x[4] = {0};
  return __offload_launch(kernel, 4, x);
}
