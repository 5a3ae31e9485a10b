//===- CountedBits.h - integer arithmetic on what lies in memory -*- C++ -*-===//
//
// Bytes that are a floating-point number at one time may be an integer at another:
// a union with a tag.  `u.i + 1` is arithmetic on an integer then, and has no
// derivative.  But the same instructions may add to the exponent of a number, which
// then depends on what it was.  Which of the two it is, is known at run time only:
//
//   reverse   where the result is stored, or joins numbers on their way to memory, the
//             adjoint that has been gathered is zero, unless somebody read a number;
//   forward   the tangents of what was loaded are zero, unless it was a number.
//
// So the derivative takes the result for an integer and checks just that; and likewise what
// is only moved, where the program says that it is an integer (DeclaredTypes.cpp).  Arithmetic
// on bits whose result is a number at once, and is counted with, is refused.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Instructions.h"

namespace linkgrad {

/// Integer arithmetic whose operands come from memory, from other functions, or are
/// integers for certain, and whose results go nowhere but to memory, comparisons,
/// indices and conversions, or meet numbers.
bool countsInMemory(const llvm::BinaryOperator &operation);

/// The loads, arguments and results with which the integer was computed that \p cast makes a number of, one
/// that is only passed on; empty if there was no arithmetic in memory.
llvm::SmallVector<const llvm::Value *> rootsCountedWith(const llvm::BitCastInst &cast);

/// Arithmetic made \p integer, and bits from registers took no part.
bool isCountedFromMemory(const llvm::Value &integer);

/// Whether what is read there is taken for an integer, even if nothing is done but to move it.
using IsInteger = llvm::function_ref<bool(const llvm::LoadInst &)>;

/// What the integer that \p store stores (perhaps given the type of a number) was
/// computed of by arithmetic, or read from where \p isInteger says that it is one; empty if neither.
llvm::SmallVector<const llvm::Value *> rootsCountedWith(const llvm::StoreInst &store, IsInteger isInteger);

} // namespace linkgrad
