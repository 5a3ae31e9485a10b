//===- Host.h - what the passes need to know of their host ------*- C++ -*-===//
#pragma once
#include "llvm/Passes/PassBuilder.h"

namespace linkgrad {

/// The compiler or linker that loaded us, as far as nested pipelines need it.
struct Host {
  llvm::TargetMachine *target = nullptr;
  llvm::PassInstrumentationCallbacks *instrumentation = nullptr;
};

/// Reads the host's target machine and instrumentation out of its PassBuilder.
Host hostOf(llvm::PassBuilder &);

} // namespace linkgrad
