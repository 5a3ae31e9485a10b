/*===- linkgrad.h - asking for derivatives, from C and C++ ------------------===
 *
 *   #include <linkgrad.h>
 *   double f(double x) { return x * x; }
 *   double slope = __enzyme_autodiff(f, 3.0);            // C:   6
 *   double slope = __enzyme_autodiff<double>(f, 3.0);    // C++: 6
 *
 * The call has no body: linkgrad replaces it when the program is linked.
 * Nothing here has to be included; a program may declare what it uses itself.
 *
 * After the function stand its arguments, each with what is to happen to it:
 *
 *   enzyme_const, x          x is no input of the derivative
 *   enzyme_dup, p, dp        memory at p has its derivatives in the same layout
 *                            at dp: gradients are added there (autodiff), or
 *                            tangents read from and written to it (fwddiff)
 *   enzyme_dupnoneed, p, dp  the same, and what f leaves at p does not matter
 *   enzyme_out, x            d f/d x is returned (autodiff)
 *
 * Without a marker: integers are constant, floating-point values enzyme_out
 * (autodiff) or a value and its tangent (fwddiff), pointers enzyme_dup.
 *
 *===-----------------------------------------------------------------------===*/
#ifndef LINKGRAD_H
#define LINKGRAD_H

#ifdef __cplusplus
extern "C" {
#endif

/* What happens to the argument that follows. */
extern int enzyme_const;
extern int enzyme_dup;
extern int enzyme_dupnoneed;
extern int enzyme_out;
extern int enzyme_dupv;       /* stride in bytes, p, shadows: one shadow for each lane */
extern int enzyme_dupnoneedv; /* the same, and what f leaves at p does not matter */

/* What happens to the result. */
extern int enzyme_noret;         /* it is not needed */
extern int enzyme_primal_return; /* return it too, before the derivative */
extern int enzyme_const_return;
extern int enzyme_active_return;
extern int enzyme_dup_return;

/* How the derivative is made. */
extern int enzyme_width;            /* n: n tangents or adjoints at once */
extern int enzyme_interleave;       /* first all arguments, then all shadows */
extern int enzyme_runtime_activity; /* a shadow equal to its primal means: constant */
extern int enzyme_not_overwritten;  /* the next argument stays unchanged between both sweeps */
extern int enzyme_strong_zero;      /* zero times infinity is zero */

/* Sweeps that are called one by one. */
extern int enzyme_tape;      /* buffer: where the tape is kept */
extern int enzyme_allocated; /* n: the size of that buffer */
extern int enzyme_nofree;    /* the tape is used again */

#ifdef __cplusplus
} // extern "C"

/* The result type is given, the others follow from the arguments. */
template <class Result, class... Arguments> Result __enzyme_autodiff(Arguments...);
template <class Result, class... Arguments> Result __enzyme_fwddiff(Arguments...);
template <class Result, class... Arguments> Result __enzyme_augmentfwd(Arguments...);
template <class Result, class... Arguments> Result __enzyme_reverse(Arguments...);
template <class Result = unsigned long, class... Arguments> Result __enzyme_augmentsize(Arguments...);
template <class Result = void *, class... Arguments> Result __enzyme_virtualreverse(Arguments...);
template <class Result, class... Arguments> Result __enzyme_call_inactive(Arguments...);

#elif !defined(LINKGRAD_NO_ENTRY_POINTS)
/* C has one declaration for a name.  These return double; any other result needs
 * a declaration of its own, under a name that begins like these:
 *
 *   LINKGRAD_DECLARE(struct pair, __enzyme_autodiff, pair)
 *   struct pair g = __enzyme_autodiff_pair(f, x, y);
 *
 * A `float` argument cannot pass through `...`: declare its parameters. */
extern double __enzyme_autodiff(void *function, ...);
extern double __enzyme_fwddiff(void *function, ...);
extern unsigned long __enzyme_augmentsize(void *function, ...);

#define LINKGRAD_DECLARE(result, entry, suffix) extern result entry##_##suffix(void *function, ...);

LINKGRAD_DECLARE(void, __enzyme_autodiff, void)
LINKGRAD_DECLARE(float, __enzyme_autodiff, float)
LINKGRAD_DECLARE(void, __enzyme_fwddiff, void)
LINKGRAD_DECLARE(float, __enzyme_fwddiff, float)
#endif

/* ---- What linkgrad should know of a function or a global -------------------- */

/* Before a declaration.
 *   LINKGRAD_INACTIVE void progress(double percent);      carries no derivative
 *   LINKGRAD_FUNCTION_LIKE("log1p") double fast_log1p(double);
 *   LINKGRAD_RECOMPUTE double cheap(double);              recomputed, not kept */
#define LINKGRAD_INACTIVE __attribute__((annotate("enzyme_inactive")))
#define LINKGRAD_NOFREE __attribute__((annotate("enzyme_nofree")))
#define LINKGRAD_RECOMPUTE __attribute__((annotate("enzyme_shouldrecompute")))
#define LINKGRAD_FUNCTION_LIKE(libmName) __attribute__((annotate("enzyme_function_like=" libmName)))

/* At file scope, about a function declared elsewhere.
 *   LINKGRAD_REGISTER_INACTIVE(progress)
 *   LINKGRAD_REGISTER_GRADIENT(f, augmented, reverse)
 *   LINKGRAD_REGISTER_DERIVATIVE(f, tangent)
 * augmented: f's arguments, each pointer followed by its shadow; returns {tape, result},
 *            or one of them, or nothing.
 * reverse:   the same arguments, the adjoint of the result, the tape; adds to the
 *            shadows and returns the adjoints of the floating-point arguments.
 * tangent:   each pointer and floating-point argument followed by its shadow or
 *            tangent; returns {result, tangent} or the tangent alone. */
#define LINKGRAD_PASTE_(a, b) a##b
#define LINKGRAD_UNIQUE_(kind, number) LINKGRAD_PASTE_(kind, number)
#define LINKGRAD_REGISTRATION_(kind) __attribute__((used)) static const void *LINKGRAD_UNIQUE_(kind, __COUNTER__)
#define LINKGRAD_REGISTER_INACTIVE(function)                                                                           \
  LINKGRAD_REGISTRATION_(__enzyme_inactivefn_)[] = {(const void *)(function)};
#define LINKGRAD_REGISTER_INACTIVE_GLOBAL(global)                                                                      \
  LINKGRAD_REGISTRATION_(__enzyme_inactive_global_)[] = {(const void *)&(global)};
#define LINKGRAD_REGISTER_GRADIENT(function, augmented, reverse)                                                       \
  LINKGRAD_REGISTRATION_(__enzyme_register_gradient_)                                                                  \
  [] = {(const void *)(function), (const void *)(augmented), (const void *)(reverse)};
#define LINKGRAD_REGISTER_DERIVATIVE(function, tangent)                                                                \
  LINKGRAD_REGISTRATION_(__enzyme_register_derivative_)[] = {(const void *)(function), (const void *)(tangent)};
#define LINKGRAD_REGISTER_FUNCTION_LIKE(function, libmName)                                                            \
  LINKGRAD_REGISTRATION_(__enzyme_function_like_)[] = {(const void *)(function), libmName};

/* The same as LINKGRAD_REGISTER_INACTIVE, as diagnostics spell it. */
#define linkgrad_inactive(function) LINKGRAD_REGISTER_INACTIVE(function)

#endif
