//===- RustcDiagnostics.h - errors that rustc passes on ---------*- C++ -*-===//
#pragma once
#include "llvm/IR/Module.h"

namespace linkgrad {

/// While it lives, errors and notes reach rustc in a form that rustc shows.
class RustcDiagnostics {
public:
  explicit RustcDiagnostics(llvm::Module &);
  ~RustcDiagnostics();
  RustcDiagnostics(const RustcDiagnostics &) = delete;

private:
  llvm::LLVMContext &context;
};

} // namespace linkgrad
