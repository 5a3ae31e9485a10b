//===- Overwrites.h - can a load be repeated later? -------------*- C++ -*-===//
//
// The reverse sweep may load a value again instead of keeping it on the tape if
// nothing writes the location between the load and the end of the forward sweep
// and the memory still exists.  Two sources answer: the memory graph (different
// nodes of which one never left this function do not overlap) and LLVM's alias
// analysis for the rest.
//
// What LLVM knows of one execution of two instructions does not hold between a load
// and what runs after it.  Pointers that are restrict in a function that was inlined
// differ while its body runs once, but two arrays that take turns are each of them
// in turn; so scopes count only where they are entered once.  Memory that was read as
// numbers may be put to another use later, so types count only between nodes; inside
// a node its cells say which bytes a store can meet.
//
// The memory still exists if this function owns it and runs both sweeps, or if its
// callers promise so for what an argument leads to (ArgumentActivity::stable).
// They ask here too: what is not written after a call is stable for the callee.
//
//     v = malloc(n)
//     fill(v)            writes v
//     s = use(v, x)      reads v: stable, may be read again in use's reverse sweep
//     free(v)            put off until the reverse sweep is over
//
// A function that runs both sweeps can put off what it frees outside of loops, at
// no cost but the time the memory is held.  Which releases have to be put off for
// the answers that were given can be asked at the end.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../request/DerivativeKey.h"
#include "MemoryGraph.h"
#include "PreparedFunction.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Analysis/AliasAnalysis.h"

namespace linkgrad {

class Overwrites {
public:
  Overwrites(const PreparedFunction &function, const MemoryGraph &graph, const CallEffects &effects,
             const DerivativeKey &key);
  /// The value \p load reads can be read again in the reverse sweep.
  bool canReload(const llvm::LoadInst &load);
  /// What \p argument of \p call leads to is neither written nor freed between the
  /// call and its reverse, except by the call itself.
  bool isStable(const llvm::CallBase &call, const llvm::Value *argument);
  /// The answers so far count on these releases being put off.
  llvm::ArrayRef<const llvm::CallBase *> postponed() const { return postponedCalls.getArrayRef(); }

private:
  /// After so many questions to the alias analysis memory that is written anywhere
  /// counts as overwritten: few functions ask them, and those are huge.
  static constexpr unsigned manyQuestions = 200000;

  void collectWriters();
  void collectReleases();
  const llvm::Value *releasedBy(const llvm::Instruction &inst) const;
  bool survives(unsigned node) const;
  bool isExternal(unsigned node) const { return external.contains(node); }
  bool isWritten(unsigned node) const { return graph.node({node, 0}).origin.written; }
  llvm::MDNode *lasting(const llvm::MDNode *scopes) const;
  bool mayWrite(const llvm::Instruction &writer, llvm::MemoryLocation location, bool sameNode);
  bool sharesCells(const llvm::StoreInst &store, const llvm::MemoryLocation &location) const;
  bool isOverwrittenAfter(const llvm::Instruction &point, unsigned node, std::optional<llvm::MemoryLocation> location);
  bool reaches(const llvm::Instruction &from, const llvm::Instruction &to);
  llvm::DenseSet<unsigned> nodesWrittenBy(const llvm::Instruction &writer) const;
  void countOn(unsigned node);

  const PreparedFunction &function;
  const MemoryGraph &graph;
  const CallEffects &effects;
  llvm::BatchAAResults aliases;
  bool oneFunction;
  unsigned questions = 0;
  llvm::DenseSet<unsigned> external, stableNodes;
  /// Per node, who may write it; and who may write memory others know of.
  llvm::DenseMap<unsigned, llvm::SmallVector<const llvm::Instruction *>> writersOf;
  llvm::SmallVector<const llvm::Instruction *> externalWriters;
  /// Per node, the releases that free it; none where one of them cannot be put off.
  llvm::DenseMap<unsigned, llvm::SmallVector<const llvm::CallBase *>> releasesOf;
  /// Nodes that go with an object which somebody else destroys.
  llvm::DenseSet<unsigned> destroyed;
  llvm::SetVector<const llvm::CallBase *> postponedCalls;
  llvm::DenseMap<std::pair<const llvm::BasicBlock *, const llvm::BasicBlock *>, bool> reachCache;
  llvm::DenseMap<const llvm::LoadInst *, bool> answers;
};

} // namespace linkgrad
