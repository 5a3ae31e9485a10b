//===- Signatures.h - types of derivative functions -------------*- C++ -*-===//
//
// For f: (a, p) -> r with a active, p duplicated, width w, [x]w meaning w values:
//
//   f.jvp       (a, [ȧ]w, p, [ṗ]w)              -> {r, [ṙ]w}    r alone if it is constant
//   f.gradient  (a, p, [p̄]w, [r̄]w)             -> {r, [ā]w}
//   f.augmented (a, p, [p̄]w)                    -> {r, [r̄]w}    r alone unless a shadowed pointer
//   f.pullback  (a, p, [p̄]w, [r̄]w)             -> {[ā]w}
//
// A result that holds a number and a pointer has a shadow in f.augmented and an
// adjoint in f.pullback.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../plan/DerivativePlan.h"
#include "ShadowBuilder.h"

namespace linkgrad {

/// Creates the function declarations of \p derivative from its key.
void declareDerivative(Derivative &derivative);

/// The parameters of a derivative function, sorted by role.
struct Parameters {
  llvm::SmallVector<llvm::Value *> primal;
  llvm::SmallVector<Lanes> shadows; ///< empty lanes where the argument has none
  Lanes seeds;                      ///< adjoint of the result
};
Parameters parametersOf(llvm::Function &function, const DerivativeKey &key);
/// Whether the key's result comes back with an adjoint.
bool hasSeed(const DerivativeKey &key);

} // namespace linkgrad
