//===- Lowering.h - fewer forms for the engine to know ----------*- C++ -*-===//
#pragma once
#include "MemoryGraph.h"
#include "llvm/IR/PassManager.h"

namespace linkgrad {

/// Rewrites what has an equal form in simpler operations:
///   realloc      as malloc, memcpy and free
///   byval        as a copy made at entry
///   integers     that were pointers and become pointers again as pointers
///   overflow     checked arithmetic on integers as arithmetic and a check
///   empty asm    that only hides a value from the optimiser as that value
///   shifts       that spread a sign over a word as a comparison
/// Values and effects of the program stay the same.
void lowerForDifferentiation(llvm::Function &function);

/// The part of it that concerns pointers in integers.
void lowerPointerWebs(llvm::Function &function);

/// Pointers at one of two places in an object, which a condition chooses, are accessed in two branches.
void splitFieldChoices(llvm::Function &function);

/// Loops of few turns that move an object word by word are written out: see WordLoops.cpp.
void writeOutWordLoops(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);

/// Loops that copy numbers byte by byte become memmove.  Returns whether there were any.
bool raiseByteCopies(llvm::Function &function, llvm::FunctionAnalysisManager &analyses, const MemoryGraph &graph);

} // namespace linkgrad
