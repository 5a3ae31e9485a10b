//===- Overwrites.h - can a load be repeated later? -------------*- C++ -*-===//
//
// The reverse sweep may load a value again instead of keeping it on the tape if
// nothing writes the location between the load and the end of the forward sweep
// and the memory still exists.  Two sources answer: the memory graph (different
// nodes of which one never left this function do not overlap) and LLVM's alias
// analysis for the rest.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../request/DerivativeKey.h"
#include "MemoryGraph.h"
#include "PreparedFunction.h"
#include "llvm/Analysis/AliasAnalysis.h"

namespace linkgrad {

class Overwrites {
public:
  Overwrites(const PreparedFunction &function, const MemoryGraph &graph, const CallEffects &effects,
             const DerivativeKey &key);
  /// The value \p load reads can be read again in the reverse sweep.
  bool canReload(const llvm::LoadInst &load);
  /// Nothing in this function writes or frees what \p pointer leads to, and whoever
  /// owns it leaves it alone until the reverse sweep is over.
  bool isStable(const llvm::Value *pointer);

private:
  /// More writers than this are not looked at one by one.
  static constexpr unsigned manyWriters = 4000;

  bool survives(unsigned node) const;
  bool isExternal(unsigned node) const;
  bool mayOverwrite(const llvm::Instruction &writer, const llvm::LoadInst &load, unsigned node);
  bool reaches(const llvm::Instruction &from, const llvm::Instruction &to);
  const llvm::DenseSet<unsigned> &nodesWrittenBy(const llvm::Instruction &writer);

  const PreparedFunction &function;
  const MemoryGraph &graph;
  const CallEffects &effects;
  llvm::BatchAAResults aliases;
  bool oneFunction;
  llvm::SmallVector<const llvm::Instruction *> writers;
  llvm::DenseSet<unsigned> external, stableNodes;
  llvm::DenseMap<const llvm::Instruction *, llvm::DenseSet<unsigned>> written;
  llvm::DenseMap<std::pair<const llvm::BasicBlock *, const llvm::BasicBlock *>, bool> reachCache;
  llvm::DenseMap<const llvm::LoadInst *, bool> answers;
};

} // namespace linkgrad
