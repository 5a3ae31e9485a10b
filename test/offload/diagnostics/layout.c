// offload: amdgcn:gfx90a
// expect-error: lies differently in memory on device amdgcn:gfx90a (call chain: kernel) [device-layout]
#include "offload_test.h"
struct Wide {
  char tag;
  __int128 value;
};
static void kernel(size_t i, struct Wide *x) { x[i].value += x[i].tag; }
int main(void) {
  struct Wide x[4] = {{0}};
  return __offload_launch(kernel, 4, x);
}
