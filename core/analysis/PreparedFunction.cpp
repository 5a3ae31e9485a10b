#include "PreparedFunction.h"
#include "../rules/PairIntrinsics.h"
#include "BitMoves.h"
#include "LibraryLowering.h"
#include "Lowering.h"
#include "TargetLowering.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/FixIrreducible.h"
#include "llvm/Transforms/Utils/LCSSA.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/LoopSimplify.h"
#include "llvm/Transforms/Utils/LowerSwitch.h"
#include "llvm/Transforms/Utils/ScalarEvolutionExpander.h"
#include "llvm/Transforms/Utils/UnifyFunctionExitNodes.h"

using namespace llvm;
using namespace linkgrad;

PreparedFunction::PreparedFunction(Function &original, FunctionAnalysisManager &analyses, bool smallReals)
    : primal(original), fam(analyses) {
  ValueToValueMapTy map;
  copy = CloneFunction(&original, map);
  copy->setName(original.getName() + ".linkgrad.prepared");
  copy->setLinkage(GlobalValue::InternalLinkage);
  copy->setVisibility(GlobalValue::DefaultVisibility);
  copy->setComdat(nullptr);
  copy->setDLLStorageClass(GlobalValue::DefaultStorageClass);
  normalise();
  markWidened(*copy, smallReals);
}

PreparedFunction::~PreparedFunction() {
  fam.clear(*copy, copy->getName());
  copy->replaceAllUsesWith(PoisonValue::get(copy->getType()));
  copy->eraseFromParent();
}

const DominatorTree &PreparedFunction::dominators() const { return fam.getResult<DominatorTreeAnalysis>(*copy); }
const LoopInfo &PreparedFunction::loops() const { return fam.getResult<LoopAnalysis>(*copy); }

static bool hasIrreducibleLoop(Function &function, const LoopInfo &loops) {
  ReversePostOrderTraversal<const Function *> order(&function);
  return containsIrreducibleCFG<const BasicBlock *>(order, loops);
}

/// The declaration of a scope says where it is entered; it is not needed any more once that is known.
void PreparedFunction::collectScopes() {
  bool irreducible = hasIrreducibleLoop(*copy, loops());
  DenseSet<const Metadata *> again;
  for (BasicBlock &block : *copy)
    for (Instruction &inst : block)
      if (auto *declaration = dyn_cast<NoAliasScopeDeclInst>(&inst))
        for (const Metadata *scope : declaration->getScopeList()->operands())
          if (irreducible || loops().getLoopFor(&block) || !scopes.insert(scope).second)
            again.insert(scope);
  for (const Metadata *scope : again)
    scopes.erase(scope);
  fam.invalidate(*copy, PreservedAnalyses::none());
}

void PreparedFunction::normalise() {
  EliminateUnreachableBlocks(*copy);
  collectScopes();
  // Lifetimes end before the reverse sweep reads the memory again, and debug
  // records would describe variables of the primal in the wrong sweep.
  SmallVector<Instruction *> dead;
  for (BasicBlock &block : *copy)
    for (Instruction &inst : block) {
      inst.dropDbgRecords();
      if (inst.isLifetimeStartOrEnd() || isa<AssumeInst>(inst) || isa<DbgInfoIntrinsic>(inst))
        dead.push_back(&inst);
      else if (auto *call = dyn_cast<IntrinsicInst>(&inst);
               call && call->getIntrinsicID() == Intrinsic::experimental_noalias_scope_decl)
        dead.push_back(&inst);
    }
  for (Instruction *inst : dead)
    inst->eraseFromParent();

  auto run = [this](auto pass) {
    PreservedAnalyses preserved = pass.run(*copy, fam);
    fam.invalidate(*copy, preserved);
  };
  // What is built for the result of an invoke needs a block of its own.
  SmallVector<InvokeInst *> invokes;
  for (BasicBlock &block : *copy)
    if (auto *invoke = dyn_cast<InvokeInst>(block.getTerminator()))
      if (!invoke->getNormalDest()->getSinglePredecessor())
        invokes.push_back(invoke);
  for (InvokeInst *invoke : invokes)
    SplitEdge(invoke->getParent(), invoke->getNormalDest());
  splitPairIntrinsics(*copy);
  lowerForDifferentiation(*copy);
  lowerLibraryCalls(*copy);
  lowerTargetIntrinsics(*copy);
  fam.invalidate(*copy, PreservedAnalyses::none());
  run(UnifyFunctionExitNodesPass());
  if (hasIrreducibleLoop(*copy, loops())) {
    run(LowerSwitchPass());
    fam.invalidate(*copy, PreservedAnalyses::none());
    run(FixIrreduciblePass());
  }
  fam.invalidate(*copy, PreservedAnalyses::none());
  run(LoopSimplifyPass());
  run(LCSSAPass());
  writeOutWordLoops(*copy, fam);
  fam.invalidate(*copy, PreservedAnalyses::none());
}

