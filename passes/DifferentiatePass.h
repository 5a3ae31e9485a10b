//===- DifferentiatePass.h - the engine as a stage --------------*- C++ -*-===//
#pragma once
#include "core/Engine.h"

namespace linkgrad {

/// Replaces the module's requests by derivatives and links the support code
/// these call.  What went wrong has been reported when this returns.
/// \p beforeSupportCode runs when all is differentiated and the support code is not linked yet.
EngineResult
differentiateModule(llvm::Module &, const EngineOptions &, llvm::function_ref<void()> beforeSupportCode = [] {});

} // namespace linkgrad
