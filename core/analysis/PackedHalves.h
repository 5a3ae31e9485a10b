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
/// The halves of \p integer (an i64) as a vector of \p real, as they are put together if that can be seen.
llvm::Value *packHalves(llvm::Value *integer, llvm::Type *real, llvm::IRBuilder<> &b);
/// The same as \p load or \p store of an i64 where a float lies beside an integer, half by half.
llvm::Value *loadHalves(llvm::LoadInst &load, const MemoryGraph &graph, llvm::IRBuilder<> &b);
void storeHalves(llvm::StoreInst &store, const MemoryGraph &graph, llvm::IRBuilder<> &b);
/// What takes a half of an integer that is such a vector takes an element of it.  Returns whether anything did.
bool unpackHalves(llvm::Function &function);

} // namespace linkgrad
