//===- PreemptPass.h - definitions that may be replaced ---------*- C++ -*-===//
#pragma once
#include "llvm/IR/PassManager.h"

namespace linkgrad {

/// Makes calls of functions that this link does not decide about calls of a declaration.
class PreemptPass : public llvm::PassInfoMixin<PreemptPass> {
public:
  /// \p isOneFile: another link comes, of which nothing is known here.
  explicit PreemptPass(bool isOneFile = false) : isOneFile(isOneFile) {}
  llvm::PreservedAnalyses run(llvm::Module &, llvm::ModuleAnalysisManager &);
  static bool isRequired() { return true; }

private:
  bool isOneFile;
};

/// Makes them calls of the definition again; says what hid it, should the program have been refused.
class UnpreemptPass : public llvm::PassInfoMixin<UnpreemptPass> {
public:
  llvm::PreservedAnalyses run(llvm::Module &, llvm::ModuleAnalysisManager &);
  static bool isRequired() { return true; }
};

} // namespace linkgrad
