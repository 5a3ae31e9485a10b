// expect-error: cannot launch 'kernel': it has no definition in this link [launch-no-body]
#include "offload_test.h"
void kernel(size_t, double *);
int main(void) {
  double x[4];
  return __offload_launch(kernel, 4, x);
}
