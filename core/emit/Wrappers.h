//===- Wrappers.h - functions that only call another ------------*- C++ -*-===//
//
// What is said about a function (a registered derivative, a line in the rule
// table, that it is inactive) is about the calls of it.  Where the function is
// named otherwise, in a request or in a table of function pointers, it is
// differentiated as a function that consists of such a call.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../request/Registrations.h"
#include "llvm/IR/Instructions.h"

namespace linkgrad {

/// Whether calls of \p function do not depend on its body.
bool hasRuleOfItsOwn(const llvm::Function &function, const Registrations &registrations);

/// A function of the same type that calls \p function.
llvm::Function *makeForwarder(llvm::Function &function);

/// Gives the function a request names a body of its own where it has none to
/// differentiate, and parameters and a result by value where the platform passes
/// them through memory.
void wrapRequestedFunction(llvm::CallInst &call, const Registrations &registrations);

} // namespace linkgrad
