//===- Runtime.h - calls of the embedded support code -----------*- C++ -*-===//
#pragma once
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

/// Emits calls of the functions of core/runtime.
class Runtime {
public:
  explicit Runtime(llvm::Module &module) : module(module) {}

  llvm::Value *push(llvm::IRBuilderBase &b, llvm::Value *bytes) const;
  llvm::Value *peek(llvm::IRBuilderBase &b, uint64_t bytes) const;
  void pop(llvm::IRBuilderBase &b, llvm::Value *start) const;

  void defer(llvm::IRBuilderBase &b, llvm::Value *release, llvm::Value *pointer, llvm::Value *size,
             llvm::Value *alignment) const;
  llvm::Value *deferredMark(llvm::IRBuilderBase &b) const;
  void releaseDeferred(llvm::IRBuilderBase &b, llvm::Value *mark) const;

  /// s̄ += d̄, d̄ = 0 for one member of type \p real.
  void transfer(llvm::IRBuilderBase &b, llvm::Type *real, llvm::Value *destination, llvm::Value *source,
                llvm::Value *bytes, uint64_t period, uint64_t offset) const;
  void clear(llvm::IRBuilderBase &b, llvm::Type *real, llvm::Value *destination, llvm::Value *bytes, uint64_t period,
             uint64_t offset) const;
  void copyMembers(llvm::IRBuilderBase &b, llvm::Value *destination, llvm::Value *source, llvm::Value *bytes,
                   uint64_t period, uint64_t offset, uint64_t size) const;
  void fillMembers(llvm::IRBuilderBase &b, llvm::Value *destination, llvm::Value *value, llvm::Value *bytes,
                   uint64_t period, uint64_t offset, uint64_t size) const;
  /// Split mode: a tape of its own, entered and left around each pass.
  llvm::Value *openTape(llvm::IRBuilderBase &b) const;
  void enterTape(llvm::IRBuilderBase &b, llvm::Value *tape) const;
  void leaveTape(llvm::IRBuilderBase &b, llvm::Value *tape) const;
  void closeTape(llvm::IRBuilderBase &b, llvm::Value *tape) const;
  /// Stops the program with \p message.
  void noDerivative(llvm::IRBuilderBase &b, llvm::StringRef message) const;

private:
  llvm::CallInst *call(llvm::IRBuilderBase &b, llvm::StringRef name, llvm::Type *result,
                       llvm::ArrayRef<llvm::Value *> arguments) const;
  llvm::Module &module;
};

} // namespace linkgrad
