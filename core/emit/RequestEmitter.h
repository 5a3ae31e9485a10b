//===- RequestEmitter.h - a request becomes calls ---------------*- C++ -*-===//
#pragma once
#include "../plan/DerivativePlan.h"
#include "../request/DerivativeRequest.h"
#include "Runtime.h"

namespace linkgrad {

/// Gives the function a request names a body of its own where it has none to
/// differentiate: a library function or one with a custom derivative is wrapped
/// in a function that calls it, one that returns through memory in one that
/// returns by value.
void wrapRequestedFunction(llvm::CallInst &call, const Registrations &registrations);

/// Replaces the call of an entry point by calls of the derivative.
class RequestEmitter {
public:
  RequestEmitter(const DerivativeRequest &request, const Derivative &derivative,
                 const llvm::DenseSet<const llvm::GlobalVariable *> &activeGlobals, Diagnostics &diagnostics)
      : request(request), derivative(derivative), activeGlobals(activeGlobals), diagnostics(diagnostics),
        runtime(*request.call->getModule()) {}
  void emit();

private:
  void emitForward(llvm::IRBuilder<> &b);
  void emitGradient(llvm::IRBuilder<> &b);
  void emitAugmented(llvm::IRBuilder<> &b);
  void emitReverse(llvm::IRBuilder<> &b);
  llvm::SmallVector<llvm::Value *> arguments(llvm::IRBuilder<> &b);
  llvm::Value *converted(llvm::Value *value, llvm::Type *type, unsigned position, llvm::IRBuilder<> &b);
  void appendSeeds(llvm::SmallVectorImpl<llvm::Value *> &arguments, llvm::IRBuilder<> &b);
  void resetGlobals(llvm::IRBuilder<> &b);
  void replaceBy(llvm::ArrayRef<llvm::Value *> scalars, llvm::IRBuilder<> &b);

  const DerivativeRequest &request;
  const Derivative &derivative;
  const llvm::DenseSet<const llvm::GlobalVariable *> &activeGlobals;
  Diagnostics &diagnostics;
  Runtime runtime;
};

} // namespace linkgrad
