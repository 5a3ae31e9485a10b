//===- Scalars.h - what structs, arrays and vectors are made of -*- C++ -*-===//
#pragma once
#include "llvm/IR/IRBuilder.h"

namespace linkgrad {

/// Appends what is not a struct, array or vector in \p type.
void scalarsOf(llvm::Type *type, llvm::SmallVectorImpl<llvm::Type *> &scalars);
/// Appends the scalars in \p value.
void takeApart(llvm::IRBuilder<> &b, llvm::Value *value, llvm::SmallVectorImpl<llvm::Value *> &scalars);
/// A value of \p type made of the first of \p scalars, which are taken off.
llvm::Value *putTogether(llvm::IRBuilder<> &b, llvm::Type *type, llvm::ArrayRef<llvm::Value *> &scalars);

} // namespace linkgrad
