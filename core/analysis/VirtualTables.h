//===- VirtualTables.h - what a virtual call may run ------------*- C++ -*-===//
//
// Of all functions whose address is taken, a call through a pointer may run those whose
// type fits.  About virtual functions of C++ more is known: their addresses lie in tables
// alone, and whoever calls one takes it from there:
//
//   %table = load ptr, ptr %object
//   %place = getelementptr i8, ptr %table, i64 24
//   %f = load ptr, ptr %place                          a virtual function of slot 24,
//   call double %f(ptr %object)                        or something that is not virtual
//
// A type-based alias tag on the first load, which clang writes when it optimises, says that it is a
// table that is read; then %f is a virtual function.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"
#include <optional>

namespace linkgrad {

/// Whether a table of functions, or code, holds an address through \p use.  What
/// requests and registrations say about a function does not let it be called.
bool holdsAddress(const llvm::Use &use);

class VirtualTables {
public:
  explicit VirtualTables(const llvm::Module &module);
  /// Takes out of \p functions those that \p call, a call through a pointer, cannot run.
  void restrict(llvm::SmallVectorImpl<llvm::Function *> &functions, const llvm::CallBase &call) const;

private:
  bool addTable(const llvm::GlobalVariable &global);
  bool liesElsewhere(const llvm::Use &use) const;

  llvm::DenseSet<const llvm::GlobalVariable *> tables;
  /// Distances from where an object points in its table; of functions that lie in tables alone.
  llvm::DenseMap<const llvm::Function *, llvm::SmallVector<int64_t, 2>> slots;
};

} // namespace linkgrad
