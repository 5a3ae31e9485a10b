//===- ModuleSnapshot.h - a refused link leaves no trace --------*- C++ -*-===//
//
// Differentiation adds functions and globals, and replaces calls in the functions
// that ask for derivatives.  A snapshot keeps the bodies of the latter aside, out
// of the module, and remembers what was there; restore() puts the bodies back and
// erases the rest.  Because requests nest, those of an early round are long
// replaced when one of a later round is refused.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/Module.h"
#include <vector>

namespace linkgrad {

class ModuleSnapshot {
public:
  explicit ModuleSnapshot(llvm::Module &module);
  ~ModuleSnapshot();
  ModuleSnapshot(const ModuleSnapshot &) = delete;
  ModuleSnapshot &operator=(const ModuleSnapshot &) = delete;

  /// To be called before the body of \p function, which asks for no derivative, is changed.
  void save(llvm::Function &function);
  /// Makes the module what it was.
  void restore();

private:
  struct Saved {
    llvm::Function *function;
    llvm::Function *body; ///< a copy that is in no module
  };
  void eraseAdded();

  llvm::Module &module;
  llvm::DenseSet<const llvm::GlobalValue *> before;
  std::vector<Saved> saved;
};

} // namespace linkgrad
