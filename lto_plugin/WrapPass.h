//===- WrapPass.h - the linker's --wrap, inside a module --------*- C++ -*-===//
#pragma once
#include "llvm/IR/PassManager.h"

namespace linkgrad {

/// Redirects what --wrap redirects, before anything is inlined or differentiated.
class WrapPass : public llvm::PassInfoMixin<WrapPass> {
public:
  llvm::PreservedAnalyses run(llvm::Module &, llvm::ModuleAnalysisManager &);
  static bool isRequired() { return true; }
};

} // namespace linkgrad
