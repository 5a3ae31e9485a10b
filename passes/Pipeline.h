//===- Pipeline.h - the seven stages ----------------------------*- C++ -*-===//
#pragma once
#include "passes/Host.h"
#include "llvm/IR/PassManager.h"

namespace linkgrad {

/// Differentiates what a whole program asks for.  See Pipeline.cpp for the story.
class PipelinePass : public llvm::PassInfoMixin<PipelinePass> {
public:
  /// \p link is the level the link was asked for; none where there is no link, and the host compiles as usual.
  PipelinePass(Host host, std::optional<llvm::OptimizationLevel> link) : host(host), link(link) {}
  llvm::PreservedAnalyses run(llvm::Module &, llvm::ModuleAnalysisManager &);
  static bool isRequired() { return true; }

private:
  Host host;
  std::optional<llvm::OptimizationLevel> link;
};

/// Whether a run of the pipeline has refused a request of this module.
bool wasRefused(const llvm::Module &);

/// Stages 1 and 2 alone: the module the engine sees.
class PrepareOptimisePass : public llvm::PassInfoMixin<PrepareOptimisePass> {
public:
  explicit PrepareOptimisePass(Host host) : host(host) {}
  llvm::PreservedAnalyses run(llvm::Module &, llvm::ModuleAnalysisManager &);
  static bool isRequired() { return true; }

private:
  Host host;
};

/// Stage 3 alone, on the module as it is.
class DifferentiatePass : public llvm::PassInfoMixin<DifferentiatePass> {
public:
  llvm::PreservedAnalyses run(llvm::Module &, llvm::ModuleAnalysisManager &);
  static bool isRequired() { return true; }
};

} // namespace linkgrad