void PreparedFunction::addControlValues() {
  fam.invalidate(*copy, PreservedAnalyses::none());
  for (BasicBlock &block : *copy) {
    if (auto *ret = dyn_cast<ReturnInst>(block.getTerminator()))
      exitInst = ret;
    if (isa<IndirectBrInst, CallBrInst, CatchSwitchInst, CleanupReturnInst, CatchReturnInst>(block.getTerminator()))
      unsupported = "computed goto or Windows exception handling";
  }
  if (!exitInst)
    return;

  // Blocks from which the return is reached, found backwards from it.
  SmallVector<BasicBlock *> worklist{exitInst->getParent()};
  choices[exitInst->getParent()];
  while (!worklist.empty())
    for (BasicBlock *pred : predecessors(worklist.pop_back_val()))
      if (choices.try_emplace(pred).second)
        worklist.push_back(pred);

  for (const Loop *loop : loops().getLoopsInPreorder()) {
    if (!loop->isLoopSimplifyForm()) {
      unsupported = "a loop without a preheader";
      return;
    }
    addIterationCounter(loop);
  }
  addRegionRoots();
  for (BasicBlock &block : *copy)
    if (returns(&block))
      addChoice(&block);
  // Counters and choices are values only; the CFG is as it was.
  fam.getResult<ScalarEvolutionAnalysis>(*copy).forgetAllLoops();
}

/// The header visit at which \p loop is left, as a SCEV of type i64 that is
/// invariant in the loop and can be computed at \p where.  Null if unknown.
static const SCEV *lastIteration(ScalarEvolution &se, const SCEVExpander &expander, const Loop *loop,
                                 Instruction *where) {
  if (!se.hasLoopInvariantBackedgeTakenCount(loop))
    return nullptr;
  const SCEV *count = se.getBackedgeTakenCount(loop);
  Type *i64 = Type::getInt64Ty(where->getContext());
  if (isa<SCEVCouldNotCompute>(count) || se.getTypeSizeInBits(count->getType()) > 64)
    return nullptr;
  count = se.getNoopOrZeroExtend(count, i64);
  return expander.isSafeToExpandAt(count, where) ? count : nullptr;
}

void PreparedFunction::addIterationCounter(const Loop *loop) {
  Type *i64 = Type::getInt64Ty(copy->getContext());
  LoopFacts &facts = loopFacts[loop];
  facts.loop = loop;
  auto &se = fam.getResult<ScalarEvolutionAnalysis>(*copy);
  Instruction *beforeLoop = loop->getLoopPreheader()->getTerminator();
  SmallVector<BasicBlock *> exits;
  loop->getUniqueExitBlocks(exits);
  // A loop left together with the one around it is entered backwards from outside
  // of both, where only the phis of that exit are at hand.
  const Loop *parent = loop->getParentLoop();
  bool leavesParent = parent && any_of(exits, [&](BasicBlock *exitBlock) { return !parent->contains(exitBlock); });
  if (!leavesParent) {
    SCEVExpander expander(se, "last");
    expander.setInsertPoint(beforeLoop);
    if (const SCEV *last = lastIteration(se, expander, loop, beforeLoop))
      facts.lastBefore = expander.expandCodeFor(last, i64, beforeLoop->getIterator());
  }

  BasicBlock *header = loop->getHeader(), *latch = loop->getLoopLatch();
  facts.iteration = PHINode::Create(i64, 2, "iteration", header->begin());
  auto *next = BinaryOperator::CreateAdd(facts.iteration, ConstantInt::get(i64, 1), "iteration.next",
                                         latch->getTerminator()->getIterator());
  next->setHasNoUnsignedWrap();
  facts.iteration->addIncoming(ConstantInt::get(i64, 0), loop->getLoopPreheader());
  facts.iteration->addIncoming(next, latch);
  if (facts.isCounted())
    return;
  for (BasicBlock *exitBlock : exits) {
    auto *last = PHINode::Create(i64, pred_size(exitBlock), "last", exitBlock->begin());
    for (BasicBlock *pred : predecessors(exitBlock))
      last->addIncoming(facts.iteration, pred);
    facts.lastAtExit[exitBlock] = last;
  }
}

