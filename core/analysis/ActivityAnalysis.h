//===- ActivityAnalysis.h - what depends and what matters -------*- C++ -*-===//
//
// A value is varied if it depends on an active input, useful if it influences an
// active output, active if both.  The same holds for cells of memory.  Both are
// least fixpoints over the values of one function and the cells of its memory
// graph, flow-insensitive in memory (Hascoët, Naumann and Pascual 2005 call the
// flow-sensitive forms "to be recorded").
//
// Shadows.  Every object has an origin.  Memory allocated here, given with a
// shadow, or belonging to an active global has a shadow; memory given as constant
// has none.  Where both kinds meet in one node the shadow of a constant pointer is
// the pointer itself, and accesses compare the two at run time (mayBeConstant).
//
// Words.  Bytes may be a pointer at one time and a number at another (unions, type-
// erased storage, containers whose nodes the memory graph cannot tell apart), and
// what copies them does not know which.  Such a copied value is a word: it has a
// shadow as pointers have, the bytes that lie in shadow memory.  In the forward
// sweep of reverse mode that is the shadow pointer if the bytes are a pointer, and
// zero, the adjoint at that time, if they are a number; so the shadow tells which
// (docs at isShadowPointer).  In forward mode it is the shadow pointer or the
// tangent, moved alike; there every integer that is only moved is a word.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../request/DerivativeKey.h"
#include "MemoryGraph.h"
#include "PreparedFunction.h"
#include <functional>

namespace linkgrad {

class ActivityAnalysis {
public:
  /// Kept for as long as the analysis is asked, hence not a function_ref.
  using BodyOf = std::function<const MemoryGraph *(const llvm::Function &)>;
  /// \p activeGlobals: mutable globals that differentiated code writes.
  /// \p graphOf: the memory graph that holds a callee.
  ActivityAnalysis(const PreparedFunction &function, const MemoryGraph &graph, const DerivativeKey &key,
                   const CallEffects &effects, const llvm::DenseSet<const llvm::GlobalVariable *> &activeGlobals,
                   BodyOf graphOf);

  /// The value carries a derivative (floating-point values and aggregates of them).
  bool isActive(const llvm::Value *value) const { return varied.contains(value) && useful.contains(value); }
  /// Some active bytes lie in the \p size bytes at \p pointer (all from there on, if no size).
  bool isActiveMemory(const llvm::Value *pointer, std::optional<int64_t> size) const;
  /// The pointer leads to memory that has and needs a shadow, directly or through pointers.
  bool hasShadow(const llvm::Value *pointer) const;
  /// The value is moved about without its being known whether it is a pointer.
  bool isWord(const llvm::Value *value) const { return words.contains(value); }
  /// The shadow of this pointer may be the pointer itself, meaning inactive.
  bool mayBeConstant(const llvm::Value *pointer) const;
  /// A call that must be replaced by the derivative of what it calls.
  bool isActiveCall(const llvm::CallBase &call) const;
  /// A call of code that works on global variables which have a shadow.
  bool touchesActiveGlobal(const llvm::CallBase &call) const;
  /// What may be numbers and was loaded or handed over, of which the integer that is stored to where numbers may lie
  /// was computed (see CountedBits.h); empty if this is nothing to check.
  llvm::SmallVector<const llvm::Value *> countedRoots(const llvm::StoreInst &store) const;
  /// The same of an integer that joins numbers.
  llvm::SmallVector<const llvm::Value *> countedRoots(const llvm::BitCastInst &cast) const;
  /// Memory without a shadow through which active values travel: an error.
  bool isLostStore(const llvm::StoreInst &store) const;

  /// Numbers are put or found where \p pointer leads, the characters of a string: an error.
  bool isLostText(const llvm::Value *pointer) const;

  void print(llvm::raw_ostream &os) const;

private:
  struct NodeFacts {
    bool allVaried = false, allUseful = false;
    bool shadowOrigin = false, constantOrigin = false, maybe = false;
    bool shadowed = false;
    bool inactive = false; ///< declared so: no flag of its cells counts
  };
  enum CellFlag : uint8_t { Varied = 1, Useful = 2 };

  void seedOrigins();
  void seedTape(NodeRef descriptor);
  void seedReachable(NodeRef ref, llvm::function_ref<void(NodeFacts &)> mark);
  void solve(bool forVaried);
  bool addVaried(const llvm::Instruction &inst);
  bool addUseful(const llvm::Instruction &inst);
  bool addVariedCall(const llvm::CallBase &call);
  bool addUsefulCall(const llvm::CallBase &call);
  bool copyFlags(NodeRef from, NodeRef to, std::optional<int64_t> size, CellFlag flag);
  bool markCells(NodeRef ref, std::optional<int64_t> size, CellFlag flag, bool onlyReals);
  bool anyCell(NodeRef ref, std::optional<int64_t> size, uint8_t flags, bool onlyReals) const;
  bool holdsNumber(const Cell &cell, unsigned node) const;
  bool isInteger(const llvm::LoadInst &load) const;
  bool mayHoldNumber(const llvm::Instruction &access) const;
  bool mayBeNumber(const llvm::Value &root) const;
  bool hasFlag(const Cell &cell, unsigned node, uint8_t flags) const;
  bool reaches(const llvm::CallBase &call, uint8_t flag) const;
  bool markReachable(const llvm::CallBase &call, CellFlag flag);
  bool onlyLooks(const llvm::CallBase &call) const;
  void computeShadowed();
  void computeWords();
  bool isSourceOfWord(const llvm::Instruction &inst) const;
  bool isDeclaredInactive(const MemoryGraph::Node &node) const;
  void callNodes(const llvm::CallBase &call, llvm::DenseSet<unsigned> &found) const;

  const PreparedFunction &function;
  const MemoryGraph &graph;
  const DerivativeKey &key;
  const CallEffects &effects;
  const llvm::DenseSet<const llvm::GlobalVariable *> &activeGlobals;
  BodyOf graphOf;
  llvm::DenseSet<const llvm::Value *> varied, useful, words;
  llvm::DenseMap<const Cell *, uint8_t> cellFlags;
  std::vector<NodeFacts> nodeFacts;
};

} // namespace linkgrad
