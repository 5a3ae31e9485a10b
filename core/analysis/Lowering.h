//===- Lowering.h - fewer forms for the engine to know ----------*- C++ -*-===//
#pragma once
#include "MemoryGraph.h"
#include "llvm/IR/IRBuilder.h"
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

/// Two bytes that are widened, and never put beside others again, are part of a number at
/// most, unless the program knows numbers of two bytes (\p smallReals).
void markWidened(llvm::Function &function, bool smallReals);

/// Loops of few turns that move an object word by word are written out: see WordLoops.cpp.
void writeOutWordLoops(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);

/// Floats that travel as integers (the copies SROA makes of memcpy, structs in
/// registers) are given their type: loads, stores, phis and selects of integers
/// that the memory graph knows to be floats.  Returns whether anything changed.
bool retypeFloatBits(llvm::Function &function, const MemoryGraph &graph);

/// A float and an integer, or two floats, that share a register.
inline bool isPackedHalves(const llvm::Type *type) {
  auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
  return vector && vector->getNumElements() == 2 && vector->getElementType()->isFloatTy();
}
/// The halves of \p integer (an i64) as a vector of \p real, as they are put together if that can be seen.
llvm::Value *packHalves(llvm::Value *integer, llvm::Type *real, llvm::IRBuilder<> &b);
/// The same as \p load or \p store of an i64 where a float lies beside an integer, half by half.
llvm::Value *loadHalves(llvm::LoadInst &load, const MemoryGraph &graph, llvm::IRBuilder<> &b);
void storeHalves(llvm::StoreInst &store, const MemoryGraph &graph, llvm::IRBuilder<> &b);
/// What takes a half of an integer that is such a vector takes an element of it.  Returns whether anything did.
bool unpackHalves(llvm::Function &function);

/// Loops that copy numbers byte by byte become memmove.  Returns whether there were any.
bool raiseByteCopies(llvm::Function &function, llvm::FunctionAnalysisManager &analyses, const MemoryGraph &graph);

/// Whether an integer (loaded from where floats are stored, say) is moved on: to
/// memory, into a float again, to another function.  Where it is only counted with,
/// it is a number.
bool isMovedOn(const llvm::Value &integer, unsigned depth = 0);
/// Whether it may be a number when it arrives: it is no length, neither of a container nor of a copy.
bool isMovedAsNumber(const llvm::LoadInst &load);
/// The integer that \p load reads is part of a number at most: nothing to follow.
void markPartOfNumber(llvm::LoadInst &load);
/// Whether the program itself says that the access is of a floating-point number
/// (type-based alias metadata); else it may be a copy of bytes of any type.
bool isDeclaredReal(const llvm::Instruction &access);
/// The same of a floating-point number that may be something else.
bool isPassedOn(const llvm::LoadInst &load);
/// Integer operations that pass bits of a floating-point value on.
bool movesBits(const llvm::Instruction &inst);
/// The same of structs of integers.
bool movesStructOfBits(const llvm::Instruction &inst);
/// Integer operations that pass whole bytes on, so that the bits of a tangent may
/// pass in the same way: not those that change a sign or an exponent.
bool movesWholeBytes(const llvm::Instruction &inst);
/// Arithmetic on integers: what enters it is a number, not the bits of one.
bool countsWithBits(const llvm::Value &value);

} // namespace linkgrad
