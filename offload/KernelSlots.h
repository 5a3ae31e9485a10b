//===- KernelSlots.h - how arguments travel to a device ---------*- C++ -*-===//
//
// libomptarget hands a kernel its arguments in slots of eight bytes, each a pointer or an
// integer.  The host takes every argument of a launch apart into slots, the device
// puts it together again; both sides ask here.
//
//   pointer                  itself; libomptarget translates what is mapped
//   double, float, short     its bits
//   i128, vectors            their bits, eight bytes at a time
//   structs in registers     the slots of their members
//   structs by value         a pointer to a copy that libomptarget makes on the device
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/IR/IRBuilder.h"

namespace linkgrad {

/// The types of the slots for values of \p type: ptr or i64.
llvm::SmallVector<llvm::Type *> slotTypes(llvm::Type *type, const llvm::DataLayout &);
/// Takes \p value apart.
void toSlots(llvm::IRBuilder<> &, llvm::Value *value, llvm::SmallVectorImpl<llvm::Value *> &slots);
/// Puts a value of \p type together from what \p nextSlot yields.
llvm::Value *fromSlots(llvm::IRBuilder<> &, llvm::Type *type, llvm::function_ref<llvm::Value *()> nextSlot);

} // namespace linkgrad
