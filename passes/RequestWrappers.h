//===- RequestWrappers.h - let requests see their function ------*- C++ -*-===//
#pragma once
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

/// Has functions inlined that pass a function on to a request.  Returns these
/// and their callers, all of which must be optimised for it.
llvm::SetVector<llvm::Function *> inlineRequestWrappers(llvm::Module &);

} // namespace linkgrad
