//===- PullbackEmitter.h - the reverse sweep --------------------*- C++ -*-===//
//
// Every block that the forward sweep can leave through the return has a reverse
// block with the pullbacks of its instructions in reverse order.  Control flows
// against the arrows of the primal:
//
//      B joins P1, P2          reverse of B ends in: switch (which predecessor)
//      loop H ... latch        head(loop): one reverse iteration begins here
//                              reverse of H: iteration 0 ? leave : head, one less
//      exit of a loop          enter(loop): its last iteration, then head(loop)
//
//            P1   P2                  R(P1)  R(P2)
//              \ /                        \  /
//               B                         R(B)
//
// Primal values are looked up where the plan put them: in a register, on the
// tape, or computed again.  A value of an outer scope is looked up once, before
// the reverse loop is entered.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "Adjoints.h"
#include "AugmentedEmitter.h"
#include "Signatures.h"

namespace linkgrad {

class PullbackEmitter {
public:
  /// \p forward: the forward sweep in the same function, or null if the tape is all there is.
  PullbackEmitter(const DerivativePlan &plan, llvm::Function &target, AugmentedEmitter *forward,
                  const Parameters &parameters, Diagnostics &diagnostics);

  /// Emits the reverse sweep from \p start on; building goes on in the block that
  /// is returned, behind the sweep.
  llvm::BasicBlock *emit(llvm::BasicBlock *start);
  /// Adjoints of the active arguments, in order, each with all its lanes.
  llvm::SmallVector<llvm::Value *> argumentAdjoints(llvm::IRBuilder<> &b);
  /// To be called when the function is complete.
  void complete() { adjoints.initialise(); }

private:
  /// Where values are looked up: a scope of the primal, and where to build.
  struct Place {
    const llvm::Loop *scope;
    llvm::IRBuilder<> *builder;
    llvm::BasicBlock *block;
  };
  struct ReverseLoop {
    llvm::BasicBlock *enter = nullptr, *head = nullptr;
    llvm::AllocaInst *iteration = nullptr, *way = nullptr;
    llvm::SwitchInst *ways = nullptr;
    llvm::Value *record = nullptr;
    llvm::DenseMap<std::pair<const llvm::BasicBlock *, const llvm::BasicBlock *>, unsigned> wayNumbers;
    llvm::SmallVector<const llvm::Loop *> regions; ///< regions reserved before this loop, in order
  };

  // Control flow (PullbackEmitter.cpp)
  llvm::BasicBlock *reverseOf(const llvm::BasicBlock *block);
  ReverseLoop &reverseOf(const llvm::Loop *loop);
  void emitBlock(const llvm::BasicBlock *block);
  void leaveBlock(const llvm::BasicBlock *block, llvm::IRBuilder<> &b);
  void leaveHeader(const llvm::Loop *loop, llvm::IRBuilder<> &b);
  void emitEdge(const llvm::BasicBlock *block, const llvm::BasicBlock *pred,
                const llvm::DenseMap<const llvm::PHINode *, Lanes> &phiAdjoints, llvm::IRBuilder<> &b);
  void passToIncoming(const llvm::BasicBlock *block, const llvm::BasicBlock *pred,
                      const llvm::DenseMap<const llvm::PHINode *, Lanes> &phiAdjoints, llvm::IRBuilder<> &b);
  void goTo(const llvm::BasicBlock *from, const llvm::BasicBlock *pred, llvm::IRBuilder<> &b);
  llvm::BasicBlock *wayInto(const llvm::Loop *loop, const llvm::BasicBlock *exiting);

