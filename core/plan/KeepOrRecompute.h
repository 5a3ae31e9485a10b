//===- KeepOrRecompute.h - the minimum cut ----------------------*- C++ -*-===//
//
// The reverse sweep needs a set of values.  Each could be kept on the tape, or
// computed again from others that are kept, or at hand.  Think of the data flow
// graph with a source feeding every value that cannot be computed again (an
// overwritten load, the result of a call, a phi) and a sink behind every value
// that is needed.  A set of values which, when kept, makes all needed ones
// available is a vertex cut between the two; weighted by bytes times expected
// number of executions, the minimum cut is the cheapest tape.
//
//     a = load p      (p is overwritten later)
//     b = a * a       needed
//     c = b + 1       needed          cut: {a}, one slot instead of two
//
// Among minimum cuts the one nearest to the needed values is taken, because it
// recomputes least.  (Cut duality: Ford and Fulkerson 1956; maximum flow by
// Dinic's algorithm.  Its use for tapes: Moses et al. 2022, "minimum cut
// caching".)
//
// Only values inside loops (or, for a split derivative, all values) take part: in
// a gradient function what lies outside of loops stays in registers.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../analysis/Overwrites.h"
#include "DerivativePlan.h"

namespace linkgrad {

class KeepOrRecompute {
public:
  explicit KeepOrRecompute(DerivativePlan &plan);
  void decide();

private:
  enum class Nature : uint8_t { Free, MustKeep, Recomputable };
  struct Candidate {
    Item item;
    Nature nature;
    llvm::SmallVector<Item, 3> operands;
  };

  Candidate examine(Item item);
  Nature examinePrimal(const llvm::Value *value, llvm::SmallVectorImpl<Item> &operands);
  Nature examineShadow(const llvm::Value *value, llvm::SmallVectorImpl<Item> &operands);
  Nature examineInduction(const llvm::PHINode &phi, bool isShadow, llvm::SmallVectorImpl<Item> &operands);
  bool isInRegister(const llvm::Instruction &inst) const;
  bool isCheap(const llvm::Instruction &inst) const;
  bool isWorthRecomputing(const llvm::Instruction &inst) const;
  int64_t weight(Item item) const;
  void collectCandidates();
  llvm::DenseSet<Item> minimumCut();
  void settle(const llvm::DenseSet<Item> &kept);

  DerivativePlan &plan;
  Overwrites &overwrites;
  std::vector<Candidate> candidates;
  llvm::DenseMap<Item, unsigned> index;
};

} // namespace linkgrad
