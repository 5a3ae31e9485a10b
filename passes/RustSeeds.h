//===- RustSeeds.h - the adjoint that rustc drops ---------------*- C++ -*-===//
#pragma once
#include "llvm/IR/PassManager.h"

namespace linkgrad {

/// Hands the seed of each reverse derivative of std::autodiff to its request.  To be run before anything is inlined.
class RustSeedsPass : public llvm::PassInfoMixin<RustSeedsPass> {
public:
  llvm::PreservedAnalyses run(llvm::Module &, llvm::ModuleAnalysisManager &);
  static bool isRequired() { return true; }
};

} // namespace linkgrad
