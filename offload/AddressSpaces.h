//===- AddressSpaces.h - where variables of amdgcn live ---------*- C++ -*-===//
#pragma once
#include "llvm/IR/Module.h"

namespace linkgrad {

/// Moves local variables to private memory and global ones to global or constant memory.
void placeVariables(llvm::Module &);

} // namespace linkgrad
