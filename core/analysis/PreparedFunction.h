//===- PreparedFunction.h - a function in the shape we analyse --*- C++ -*-===//
//
// Every function that takes part in a derivative is copied once and the copy
// is brought into a normal form.  Analyses and plans speak of the copy; emitters
// clone it.  The user's function is never touched, so a refused request leaves
// nothing behind but the copy, which is deleted.
//
// Normal form
//   * one return; reducible loops in simplified and LCSSA form, dedicated exits
//   * each loop has a counter `%iteration` (i64, 0, 1, 2, ...) in its header;
//     its final value is an SSA value too: `%last`, computed before the loop
//     where the trip count is known, else a phi in each exit block
//   * each block the reverse sweep has to choose a predecessor of has an SSA
//     value that says which one was taken
//   * bytes of floating-point values that travel as integers travel as floats
//
// Because control flow is expressed by ordinary values, whether to keep or to
// recompute it is the plan's ordinary decision.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/PassManager.h"

namespace linkgrad {

struct LoopFacts {
  const llvm::Loop *loop = nullptr;
  llvm::PHINode *iteration = nullptr; ///< counts header visits from 0
  /// Number of the last visit where it is known before the loop, else null.
  llvm::Value *lastBefore = nullptr;
  /// The same per exit block, where it is not.
  llvm::DenseMap<const llvm::BasicBlock *, llvm::PHINode *> lastAtExit;
  /// The outermost loop L such that this loop's last visit is known before L,
  /// and so on outwards: their iteration space is a box and tape slots are
  /// arrays indexed by it.  Null for an uncounted loop.
  const llvm::Loop *regionRoot = nullptr;

  bool isCounted() const { return lastBefore != nullptr; }
};

/// How the reverse sweep finds the way it came.
struct PredecessorChoice {
  llvm::Value *selector = nullptr;                 ///< null if there is one predecessor
  llvm::SmallVector<llvm::BasicBlock *, 2> blocks; ///< blocks[selector] is where we came from
};

class PreparedFunction {
public:
  /// Copies \p original and normalises the copy.
  PreparedFunction(llvm::Function &original, llvm::FunctionAnalysisManager &analyses, bool smallReals);
  ~PreparedFunction();
  PreparedFunction(const PreparedFunction &) = delete;
  PreparedFunction &operator=(const PreparedFunction &) = delete;

  llvm::Function &original() const { return primal; }
  llvm::Function &body() const { return *copy; }
  const llvm::DominatorTree &dominators() const;
  const llvm::LoopInfo &loops() const;
  llvm::FunctionAnalysisManager &analyses() const { return fam; }

  const LoopFacts &facts(const llvm::Loop *loop) const { return loopFacts.find(loop)->second; }
  const PredecessorChoice &choice(const llvm::BasicBlock *block) const { return choices.find(block)->second; }
  /// Scopes of noalias metadata that are entered once at most while the function runs.
  const llvm::DenseSet<const llvm::Metadata *> &lastingScopes() const { return scopes; }
  /// Whether a return can be reached from \p block; only such blocks have a reverse.
  bool returns(const llvm::BasicBlock *block) const { return choices.contains(block); }
  /// The return, or null if the function never returns.
  llvm::ReturnInst *exit() const { return exitInst; }
  /// Empty, or why the control flow cannot be reversed.
  llvm::StringRef unsupportedControlFlow() const { return unsupported; }

  /// Adds iteration counters and predecessor choices.  To be called once, when
  /// the copy will not change any more.
  void addControlValues();

private:
  void normalise();
  void collectScopes();
  void addIterationCounter(const llvm::Loop *loop);
  void addRegionRoots();
  void addChoice(llvm::BasicBlock *block);
  llvm::Value *branchConditionFor(llvm::BasicBlock *block, PredecessorChoice &choice) const;

  llvm::Function &primal;
  llvm::Function *copy = nullptr;
  llvm::FunctionAnalysisManager &fam;
  llvm::ReturnInst *exitInst = nullptr;
  llvm::DenseMap<const llvm::Loop *, LoopFacts> loopFacts;
  llvm::DenseMap<const llvm::BasicBlock *, PredecessorChoice> choices;
  llvm::DenseSet<const llvm::Metadata *> scopes;
  std::string unsupported;
};

} // namespace linkgrad
