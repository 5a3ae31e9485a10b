//===- Finish.h - last touches to an emitted derivative ---------*- C++ -*-===//
#pragma once
#include "../plan/DerivativePlan.h"

namespace linkgrad {

/// Tells LLVM what holds of a finished derivative: accesses to the tape overlap
/// with no other access.
void finishDerivative(llvm::Function &function, const DerivativePlan &plan);

} // namespace linkgrad
