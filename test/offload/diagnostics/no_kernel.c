// expect-error: the first argument of '__offload_launch' is not a function known at link time [launch-kernel]
#include "offload_test.h"
int main(int count, char **arguments) { return __offload_launch((void *)arguments[count], 4); }
