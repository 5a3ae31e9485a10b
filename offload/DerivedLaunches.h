//===- DerivedLaunches.h - derivatives of launches --------------*- C++ -*-===//
#pragma once
#include "offload/DeviceTarget.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

namespace linkgrad {

/// Makes launches of what the engine made of launches, or loops where that is not possible, and writes to \p report,
/// if there is one, which it was and why.  To be called while the engine's functions call those of its support code.
void lowerDerivedLaunches(llvm::Module &, const OffloadOptions &, llvm::raw_ostream *report);

} // namespace linkgrad
