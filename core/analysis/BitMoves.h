//===- BitMoves.h - what integer operations do to a number's bits -*- C++ -*-===//
//
// Numbers travel as integers: SROA copies structs so, and the ABI passes them so.  An
// integer may be moved on, as the bits of a number are, or counted with, as only an
// integer is.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/IR/Instructions.h"

namespace linkgrad {

/// Whether an integer (loaded from where floats are stored, say) is moved on: to
/// memory, into a float again, to another function.  Where it is only counted with,
/// it is a number.
bool isMovedOn(const llvm::Value &integer, unsigned depth = 0);
/// One byte is not a number: only where all of its bytes are copied, in a loop or one beside the other, may a number
/// travel byte by byte.
bool isByteAmongMany(const llvm::StoreInst &store);
/// Whether it may be a number when it arrives: it is no length, neither of a container nor of a copy.
bool isMovedAsNumber(const llvm::LoadInst &load);
/// The program says that it reads an integer, and does not make a number of its bits.
bool isReadAsInteger(const llvm::LoadInst &load);
/// It is stored, compared or counted with in this function, and never put beside others.
bool isMovedWhole(const llvm::LoadInst &load);
/// The integer that \p load reads is part of a number at most: nothing to follow.
void markPartOfNumber(llvm::LoadInst &load);
/// Whether a floating-point number may be something else, of which a copy is made.
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
/// Two bytes that are widened, and never put beside others again, are part of a number at
/// most, unless the program knows numbers of two bytes (\p smallReals).
void markWidened(llvm::Function &function, bool smallReals);

} // namespace linkgrad
