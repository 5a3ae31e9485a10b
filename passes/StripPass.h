//===- StripPass.h - leave nothing of ours behind ---------------*- C++ -*-===//
#pragma once
#include "llvm/IR/Module.h"

namespace linkgrad {

/// Removes what only differentiation needed: guards, markers, registrations.
void stripLeftovers(llvm::Module &);

/// Describes the first thing of ours found in the module; empty if there is none.
std::string findLeftover(const llvm::Module &);

} // namespace linkgrad
