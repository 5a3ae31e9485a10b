//===- Needed.h - what the reverse sweep reads ------------------*- C++ -*-===//
#pragma once
#include "DerivativePlan.h"

namespace linkgrad {

/// Finds the instructions that have a reverse, and the primal values and shadow
/// pointers their reverses read.  What is read follows from the rules; this is
/// the list that PullbackEmitter must agree with.
class NeedCollector {
public:
  explicit NeedCollector(DerivativePlan &plan) : plan(plan) {}
  /// Which instructions the reverse sweep has work for.
  void findRelevant();
  /// What that work reads, control flow included.
  void collect();

private:
  bool isRelevant(const llvm::Instruction &inst) const;
  bool isRelevantCall(const llvm::CallBase &call) const;
  void needsOf(const llvm::Instruction &inst);
  void needsOfCall(const llvm::CallBase &call);
  void needsOfControl(const llvm::BasicBlock &block);
  void value(const llvm::Value *value);
  void shadow(const llvm::Value *pointer);
  void word(const llvm::Value *value);

  DerivativePlan &plan;
};

} // namespace linkgrad
