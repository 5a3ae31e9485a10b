//===- RustOperands.h - what std::autodiff passes to a request --*- C++ -*-===//
#pragma once
#include "core/request/DerivativeRequest.h"
#include "llvm/ADT/SmallVector.h"

namespace linkgrad {

/// A marker about arguments, and what stands behind it.
struct RustGroup {
  llvm::Value *marker;
  Marker kind;
  llvm::SmallVector<llvm::Value *> values;
  bool isDup() const { return kind == Marker::Dup || kind == Marker::DupNoNeed; }
};

/// The operands behind the primal.
struct RustOperands {
  llvm::SmallVector<llvm::Value *> options; ///< those before the first argument
  llvm::SmallVector<RustGroup> groups;
  unsigned width = 1;
  bool primalReturn = false;
  llvm::Value *seed = nullptr;
};

/// Nothing if this is not how rustc writes.
std::optional<RustOperands> readRustOperands(const llvm::CallInst &call);

/// Whether rustc makes requests for std::autodiff by this declaration.
bool isRustRequest(const llvm::Function &);

} // namespace linkgrad
