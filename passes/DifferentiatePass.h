//===- DifferentiatePass.h - the engine as a stage --------------*- C++ -*-===//
#pragma once
#include "core/Engine.h"

namespace linkgrad {

/// Replaces the module's requests by derivatives and links the support code
/// these call.  What went wrong has been reported when this returns.
EngineResult differentiateModule(llvm::Module &, const EngineOptions &);

} // namespace linkgrad
