//===- SplitWords.h - what moves several things at once --------*- C++ -*-===//
#pragma once
#include "MemoryGraph.h"

namespace linkgrad {

/// Moves the halves of such words one by one, and the words of vectors in which pointers lie.  Returns whether anything
/// changed.
bool splitWords(llvm::Function &function, const MemoryGraph &graph);

} // namespace linkgrad