/// A counted loop joins its parent's region if the parent is counted and its own
/// trip count does not change while the region's outermost loop runs.
void PreparedFunction::addRegionRoots() {
  auto &se = fam.getResult<ScalarEvolutionAnalysis>(*copy);
  for (const Loop *loop : loops().getLoopsInPreorder()) {
    LoopFacts &facts = loopFacts[loop];
    if (!facts.isCounted())
      continue;
    facts.regionRoot = loop;
    const Loop *parent = loop->getParentLoop();
    const Loop *root = parent ? loopFacts[parent].regionRoot : nullptr;
    if (!root)
      continue;
    SCEVExpander expander(se, "last");
    Instruction *where = root->getLoopPreheader()->getTerminator();
    const SCEV *last = lastIteration(se, expander, loop, where);
    if (!last || !se.isLoopInvariant(last, root))
      continue;
    facts.lastBefore = expander.expandCodeFor(last, Type::getInt64Ty(copy->getContext()), where->getIterator());
    facts.regionRoot = root;
  }
}

/// If each of two predecessors lies behind one edge of a conditional branch in
/// the same loop, the branch's condition tells them apart: no new value needed.
Value *PreparedFunction::branchConditionFor(BasicBlock *block, PredecessorChoice &choice) const {
  const DominatorTree &dt = dominators();
  BasicBlock *split = dt.getNode(block)->getIDom() ? dt.getNode(block)->getIDom()->getBlock() : nullptr;
  if (!split || choice.blocks.size() != 2 || loops().getLoopFor(split) != loops().getLoopFor(block))
    return nullptr;
  auto *branch = dyn_cast<BranchInst>(split->getTerminator());
  if (!branch || !branch->isConditional() || branch->getSuccessor(0) == branch->getSuccessor(1))
    return nullptr;
  auto liesBehind = [&](BasicBlock *pred, unsigned successor) {
    BasicBlock *target = branch->getSuccessor(successor);
    if (pred == split)
      return target == block;
    return target != block && dt.dominates(BasicBlockEdge(split, target), pred);
  };
  if (liesBehind(choice.blocks[0], 0) && liesBehind(choice.blocks[1], 1))
    std::swap(choice.blocks[0], choice.blocks[1]); // blocks[1] is taken where the condition is true
  if (liesBehind(choice.blocks[1], 0) && liesBehind(choice.blocks[0], 1))
    return branch->getCondition();
  return nullptr;
}

void PreparedFunction::addChoice(BasicBlock *block) {
  PredecessorChoice &choice = choices[block];
  for (BasicBlock *pred : predecessors(block))
    if (!is_contained(choice.blocks, pred))
      choice.blocks.push_back(pred);
  // A loop header's predecessors are told apart by the iteration counter.
  if (choice.blocks.size() < 2 || loops().isLoopHeader(block))
    return;
  if ((choice.selector = branchConditionFor(block, choice)))
    return;
  Type *type = IntegerType::get(copy->getContext(), choice.blocks.size() <= 256 ? 8 : 32);
  auto *phi = PHINode::Create(type, choice.blocks.size(), "from", block->begin());
  for (BasicBlock *pred : predecessors(block))
    phi->addIncoming(ConstantInt::get(type, find(choice.blocks, pred) - choice.blocks.begin()), pred);
  choice.selector = phi;
}
