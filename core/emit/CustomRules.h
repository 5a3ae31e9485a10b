//===- CustomRules.h - calling derivatives that others wrote ----*- C++ -*-===//
//
// The program registers {f, augmented, reverse} and {f, tangent}; core/runtime has
// functions of the same shape for parts of libm.  For R f(args):
//
//   augmented(args, shadows behind pointers)              -> {tape, R, shadow of R}
//   reverse(the same, adjoint of R, tape)                 -> adjoints of the float args
//   tangent(args, shadow or tangent behind each)          -> {R, tangent}
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../rules/CustomSignature.h"
#include "ShadowBuilder.h"

namespace linkgrad {

class CustomRuleCall {
public:
  CustomRuleCall(const llvm::CallBase &call, const CustomRule &rule, const DerivativePlan &plan,
                 Diagnostics &diagnostics)
      : call(call), rule(rule), plan(plan), diagnostics(diagnostics) {}

  using PrimalOf = llvm::function_ref<llvm::Value *(const llvm::Value *)>;
  using ShadowOf = llvm::function_ref<Lanes(const llvm::Value *)>;
  struct Augmented {
    llvm::Value *tape = nullptr, *primal = nullptr, *shadow = nullptr;
  };
  Augmented emitAugmented(PrimalOf primal, ShadowOf shadow, llvm::IRBuilder<> &b);

  /// Adjoints of the arguments, in the order of the call; null for those that have none.
  llvm::SmallVector<llvm::Value *> emitReverse(PrimalOf primal, ShadowOf shadow, llvm::Value *adjoint,
                                               llvm::Value *tape, llvm::IRBuilder<> &b);

  struct Tangent {
    llvm::Value *primal = nullptr, *tangent = nullptr;
  };
  /// \p tangent gives the tangent (or shadow) of an argument.
  Tangent emitTangent(PrimalOf primal, PrimalOf tangent, llvm::IRBuilder<> &b);

private:
  bool appendArguments(llvm::Function &callee, PrimalOf primal, PrimalOf beside, bool besideReals, size_t extra,
                       llvm::SmallVectorImpl<llvm::Value *> &arguments);
  /// Calls \p callee; its result as a flat list.
  llvm::SmallVector<llvm::Value *> callFlat(llvm::Function &callee, llvm::ArrayRef<llvm::Value *> arguments,
                                            llvm::IRBuilder<> &b);
  void refuse(llvm::StringRef expectation);
  bool fits(const llvm::Function &callee, llvm::ArrayRef<llvm::Value *> arguments) const;

  const llvm::CallBase &call;
  const CustomRule &rule;
  const DerivativePlan &plan;
  Diagnostics &diagnostics;
};

} // namespace linkgrad
