//===- EntryPoints.h - functions by which a program asks --------*- C++ -*-===//
#pragma once
#include "core/request/DerivativeRequest.h"
#include "llvm/ADT/STLExtras.h"

namespace linkgrad {

/// Whether a call of this function is a request to the engine.
inline bool isEntryPoint(const llvm::Function &function) { return entryOf(function).has_value(); }

/// Whether the module calls any.
inline bool hasRequests(const llvm::Module &module) {
  return llvm::any_of(module,
                      [](const llvm::Function &function) { return isEntryPoint(function) && !function.use_empty(); });
}

} // namespace linkgrad
