//===- RetypeBits.h - floats in integers are given their type ---*- C++ -*-===//
#pragma once
#include "MemoryGraph.h"

namespace linkgrad {

/// Floats that travel as integers (the copies SROA makes of memcpy, structs in
/// registers) are given their type: loads, stores, phis and selects of integers
/// that the memory graph knows to be floats.  Returns whether anything changed.
bool retypeFloatBits(llvm::Function &function, const MemoryGraph &graph);

} // namespace linkgrad
