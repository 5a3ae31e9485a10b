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
 * Memory.  The device x86_64 is this machine: kernels get pointers as they are.  To a GPU
 * memory must be mapped; kernels then get the device's copy, and the host's stays as it was
 * until the mapping is updated or ended:
 *
 *   linkgrad_mapping m = linkgrad_map_tofrom(y, n * sizeof *y);
 *   ... launches that are passed y, or a pointer into it ...
 *   linkgrad_unmap(m);                             // copies it back
 *
 * x86_64 makes such a copy too.  The derivative of a launch needs memory and shadow mapped, or
 * neither; otherwise it stops the program.  Mappings are no part of what is differentiated:
 * begin them before the derivative is called, and end them after it.
 *
 *===-----------------------------------------------------------------------===*/
#ifndef LINKGRAD_OFFLOAD_H
#define LINKGRAD_OFFLOAD_H

#include <stddef.h>
#include <stdint.h>

/* Memory that a device has a copy of; what the functions below return. */
typedef struct linkgrad_mapping {
  void *pointer;
  int64_t bytes, kind;
} linkgrad_mapping;

#ifdef __cplusplus
extern "C" {
#endif
/* LLVM's run-time library; where it is not linked, nothing needs to be mapped. */
#define LINKGRAD_MAPPER_(name)                                                                                         \
  extern void name(void *, int64_t, int32_t, void **, void **, int64_t *, int64_t *, void **, void **)                 \
      __attribute__((weak));
LINKGRAD_MAPPER_(__tgt_target_data_begin_mapper)
LINKGRAD_MAPPER_(__tgt_target_data_end_mapper)
LINKGRAD_MAPPER_(__tgt_target_data_update_mapper)
extern void *omp_get_mapped_ptr(const void *, int) __attribute__((weak));
extern int omp_get_default_device(void) __attribute__((weak));
#ifdef __cplusplus
}
#endif

static inline linkgrad_mapping linkgrad_map_(const void *pointer, size_t bytes, int64_t kind) {
  linkgrad_mapping mapping = {(void *)pointer, (int64_t)bytes, kind};
  if (__tgt_target_data_begin_mapper)
    __tgt_target_data_begin_mapper(0, -1, 1, &mapping.pointer, &mapping.pointer, &mapping.bytes, &mapping.kind, 0, 0);
  return mapping;
}

/* The device's copy begins with the host's bytes. */
static inline linkgrad_mapping linkgrad_map_to(const void *pointer, size_t bytes) {
  return linkgrad_map_(pointer, bytes, 1);
}
/* The host gets the device's bytes at the end. */
static inline linkgrad_mapping linkgrad_map_from(void *pointer, size_t bytes) {
  return linkgrad_map_(pointer, bytes, 2);
}
static inline linkgrad_mapping linkgrad_map_tofrom(void *pointer, size_t bytes) {
  return linkgrad_map_(pointer, bytes, 3);
}
/* Neither. */
static inline linkgrad_mapping linkgrad_map_alloc(void *pointer, size_t bytes) {
  return linkgrad_map_(pointer, bytes, 0);
}
/* Ends a mapping. */
static inline void linkgrad_unmap(linkgrad_mapping mapping) {
  if (__tgt_target_data_end_mapper)
    __tgt_target_data_end_mapper(0, -1, 1, &mapping.pointer, &mapping.pointer, &mapping.bytes, &mapping.kind, 0, 0);
}
static inline void linkgrad_update_(linkgrad_mapping mapping, int64_t kind) {
  if (__tgt_target_data_update_mapper)
    __tgt_target_data_update_mapper(0, -1, 1, &mapping.pointer, &mapping.pointer, &mapping.bytes, &kind, 0, 0);
}
/* Copies while the mapping goes on: to the device, or from it. */
static inline void linkgrad_update_to(linkgrad_mapping mapping) { linkgrad_update_(mapping, 1); }
static inline void linkgrad_update_from(linkgrad_mapping mapping) { linkgrad_update_(mapping, 2); }
/* Where the device finds what is mapped; the pointer itself if it is not. */
static inline void *linkgrad_device_pointer(const void *pointer) {
  void *there =
      omp_get_mapped_ptr && omp_get_default_device ? omp_get_mapped_ptr(pointer, omp_get_default_device()) : 0;
  return there ? there : (void *)pointer;
}

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

namespace linkgrad {

namespace detail {
template <class Body> void call(size_t i, Body body) { body(i); }
} // namespace detail

/* body(i) for every i below n, in any order, many at once; body is copied, and should capture by value. */
template <class Body> inline int parallel_for(size_t n, Body body) {
  static_assert(__is_trivially_copyable(Body), "a device gets a copy of the bytes of what the lambda captures");
  return __offload_launch(detail::call<Body>, n, body);
}

enum class map { to, from, tofrom, alloc };

/* An array that is mapped as long as this object lives.  Lambdas that run on devices capture data(), kernels
 * may get either pointer. */
template <class T> class mapped {
public:
  mapped(T *pointer, size_t size, map how = map::tofrom)
      : host(pointer), count(size), mapping(linkgrad_map_(pointer, size * sizeof(T), kind(how))),
        device(static_cast<T *>(linkgrad_device_pointer(pointer))) {}
  /* A vector, an array, a span. */
  template <class Container>
  explicit mapped(Container &container, map how = map::tofrom) : mapped(container.data(), container.size(), how) {}
  mapped(const mapped &) = delete;
  mapped &operator=(const mapped &) = delete;
  ~mapped() { linkgrad_unmap(mapping); }

  T *data() const { return device; }
  size_t size() const { return count; }
  void update_to() { linkgrad_update_to(mapping); }
  void update_from() { linkgrad_update_from(mapping); }

private:
  static int64_t kind(map how) { return how == map::to ? 1 : how == map::from ? 2 : how == map::tofrom ? 3 : 0; }

  T *host;
  size_t count;
  linkgrad_mapping mapping;
  T *device;
};

template <class Container> mapped(Container &, map = map::tofrom) -> mapped<typename Container::value_type>;

} // namespace linkgrad
#else
extern int __offload_launch(void *kernel, size_t n, ...);
#endif

#endif
