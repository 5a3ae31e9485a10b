//===- AdjointTypes.h - what type an adjoint has ----------------*- C++ -*-===//
#pragma once
#include "llvm/IR/Value.h"

namespace linkgrad {

/// The type of the adjoint of \p value; null if it cannot have one.
llvm::Type *adjointType(const llvm::Value *value);

} // namespace linkgrad
