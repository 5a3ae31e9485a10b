//===- LibraryLowering.h - library calls as simpler code --------*- C++ -*-===//
#pragma once
#include "llvm/IR/Function.h"

namespace linkgrad {

/// Rewrites calls of library functions that move or find elements they are told
/// only the size of (qsort, bsearch): the library's part becomes integers, and
/// the elements are moved by code of the function itself.
void lowerLibraryCalls(llvm::Function &function);

} // namespace linkgrad
