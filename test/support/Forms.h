//===- Forms.h - every way to ask for a derivative --------------*- C++ -*-===//
//
// For each example, functions with one signature are added to its module:
//
//   void form(ptr x, ptr dx, ptr y, ptr dy)
//
// x: all arguments, lists in place.  y: the result.  dx and dy: tangents or
// adjoints of them, lane after lane.  In every form x and y end as the primal
// leaves them.
//
//   primal     y = f(x)
//   gradient   autodiff of f itself; the adjoint of y is 1
//   tangent    fwddiff of f itself
//
// The others ask for the derivative of a caller, which loads the arguments from x
// and adds f's result to y, a given number of times (`rounds`, behind dy), so that
// f is differentiated as a callee in a loop:
//
//   reverse, reverse2    autodiff, width 1 and 2
//   split                augmentfwd, then reverse
//   tangent1, tangent3   fwddiff, width 1 and 3
//
//===----------------------------------------------------------------------===//
#pragma once
#include "test/support/Example.h"

struct Form {
  const char *name;
  unsigned lanes;
};
inline constexpr Form primalForm{"primal", 0}, gradientForm{"gradient", 1}, tangentForm{"tangent", 1},
    reverseForm{"reverse", 1}, reverse2Form{"reverse2", 2}, splitForm{"split", 1}, tangent1Form{"tangent1", 1},
    tangent3Form{"tangent3", 3};

/// The name of a form's function.
std::string formName(const Example &example, const Form &form);
/// Adds the forms of \p example.  Returns what is wrong with it, if anything.
std::string addForms(llvm::Module &module, const Example &example, bool wide);
/// Adds `gradient` alone.
std::string addGradientForm(llvm::Module &module, const Example &example);