  // Values (PullbackValues.cpp)
  llvm::Value *value(const llvm::Value *primal) { return get(primalItem(primal), 0); }
  llvm::Value *shadow(const llvm::Value *pointer, unsigned lane) { return get(shadowItem(pointer), lane); }
  Lanes shadows(const llvm::Value *pointer);
  llvm::Value *get(Item item, unsigned lane);
  llvm::Value *getFree(Item item, unsigned lane);
  llvm::Value *compute(Item item, unsigned lane, Decision decision);
  llvm::Value *recompute(const llvm::Instruction &inst, bool isShadow, unsigned lane);
  llvm::Value *induction(const llvm::PHINode &phi, bool isShadow, unsigned lane);
  llvm::Value *loadSlot(Item item, unsigned lane);
  llvm::Value *slotAddress(const Slot &slot);
  llvm::Value *throughRegister(Item item, unsigned lane, llvm::Value *made);
  llvm::Value *regionBase(const llvm::Loop *loop);
  llvm::Value *regionLength(const llvm::Loop *loop);
  llvm::Value *regionIndex(const llvm::Loop *loop);
  template <class F> llvm::Value *inPlaceOf(const llvm::Loop *scope, F make);
  llvm::IRBuilder<> &b() { return *place.builder; }

  // Instructions (PullbackRules.cpp)
  void reverse(const llvm::Instruction &inst);
  void reverseScalar(const llvm::Instruction &inst, const ScalarRule &rule);
  void reverseLoad(const llvm::LoadInst &load);
  void reverseStore(const llvm::StoreInst &store);
  void reverseSelect(const llvm::SelectInst &select);
  void reverseElements(const llvm::Instruction &inst);
  void reverseShuffle(const llvm::ShuffleVectorInst &shuffle);
  void reverseAtomic(const llvm::AtomicRMWInst &rmw);
  void reverseCall(const llvm::CallBase &call);
  void reverseDerivedCall(const llvm::CallBase &call, const PlannedCall &planned);
  void reverseRuleCall(const llvm::CallBase &call, const CustomRule &rule);
  void reverseMove(const llvm::Value *destination, const llvm::Value *source, const llvm::Value *size,
                   const llvm::CallBase &call);
  void reverseTapeMemory(const llvm::CallBase &call, const KnownCall &known);
  void reverseIntrinsic(const llvm::CallBase &call);
  void reverseReduction(const llvm::CallBase &call);
  void addToMemory(const llvm::Value *pointer, unsigned lane, llvm::Value *term, llvm::Align align);
  void addAtomically(const llvm::Value *pointer, unsigned lane, llvm::Value *term, llvm::Align align);
  bool isConcurrent() const { return plan.key().concurrency != Concurrency::None; }
  bool isOwn(const llvm::LoadInst &load) const;
  bool sharesSource(const llvm::Value *source, const MoveLayout &layout);
  void tellAddition(const llvm::LoadInst &load, bool atomically) const;
  void runOneByOne(llvm::StringRef reason);
  llvm::Value *takeFromMemory(const llvm::Value *pointer, unsigned lane, llvm::Type *type, llvm::Align align);
  llvm::Value *shadowMask(const llvm::Value *pointer, unsigned lane, llvm::Value *mask);
  llvm::Value *accessible(const llvm::Value *pointer, unsigned lane, llvm::Type *type);
  bool active(const llvm::Value *v) const { return plan.activity().isActive(v); }

  const DerivativePlan &plan;
  llvm::Function &target;
  AugmentedEmitter *forward;
  const Parameters &parameters;
  Diagnostics &diagnostics;
  llvm::Module &module;
  Runtime runtime;
  unsigned width;
  Adjoints adjoints;
  Place place{};
  llvm::Value *frame = nullptr;
  llvm::BasicBlock *finish = nullptr;
  llvm::DenseMap<const llvm::BasicBlock *, llvm::BasicBlock *> reverseBlocks;
  llvm::SmallVector<const llvm::BasicBlock *> worklist;
  llvm::DenseMap<const llvm::Loop *, ReverseLoop> reverseLoops;
  llvm::DenseMap<std::tuple<void *, unsigned, llvm::BasicBlock *>, llvm::Value *> found;
  llvm::DenseMap<std::pair<const llvm::Loop *, unsigned>, llvm::Value *> regionValues;
  llvm::DenseMap<std::pair<void *, unsigned>, llvm::AllocaInst *> spilled;
  llvm::DenseMap<llvm::Type *, llvm::AllocaInst *> scratches;
};

} // namespace linkgrad
