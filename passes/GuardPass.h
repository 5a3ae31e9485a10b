//===- GuardPass.h - keep the optimiser from speculating --------*- C++ -*-===//
#pragma once
#include "llvm/IR/Module.h"

namespace linkgrad {

/// Guards every definition of the module against speculation.  See GuardPass.cpp.
void addGuards(llvm::Module &);

/// Takes the guards away again, also from functions made or copied since.
void removeGuards(llvm::Module &);

bool isGuarded(const llvm::Function &);

} // namespace linkgrad
