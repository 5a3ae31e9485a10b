//===- OptimisePass.h - the nested pipelines ----------------*- C++ -*-===//
#pragma once
#include "passes/Host.h"

namespace linkgrad {

/// O3 without vectorisation and unrolling: what is best to differentiate.
void optimiseForDifferentiation(llvm::Module &, llvm::ModuleAnalysisManager &, const Host &);

/// Full O3: what is best to run, at whatever level the link was asked for.
void optimiseForExecution(llvm::Module &, llvm::ModuleAnalysisManager &, const Host &);

/// Whether the compiler has left optimising to the link, as with the flags of
/// linkgrad-config.
bool wasNeverOptimised(const llvm::Module &);

/// What the compiler would have done, for a program that makes no request.
void optimiseAsCompiler(llvm::Module &, llvm::ModuleAnalysisManager &, const Host &, llvm::OptimizationLevel);

} // namespace linkgrad
