//===- BetweenRounds.h - derivatives become ordinary code -------*- C++ -*-===//
#pragma once
#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

/// The functions with a body that a round finds, to tell what it adds.
llvm::DenseSet<const llvm::Function *> definedFunctions(const llvm::Module &module);

/// Gets the functions ready that are not in \p before, and those in \p touched, for a
/// round that differentiates them.
llvm::Error prepareNextRound(llvm::Module &module, const llvm::DenseSet<const llvm::Function *> &before,
                             llvm::ArrayRef<llvm::Function *> touched);

} // namespace linkgrad
