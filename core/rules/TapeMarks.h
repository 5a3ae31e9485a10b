//===- TapeMarks.h - marks on what belongs to the tape ----------*- C++ -*-===//
#pragma once
#include "llvm/IR/Function.h"
#include "llvm/IR/GlobalVariable.h"

namespace linkgrad {

inline constexpr llvm::StringLiteral tapeDescriptorAttribute = "linkgrad-tape";
inline constexpr llvm::StringLiteral balancedAttribute = "linkgrad-balanced";

/// A global that stands for one kind of memory on the tape (emit/TapeViews.cpp).
inline bool isTapeDescriptor(const llvm::GlobalVariable &global) {
  return global.hasAttribute(tapeDescriptorAttribute);
}
/// A derivative that leaves the tape as it found it.
inline bool isBalanced(const llvm::Function &function) { return function.hasFnAttribute(balancedAttribute); }

} // namespace linkgrad
