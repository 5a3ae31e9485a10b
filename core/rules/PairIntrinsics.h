//===- PairIntrinsics.h - intrinsics with two results -----------*- C++ -*-===//
#pragma once
#include "llvm/IR/Function.h"

namespace linkgrad {

/// Rewrites llvm.sincos, llvm.sincospi, llvm.modf and llvm.frexp, whose result
/// is a struct, into operations with one result, which ScalarRules knows.  (clang
/// makes them from the functions of libm.)  Values stay the same.
/// Returns whether there were any.
bool splitPairIntrinsics(llvm::Function &function);

} // namespace linkgrad
