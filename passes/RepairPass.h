//===- RepairPass.h - make unoptimisable code optimisable -------*- C++ -*-===//
#pragma once
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

/// Undoes what a compiler wrote into functions and what would keep the nested
/// pipelines from optimising them: optnone, and the notes on loops that say
/// "leave this loop alone".  In every function that makes a request, in \p also,
/// and in all that these can reach.
void repairDifferentiatedFunctions(llvm::Module &, const llvm::SetVector<llvm::Function *> &also);

} // namespace linkgrad
