//===- PackedHalves.h - a float beside an integer in one register -*- C++ -*-===//
#pragma once
#include "MemoryGraph.h"
#include "llvm/IR/IRBuilder.h"

namespace linkgrad {

/// A float and an integer, or two floats, that share a register.
inline bool isPackedHalves(const llvm::Type *type) {
  auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
  return vector && vector->getNumElements() == 2 && vector->getElementType()->isFloatTy();
}
/// Which halves are numbers, as bits.
constexpr unsigned bothHalves = 3;
/// The bit cast \p value turns halves into an integer or back, or one of them: \p numbers of them are numbers, the
/// others are said to be for the sake of the register only.  Returns \p value.
llvm::Value *markHalves(llvm::Value *value, unsigned numbers);
unsigned numbersAmong(const llvm::Instruction &cast);

/// The halves of \p integer (an i64) as a vector of \p real, as they are put together if that can be seen;
/// \p numbers of them are numbers.
llvm::Value *packHalves(llvm::Value *integer, llvm::Type *real, unsigned numbers, llvm::IRBuilder<> &b);
/// The same as \p load or \p store of an i64 where a float lies beside an integer, half by half.
llvm::Value *loadHalves(llvm::LoadInst &load, const MemoryGraph &graph, llvm::IRBuilder<> &b);
void storeHalves(llvm::StoreInst &store, const MemoryGraph &graph, llvm::IRBuilder<> &b);
/// What takes a half of an integer that is such a vector takes an element of it.  Returns whether anything did.
bool unpackHalves(llvm::Function &function);

} // namespace linkgrad
