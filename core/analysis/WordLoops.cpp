//===- WordLoops.cpp - loops that move an object word by word -------------===//
//
//   for (i = 0; i < 4; ++i)          // two hash tables are exchanged by Rust's
//     swap(a[i], b[i]);              // core::mem::swap, whatever they hold
//
// In an array each word is what the others are; of an object each member is something
// else: a pointer, two lengths, a number.  Only the loop makes an array of it.  So a
// loop of few, counted turns that does nothing but move integers is written out.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/Analysis/OptimizationRemarkEmitter.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/Transforms/Utils/UnrollLoop.h"

using namespace llvm;
using namespace linkgrad;

/// Words of the largest object that is written out.
static constexpr unsigned manyTurns = 16;

/// Stores are of integers that the loop has loaded, and there is nothing else of interest.
static bool onlyMovesWords(const Loop &loop) {
  bool anyStore = false;
  for (const BasicBlock *block : loop.blocks())
    for (const Instruction &inst : *block) {
      auto *store = dyn_cast<StoreInst>(&inst);
      auto *moved = store ? dyn_cast<LoadInst>(store->getValueOperand()) : nullptr;
      if (store && !(store->isSimple() && moved && moved->isSimple() && loop.contains(moved) &&
                     moved->getType()->isIntOrIntVectorTy()))
        return false;
      anyStore |= store != nullptr;
      if (!store && (inst.mayWriteToMemory() || inst.getType()->isFPOrFPVectorTy()))
        return false;
    }
  return anyStore;
}

void linkgrad::writeOutWordLoops(Function &function, FunctionAnalysisManager &analyses) {
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  auto &se = analyses.getResult<ScalarEvolutionAnalysis>(function);
  SmallVector<std::pair<Loop *, unsigned>> found;
  for (Loop *loop : loops.getLoopsInPreorder())
    if (unsigned turns = loop->isInnermost() && loop->getNumBlocks() == 1 ? se.getSmallConstantTripCount(loop) : 0)
      if (turns <= manyTurns && onlyMovesWords(*loop))
        found.push_back({loop, turns});
  for (auto [loop, turns] : found) {
    UnrollLoopOptions options{};
    options.Count = turns;
    options.Force = options.ForgetAllSCEV = true;
    UnrollLoop(loop, options, &loops, &se, &analyses.getResult<DominatorTreeAnalysis>(function),
               &analyses.getResult<AssumptionAnalysis>(function), &analyses.getResult<TargetIRAnalysis>(function),
               &analyses.getResult<OptimizationRemarkEmitterAnalysis>(function), /*PreserveLCSSA=*/true);
  }
}
