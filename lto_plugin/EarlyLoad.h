//===- EarlyLoad.h - be there before lld drops registrations ----*- C++ -*-===//
#pragma once
#include "llvm/IR/PassManager.h"

namespace linkgrad {

/// First pass of a full link: makes sure nothing was dropped that we look for.
class EarlyLoadPass : public llvm::PassInfoMixin<EarlyLoadPass> {
public:
  llvm::PreservedAnalyses run(llvm::Module &, llvm::ModuleAnalysisManager &);
  static bool isRequired() { return true; }
};

} // namespace linkgrad
