/*===- linkgrad/offload.h - kernels on devices, from C and C++ --------------===
 *
 *   #include <linkgrad/offload.h>
 *   void saxpy(size_t i, double a, const double *x, double *y) { y[i] += a * x[i]; }
 *   int onHost = __offload_launch(saxpy, n, 2.0, x, y);
 *
 * means: for every i below n, in any order, many at once: saxpy(i, 2.0, x, y).  A kernel
 * is any function that takes its index first and returns nothing.  Indices must not
 * depend on each other: what one writes, no other may read or write.
 *
 * The result is 0 if the kernel ran on a device.  It is -1 if it ran as a loop on the
 * host, which it does in a program that was linked without --offload=..., or runs
 * where there is no run-time library or no device, or with OMP_TARGET_OFFLOAD=DISABLED.
 *
 * In C nothing is converted on the way: pass 2.0 for a double and (long)n for a long.
 * In C++ arguments are converted to the types of the kernel's parameters.
 *
 * On a device a kernel stops the program where on the host it would throw an exception
 * that it does not catch, or call abort or exit.
 *
 *===-----------------------------------------------------------------------===*/
#ifndef LINKGRAD_OFFLOAD_H
#define LINKGRAD_OFFLOAD_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" int __offload_launch_any(void *kernel, size_t n, ...);

namespace linkgrad::detail {
template <class T> struct same {
  using type = T;
};
template <class T> constexpr bool isReference = false;
template <class T> constexpr bool isReference<T &> = true;
template <class T> constexpr bool isReference<T &&> = true;
} // namespace linkgrad::detail

template <class... Parameters>
inline int __offload_launch(void (*kernel)(size_t, Parameters...), size_t n,
                            typename linkgrad::detail::same<Parameters>::type... arguments) {
  static_assert(!(linkgrad::detail::isReference<Parameters> || ...), "a kernel takes pointers, not references");
  return __offload_launch_any(reinterpret_cast<void *>(kernel), n, arguments...);
}
#else
extern int __offload_launch(void *kernel, size_t n, ...);
#endif

#endif
