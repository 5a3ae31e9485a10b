//===- Dispatch.h - calls of derivatives, direct and through pointers -*- C++ -*-===//
//
// A call through a pointer becomes a call of a dispatcher: a small function that
// compares the primal pointer with the functions of this program it can be, and
// calls the derivative of the one it is.  Objects need no shadow vtables and
// tables no shadow functions; after inlining, a known pointer costs nothing.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../plan/DerivativePlan.h"
#include "Runtime.h"

namespace linkgrad {

enum class Sweep : uint8_t { Tangent, Augmented, Pullback };

/// The function of \p derivative that \p sweep calls.
llvm::Function *derivativeFunction(const Derivative &derivative, Sweep sweep);

/// Calls the derivative \p planned with \p arguments; \p target is the primal
/// pointer where the call is indirect, else null.  If \p like is an invoke so is
/// the result, and building continues in the normal destination.
llvm::CallBase *emitDerivedCall(const PlannedCall &planned, Sweep sweep, llvm::Value *target,
                                llvm::ArrayRef<llvm::Value *> arguments, llvm::CallBase *like, llvm::IRBuilder<> &b);
/// The same for one known function.
llvm::CallBase *emitCallLike(llvm::CallBase *like, llvm::Function *callee, llvm::ArrayRef<llvm::Value *> arguments,
                             llvm::IRBuilder<> &b);
/// Erases a call whose uses have been replaced.
void removeReplacedCall(llvm::Instruction &call);

} // namespace linkgrad
