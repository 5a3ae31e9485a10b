//===- RequestEmitter.h - a request becomes calls ---------------*- C++ -*-===//
#pragma once
#include "../plan/DerivativePlan.h"
#include "../request/DerivativeRequest.h"
#include "Runtime.h"

namespace linkgrad {

/// Replaces the call of an entry point, which checkRequestTypes has accepted, by
/// calls of the derivative.
class RequestEmitter {
public:
  RequestEmitter(const DerivativeRequest &request, const Derivative &derivative,
                 const llvm::DenseSet<const llvm::GlobalVariable *> &activeGlobals)
      : request(request), derivative(derivative), activeGlobals(activeGlobals),
        runtime(*request.call->getModule(), request.key.level) {}
  void emit();

private:
  void emitForward(llvm::IRBuilder<> &b);
  void emitGradient(llvm::IRBuilder<> &b);
  void emitAugmented(llvm::IRBuilder<> &b);
  void emitReverse(llvm::IRBuilder<> &b);
  llvm::SmallVector<llvm::Value *> arguments(llvm::IRBuilder<> &b);
  void appendSeeds(llvm::SmallVectorImpl<llvm::Value *> &arguments, llvm::IRBuilder<> &b);
  void appendGivenSeeds(llvm::SmallVectorImpl<llvm::Value *> &arguments, llvm::IRBuilder<> &b);
  /// A table of the globals that have shadows, and its length.
  using Ranges = std::pair<llvm::Constant *, uint64_t>;
  const Ranges &shadowRanges(unsigned lane);
  void resetGlobals(llvm::IRBuilder<> &b);
  void resetShadow(llvm::GlobalVariable &global, unsigned lane, llvm::IRBuilder<> &b);
  void replaceBy(llvm::ArrayRef<llvm::Value *> scalars, llvm::IRBuilder<> &b);

  const DerivativeRequest &request;
  const Derivative &derivative;
  const llvm::DenseSet<const llvm::GlobalVariable *> &activeGlobals;
  Runtime runtime;
  llvm::SmallVector<std::optional<Ranges>> ranges; ///< by lane, made when needed
};

} // namespace linkgrad
