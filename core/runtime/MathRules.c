//===- MathRules.c - derivatives of C functions with several results ------===//
//
// Part of the run-time support: compiled to bitcode, linked into a module on
// demand and inlined there.  KnownCalls.def names the functions it serves; what
// has one real result and no side effect is in ScalarRules.def instead.
//
// Each function R f(args) has two derivatives, with the signatures of a custom
// derivative rule:
//
//   __linkgrad_f_tangent  the arguments, each number followed by its tangent and
//                         each pointer by its shadow; does what f does; returns
//                         {result, tangent of the result}, or nothing like f
//   __linkgrad_f_reverse  the arguments, each pointer followed by its shadow,
//                         then the adjoint of the result; clears the shadows of
//                         outputs; returns the adjoints of the numbers in order
//
// There is no augmented function: f is called as it is and nothing is kept.  The
// reverse functions compute what they need from the arguments, never from the
// memory f wrote, which may have been overwritten since.
//
// A shadow that is null or equal to its pointer stands for a constant.  Shadows
// of integers are not touched.
//
// What a C type looks like in IR on x86-64, hence what a caller has to produce:
//
//   double complex argument       two doubles, each followed by its tangent
//   float complex argument        one <2 x float>, followed by its tangent
//   long double complex argument  ptr byval, followed by a shadow pointer.  The
//                                 callee sees a copy, so a constant one must
//                                 come with a null shadow
//   adjoint of a complex result   double, double / <2 x float> / x86_fp80, x86_fp80
//   two floats                    <2 x float>
//   four floats                   { <2 x float>, <2 x float> }
//   two doubles                   { double, double }
//   anything larger               void, and a first argument ptr sret
//
// Read as a flat list of numbers, arguments and results always are what is said
// above in the order said there.
//
// The rules are written once and included for each floating-point type.  The
// file is also valid C++, so that a unit test can include it.
//
//===----------------------------------------------------------------------===//

/// Whether derivatives go to or come from \p shadow.
static inline int isActive(const void *pointer, const void *shadow) { return shadow && shadow != pointer; }

//===-- double ------------------------------------------------------------===//

#define REAL double
#define COMPLEX_BY_PARTS
#define LGAMMA_R lgamma_r
#define LGAMMA_R_RULE(part) __linkgrad_lgamma_r_##part
#define PRODUCT __muldc3
#define PRODUCT_RULE(part) __linkgrad___muldc3_##part
#define QUOTIENT __divdc3
#define QUOTIENT_RULE(part) __linkgrad___divdc3_##part
#define MATH(name) __builtin_##name
#define LIBRARY(name) name
#define NAME(name) local_##name
#define EXPORTED(name) __linkgrad_##name
#define RULE(name, part) __linkgrad_##name##_##part
#define PSI_ROOT 0x1.762d86356be3fp+0
#define PSI_ROOT_REST 9.549995429965697715184199e-17
// clang-format off: in this order
#include "MathDigamma.inc"
#include "MathRealRules.inc"
#include "MathComplexRules.inc"
// clang-format on
#undef REAL
#undef COMPLEX_BY_PARTS
#undef LGAMMA_R
#undef LGAMMA_R_RULE
#undef PRODUCT
#undef PRODUCT_RULE
#undef QUOTIENT
#undef QUOTIENT_RULE
#undef MATH
#undef LIBRARY
#undef NAME
#undef EXPORTED
#undef RULE
#undef PSI_ROOT
#undef PSI_ROOT_REST

//===-- float -------------------------------------------------------------===//

#define REAL float
#define LGAMMA_R lgammaf_r
#define LGAMMA_R_RULE(part) __linkgrad_lgammaf_r_##part
#define PRODUCT __mulsc3
#define PRODUCT_RULE(part) __linkgrad___mulsc3_##part
#define QUOTIENT __divsc3
#define QUOTIENT_RULE(part) __linkgrad___divsc3_##part
#define MATH(name) __builtin_##name##f
#define LIBRARY(name) name##f
#define NAME(name) local_##name##f
#define EXPORTED(name) __linkgrad_##name##f
#define RULE(name, part) __linkgrad_##name##f##_##part
#define PSI_ROOT 0x1.762d86p+0f
#define PSI_ROOT_REST 0x1.ab5f1fb7p-27f
// clang-format off: in this order
#include "MathDigamma.inc"
#include "MathRealRules.inc"
#include "MathComplexRules.inc"
// clang-format on
#undef REAL
#undef LGAMMA_R
#undef LGAMMA_R_RULE
#undef PRODUCT
#undef PRODUCT_RULE
#undef QUOTIENT
#undef QUOTIENT_RULE
#undef MATH
#undef LIBRARY
#undef NAME
#undef EXPORTED
#undef RULE
#undef PSI_ROOT
#undef PSI_ROOT_REST

//===-- long double -------------------------------------------------------===//

#define REAL long double
#define LGAMMA_R lgammal_r
#define LGAMMA_R_RULE(part) __linkgrad_lgammal_r_##part
#define PRODUCT __mulxc3
#define PRODUCT_RULE(part) __linkgrad___mulxc3_##part
#define QUOTIENT __divxc3
#define QUOTIENT_RULE(part) __linkgrad___divxc3_##part
#define COMPLEX_BY_REFERENCE
#define MATH(name) __builtin_##name##l
#define LIBRARY(name) name##l
#define NAME(name) local_##name##l
#define EXPORTED(name) __linkgrad_##name##l
#define RULE(name, part) __linkgrad_##name##l##_##part
#define PSI_ROOT 0xbb16c31ab5f1fb71p-63L
#define PSI_ROOT_REST -1.825709631596348421460099697e-20L
// clang-format off: in this order
#include "MathDigamma.inc"
#include "MathRealRules.inc"
#include "MathComplexRules.inc"
// clang-format on
#undef REAL
#undef LGAMMA_R
#undef LGAMMA_R_RULE
#undef PRODUCT
#undef PRODUCT_RULE
#undef QUOTIENT
#undef QUOTIENT_RULE
#undef COMPLEX_BY_REFERENCE
#undef MATH
#undef LIBRARY
#undef NAME
#undef EXPORTED
#undef RULE
#undef PSI_ROOT
#undef PSI_ROOT_REST
