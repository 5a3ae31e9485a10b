//===- GuardPass.cpp - keep the optimiser from speculating ----------------===//
//
// Optimising before differentiation makes derivatives fast, with one exception:
// speculation.  From
//
//   if (v->kind == Number) r = v->number * v->number;
//
// plain O3 makes an unconditional load of v->number and a select.  The load is
// harmless to the primal, but the derivative of a load is an update of the
// shadow: it would touch bytes that are no number, and keep values for the
// reverse sweep that no path needs.
//
// LLVM has one switch for this.  Functions under an address sanitizer must not
// execute a load the program does not execute, and every pass that speculates
// asks for the attribute.  sanitize_hwaddress is the one whose instrumentation
// clang inserts at compile time, so nothing at link time acts upon it.  We set it
// on all definitions, all because inlining demands that caller and callee agree
// on it, and mark with an attribute of our own which ones are ours: a function
// the user compiled with -fsanitize=hwaddress keeps its attribute.
//
// Both attributes survive inlining and whatever rewrites a function, so removing
// goes by the mark and leaves none behind.
//
//===----------------------------------------------------------------------===//
#include "passes/GuardPass.h"

using namespace llvm;

static constexpr StringLiteral mark = "linkgrad-guard";

bool linkgrad::isGuarded(const Function &function) { return function.hasFnAttribute(mark); }

void linkgrad::addGuards(Module &module) {
  for (Function &function : module) {
    // The user's own attribute stays the user's.
    if (function.isDeclaration() || function.hasFnAttribute(Attribute::SanitizeHWAddress))
      continue;
    function.addFnAttr(Attribute::SanitizeHWAddress);
    function.addFnAttr(mark);
  }
}

void linkgrad::removeGuards(Module &module) {
  for (Function &function : module) {
    if (!isGuarded(function))
      continue;
    function.removeFnAttr(Attribute::SanitizeHWAddress);
    function.removeFnAttr(mark);
  }
}
