//===- Lowering.h - fewer forms for the engine to know ----------*- C++ -*-===//
#pragma once
#include "MemoryGraph.h"

namespace linkgrad {

/// Rewrites what has an equal form in simpler operations:
///   realloc      as malloc, memcpy and free
///   byval        as a copy made at entry
///   integers     that were pointers and become pointers again as pointers
///   empty asm    that only hides a value from the optimiser as that value
/// Values and effects of the program stay the same.
void lowerForDifferentiation(llvm::Function &function);

/// The part of it that concerns pointers in integers.
void lowerPointerWebs(llvm::Function &function);

/// Floats that travel as integers (the copies SROA makes of memcpy, structs in
/// registers) are given their type: loads, stores, phis and selects of integers
/// that the memory graph knows to be floats.  Returns whether anything changed.
bool retypeFloatBits(llvm::Function &function, const MemoryGraph &graph);

/// Whether an integer loaded from where floats are stored is only moved on: to
/// memory, or into a float again.  Where it is counted with, it is a number.
bool isMovedOn(const llvm::Instruction &inst);
/// Integer operations that pass bits of a floating-point value on.
bool movesBits(const llvm::Instruction &inst);

} // namespace linkgrad
