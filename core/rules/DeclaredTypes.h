//===- DeclaredTypes.h - what the program says of an access -----*- C++ -*-===//
#pragma once
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

namespace linkgrad {

/// Whether the program itself says that the access is of a floating-point number
/// (type-based alias metadata); else it may be a copy of bytes of any type.
bool isDeclaredReal(const llvm::Instruction &access);

/// The type of the number whose bits are loaded or stored; else the type of what is.
llvm::Type *declaredTypeOf(const llvm::Instruction &access);

/// The same of an integer of at most 32 bits that is read.  (Wider ones are pointers as
/// well, in many a program; and what is written may be a piece of something else.)
bool isDeclaredInteger(const llvm::LoadInst &access);

/// The type of the integers that are copied, if the program says that they are such (a loop
/// that was made into a memcpy); or null.
llvm::Type *declaredIntegers(const llvm::AnyMemTransferInst &copy);

} // namespace linkgrad
