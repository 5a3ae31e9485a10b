//===- StageRunner.h - everything about a stage but its work ----*- C++ -*-===//
#pragma once
#include "passes/Options.h"
#include "passes/Report.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace linkgrad {

/// Runs stages of the pipeline.  Each is timed, appears in -time-trace, is named
/// when it crashes, and leaves no stale analysis behind.
class StageRunner {
public:
  StageRunner(llvm::Module &module, llvm::ModuleAnalysisManager &analyses, const Options &options, Report &report)
      : module(module), analyses(analyses), options(options), report(report) {}

  void operator()(llvm::StringRef name, llvm::function_ref<void()> work);

private:
  /// For --save-stages: 1-prepare.ll, 2-optimise.ll, ...
  void save(llvm::StringRef name);

  llvm::Module &module;
  llvm::ModuleAnalysisManager &analyses;
  const Options &options;
  Report &report;
};

} // namespace linkgrad
