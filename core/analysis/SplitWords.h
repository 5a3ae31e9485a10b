//===- SplitWords.h - words of a float and an integer, moved --*- C++ -*-===//
#pragma once
#include "MemoryGraph.h"

namespace linkgrad {

/// Moves the halves of such words one by one.  Returns whether anything changed.
bool splitWords(llvm::Function &function, const MemoryGraph &graph);

} // namespace linkgrad
