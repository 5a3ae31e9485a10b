//===- RustPairs.h - which parameters are one pair by value -----*- C++ -*-===//
#pragma once
#include "llvm/IR/Function.h"
#include <optional>

namespace linkgrad {

/// Which parameters of a Rust function are the halves of one argument.
class RustPairs {
public:
  /// \p skipped parameters at the beginning are the compiler's own.
  RustPairs(const llvm::Function &function, unsigned skipped);
  /// Whether a parameter (not counting those skipped) and the next are a pair.  Nothing if neither the names of the
  /// parameters nor debug information tell.
  std::optional<bool> startsAt(unsigned parameter) const;

private:
  bool readNames(const llvm::Function &function, unsigned skipped);
  bool readDebugInfo(const llvm::Function &function, unsigned skipped);

  llvm::SmallVector<bool> starts;
  bool known;
};

} // namespace linkgrad
