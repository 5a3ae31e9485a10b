//===- LinkChecks.h - requests nobody will answer ---------------*- C++ -*-===//
#pragma once
#include "llvm/IR/PassManager.h"

namespace linkgrad {

/// Refuses requests in a ThinLTO module, which the whole-program pipeline never
/// sees, and names the flag to change.
class ThinLinkCheckPass : public llvm::PassInfoMixin<ThinLinkCheckPass> {
public:
  llvm::PreservedAnalyses run(llvm::Module &, llvm::ModuleAnalysisManager &);
  static bool isRequired() { return true; }
};

/// Reports anything of ours that reached the end of a full link.
class LeftoverCheckPass : public llvm::PassInfoMixin<LeftoverCheckPass> {
public:
  llvm::PreservedAnalyses run(llvm::Module &, llvm::ModuleAnalysisManager &);
  static bool isRequired() { return true; }
};

} // namespace linkgrad
