//===- TargetLowering.h - x86 intrinsics as ordinary code -------*- C++ -*-===//
#pragma once
#include "llvm/IR/Function.h"

namespace linkgrad {

/// Rewrites intrinsics of x86 vector units, which <immintrin.h> leaves in a program,
/// as shuffles, arithmetic, selects and masked accesses of the same meaning.
void lowerTargetIntrinsics(llvm::Function &function);

} // namespace linkgrad
