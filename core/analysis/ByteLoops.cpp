//===- ByteLoops.cpp - loops that copy byte by byte -----------------------===//
//
//   while (n--) *to++ = *from++;      // bytes of floating-point numbers
//
// A byte has no derivative, but all of a number's bytes together have: such a loop
// is memmove.  LLVM's own idiom recognition leaves it alone where the two may
// overlap, since then the loop repeats what it has just written.  On numbers that
// makes no sense unless it is whole numbers, and we know of no program that does it:
// where the destination begins inside the source, the program stops.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/ScalarEvolutionExpander.h"

using namespace llvm;
using namespace linkgrad;

namespace {

struct ByteCopy {
  const Loop *loop;
  StoreInst *store;
  const SCEV *destination, *source, *bytes;
};

} // namespace

/// The first byte of those that \p pointer steps through one by one; null if it does not.
static const SCEV *startOfBytes(ScalarEvolution &se, Value *pointer, const Loop *loop) {
  auto *recurrence = dyn_cast<SCEVAddRecExpr>(se.getSCEV(pointer));
  bool steps = recurrence && recurrence->getLoop() == loop && recurrence->isAffine() &&
               recurrence->getStepRecurrence(se)->isOne();
  return steps ? recurrence->getStart() : nullptr;
}

static bool holdsReals(const MemoryGraph &graph, const Value *pointer) {
  bool any = false;
  graph.forEachCell(graph.of(pointer), std::nullopt, [&](int64_t, const Cell &cell) { any |= cell.real != nullptr; });
  return any;
}

/// The copy that \p store makes of what is loaded in the same loop, if it is one of
/// every byte on the way.
static std::optional<ByteCopy> byteCopy(StoreInst &store, const Loop *loop, ScalarEvolution &se,
                                        const DominatorTree &dominators, const MemoryGraph &graph) {
  auto *load = dyn_cast<LoadInst>(store.getValueOperand());
  bool simple = load && load->getType()->isIntegerTy(8) && load->isSimple() && store.isSimple() && load->hasOneUse();
  if (!simple || load->getParent() != store.getParent() || !holdsReals(graph, store.getPointerOperand()))
    return std::nullopt;
  BasicBlock *latch = loop->getLoopLatch();
  const SCEV *times = se.getBackedgeTakenCount(loop);
  if (!loop->getLoopPreheader() || !latch || isa<SCEVCouldNotCompute>(times) ||
      !dominators.dominates(store.getParent(), latch))
    return std::nullopt;
  // A loop left before its store has one byte less than visits.
  bool last = dominators.dominates(store.getParent(), loop->getExitingBlock() ? loop->getExitingBlock() : latch);
  if (!loop->getExitingBlock())
    return std::nullopt;
  Type *i64 = Type::getInt64Ty(store.getContext());
  const SCEV *bytes = se.getNoopOrZeroExtend(times, i64);
  if (last)
    bytes = se.getAddExpr(bytes, se.getOne(i64));
  ByteCopy copy{loop, &store, startOfBytes(se, store.getPointerOperand(), loop),
                startOfBytes(se, load->getPointerOperand(), loop), bytes};
  if (!copy.destination || !copy.source)
    return std::nullopt;
  return copy;
}

/// Nothing else in the loop looks at memory.
static bool isAlone(const ByteCopy &copy) {
  for (const BasicBlock *block : copy.loop->blocks())
    for (const Instruction &inst : *block)
      if (inst.mayReadOrWriteMemory() && &inst != copy.store && &inst != copy.store->getValueOperand())
        return false;
  return true;
}

static void replaceByMove(const ByteCopy &copy, ScalarEvolution &se) {
  Instruction *before = copy.loop->getLoopPreheader()->getTerminator();
  SCEVExpander expander(se, "bytes");
  Type *pointer = PointerType::get(before->getContext(), 0), *i64 = Type::getInt64Ty(before->getContext());
  Value *to = expander.expandCodeFor(copy.destination, pointer, before->getIterator());
  Value *from = expander.expandCodeFor(copy.source, pointer, before->getIterator());
  Value *bytes = expander.expandCodeFor(copy.bytes, i64, before->getIterator());
  IRBuilder<> b(before);
  b.SetCurrentDebugLocation(copy.store->getDebugLoc());
  b.CreateMemMove(to, MaybeAlign(1), from, MaybeAlign(1), bytes);
  auto *load = cast<LoadInst>(copy.store->getValueOperand());
  copy.store->eraseFromParent();
  load->eraseFromParent();
  // to - from in 1 .. bytes - 1
  IRBuilder<> check(before->getParent(), std::prev(before->getIterator()));
  Value *distance = check.CreateSub(check.CreatePtrToInt(to, i64), check.CreatePtrToInt(from, i64));
  Value *inside =
      check.CreateICmpULT(check.CreateSub(distance, check.getInt64(1)), check.CreateSub(bytes, check.getInt64(1)));
  inside = check.CreateAnd(inside, check.CreateICmpNE(bytes, check.getInt64(0)));
  Instruction *then = SplitBlockAndInsertIfThen(inside, check.GetInsertPoint(), /*Unreachable=*/true);
  IRBuilder<>(then).CreateIntrinsic(Intrinsic::trap, {});
}

bool linkgrad::raiseByteCopies(Function &function, FunctionAnalysisManager &analyses, const MemoryGraph &graph) {
  auto &se = analyses.getResult<ScalarEvolutionAnalysis>(function);
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  auto &dominators = analyses.getResult<DominatorTreeAnalysis>(function);
  SmallVector<ByteCopy> copies;
  for (const Loop *loop : loops.getLoopsInPreorder()) {
    if (!loop->isInnermost())
      continue;
    for (BasicBlock *block : loop->blocks())
      for (Instruction &inst : *block)
        if (auto *store = dyn_cast<StoreInst>(&inst))
          if (auto copy = byteCopy(*store, loop, se, dominators, graph); copy && isAlone(*copy))
            copies.push_back(*copy);
  }
  for (const ByteCopy &copy : copies)
    replaceByMove(copy, se);
  return !copies.empty();
}
