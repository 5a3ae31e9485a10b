#include "PullbackEmitter.h"
#include "../plan/TapeLayout.h"

using namespace llvm;
using namespace linkgrad;

PullbackEmitter::PullbackEmitter(const DerivativePlan &plan, Function &target, AugmentedEmitter *forward,
                                 const Parameters &parameters, Diagnostics &diagnostics)
    : plan(plan), target(target), forward(forward), parameters(parameters), diagnostics(diagnostics),
      module(*target.getParent()), runtime(module, plan.key().level), width(plan.key().width), adjoints(target, width) {
}

BasicBlock *PullbackEmitter::emit(BasicBlock *start) {
  const PreparedFunction &function = plan.function();
  IRBuilder<> entry(start);
  finish = BasicBlock::Create(target.getContext(), "finish", &target);
  const ScopeLayout *layout = plan.layout(nullptr);
  if (layout && layout->kind == ScopeLayout::Frame && layout->bytes) {
    if (forward) {
      frame = forward->functionFrame();
    } else if (layout->dynamicInside) {
      Value *footer = runtime.peek(entry, tapeAlignment, layout->name + ".footer");
      auto *load = entry.CreateLoad(entry.getPtrTy(), footer, "frame");
      markTapeAccess(*load);
      frame = load;
      runtime.pop(entry, footer);
    } else {
      frame = runtime.peek(entry, layout->bytes, layout->name);
    }
    IRBuilder<> end(finish);
    runtime.pop(end, frame);
  }
  if (hasSeed(plan.key()) && adjointType(function.exit()->getReturnValue()))
    for (unsigned lane = 0; lane < width; ++lane)
      adjoints.add(function.exit()->getReturnValue(), lane,
                   asAdjoint(parameters.seeds[lane], function.exit()->getReturnValue(), entry), entry);
  entry.CreateBr(reverseOf(function.exit()->getParent()));
  while (!worklist.empty())
    emitBlock(worklist.pop_back_val());
  return finish;
}

SmallVector<Value *> PullbackEmitter::argumentAdjoints(IRBuilder<> &b) {
  SmallVector<Value *> result;
  for (auto [argument, activity] : zip(plan.function().body().args(), plan.key().arguments)) {
    if (activity.activity != Activity::Active)
      continue;
    for (unsigned lane = 0; lane < width; ++lane) {
      Value *adjoint = adjoints.take(&argument, lane, b);
      // Nobody wants to read -0 where nothing was added.
      Constant *zero = Constant::getNullValue(argument.getType());
      if (adjoint)
        adjoint = addAdjoints(adjoint, Constant::getNullValue(adjoint->getType()), b);
      result.push_back(adjoint ? asTransported(adjoint, argument.getType(), b) : zero);
    }
  }
  return result;
}

// --- blocks -----------------------------------------------------------------

BasicBlock *PullbackEmitter::reverseOf(const BasicBlock *block) {
  BasicBlock *&reversed = reverseBlocks[block];
  if (!reversed) {
    reversed = BasicBlock::Create(target.getContext(), block->getName() + ".reverse", &target, finish);
    worklist.push_back(block);
  }
  return reversed;
}

PullbackEmitter::ReverseLoop &PullbackEmitter::reverseOf(const Loop *loop) {
  auto existing = reverseLoops.find(loop);
  if (existing != reverseLoops.end())
    return existing->second;
  ReverseLoop made;
  LLVMContext &context = target.getContext();
  StringRef name = loop->getHeader()->getName();
  made.enter = BasicBlock::Create(context, name + ".enter", &target, finish);
  made.head = BasicBlock::Create(context, name + ".head", &target, finish);
  IRBuilder<> entry(&target.getEntryBlock(), target.getEntryBlock().begin());
  made.iteration = entry.CreateAlloca(entry.getInt64Ty(), nullptr, "iteration.reverse");
  made.way = entry.CreateAlloca(entry.getInt32Ty(), nullptr, "way");
  IRBuilder<>(made.enter).CreateBr(made.head);

  IRBuilder<> b(made.head);
  const ScopeLayout *layout = plan.layout(loop);
  if (layout && layout->kind == ScopeLayout::Record) {
    if (layout->dynamicInside) {
      Value *footer = runtime.peek(b, tapeAlignment, layout->name + ".footer");
      auto *load = b.CreateLoad(b.getPtrTy(), footer, "record");
      markTapeAccess(*load);
      made.record = load;
      runtime.pop(b, footer);
    } else {
      made.record = runtime.peek(b, layout->bytes, layout->name);
    }
  }
  Value *way = b.CreateLoad(b.getInt32Ty(), made.way);
  made.ways = b.CreateSwitch(way, reverseOf(loop->getLoopLatch()));
  return reverseLoops[loop] = made;
}

void PullbackEmitter::emitBlock(const BasicBlock *block) {
  IRBuilder<> b(reverseBlocks.lookup(block));
  place = {plan.function().loops().getLoopFor(block), &b, b.GetInsertBlock()};
  for (const Instruction &inst : llvm::reverse(*block)) {
    if (isa<PHINode>(inst) || inst.isTerminator() || !plan.hasReverse(inst))
      continue;
    b.SetCurrentDebugLocation(inst.getDebugLoc());
    b.setFastMathFlags(derivativeFlags(inst));
    reverse(inst);
  }
  b.setFastMathFlags(FastMathFlags());
  leaveBlock(block, b);
}

void PullbackEmitter::leaveBlock(const BasicBlock *block, IRBuilder<> &b) {
  const LoopInfo &loops = plan.function().loops();
  if (pred_empty(block)) {
    b.CreateBr(finish);
    return;
  }
  if (loops.isLoopHeader(block))
    return leaveHeader(loops.getLoopFor(block), b);
  if (const BasicBlock *target = plan.shortcut(block)) {
    b.CreateBr(reverseOf(target));
    return;
  }
  DenseMap<const PHINode *, Lanes> phiAdjoints;
  for (const PHINode &phi : block->phis())
    if (plan.hasReverse(phi))
      for (unsigned lane = 0; lane < width; ++lane)
        phiAdjoints[&phi].push_back(adjoints.take(&phi, lane, b));
  const PredecessorChoice &choice = plan.function().choice(block);
  if (choice.blocks.size() == 1)
    return emitEdge(block, choice.blocks.front(), phiAdjoints, b);
  SmallVector<BasicBlock *> edges;
  for (const BasicBlock *pred : choice.blocks)
    edges.push_back(BasicBlock::Create(target.getContext(), pred->getName() + ".edge", &target, finish));
  Value *selector = value(choice.selector);
  SwitchInst *ways = b.CreateSwitch(selector, edges[0], edges.size() - 1);
  for (unsigned i = 1; i < edges.size(); ++i)
    ways->addCase(cast<ConstantInt>(ConstantInt::get(selector->getType(), i)), edges[i]);
  for (auto [pred, edge] : zip(choice.blocks, edges)) {
    IRBuilder<> eb(edge);
    place = {loops.getLoopFor(block), &eb, edge};
    emitEdge(block, pred, phiAdjoints, eb);
  }
}

/// The adjoint of a phi goes to the value it had on this edge.
void PullbackEmitter::passToIncoming(const BasicBlock *block, const BasicBlock *pred,
                                     const DenseMap<const PHINode *, Lanes> &phiAdjoints, IRBuilder<> &b) {
  for (const PHINode &phi : block->phis()) {
    auto adjoint = phiAdjoints.find(&phi);
    if (adjoint == phiAdjoints.end())
      continue;
    const Value *incoming = phi.getIncomingValueForBlock(pred);
    if (active(incoming))
      for (unsigned lane = 0; lane < width; ++lane)
        adjoints.add(incoming, lane, adjoint->second[lane], b);
  }
}

void PullbackEmitter::emitEdge(const BasicBlock *block, const BasicBlock *pred,
                               const DenseMap<const PHINode *, Lanes> &phiAdjoints, IRBuilder<> &b) {
  passToIncoming(block, pred, phiAdjoints, b);
  goTo(block, pred, b);
}

/// From a block to its predecessor.  Where that lies in loops which do not contain
/// the block, these are entered backwards, each at its last iteration.
void PullbackEmitter::goTo(const BasicBlock *from, const BasicBlock *pred, IRBuilder<> &b) {
  const LoopInfo &loops = plan.function().loops();
  // An invoke belongs to the edge on which it returned.
  if (auto *invoke = dyn_cast<InvokeInst>(pred->getTerminator()))
    if (invoke->getNormalDest() == from && plan.hasReverse(*invoke))
      reverseCall(*invoke);
  SmallVector<const Loop *> entered;
  for (const Loop *loop = loops.getLoopFor(pred); loop && !loop->contains(from); loop = loop->getParentLoop())
    entered.push_back(loop);
  if (entered.empty()) {
    b.CreateBr(reverseOf(pred));
    return;
  }
  for (const Loop *loop : llvm::reverse(entered)) {
    const LoopFacts &facts = plan.function().facts(loop);
    Value *last = value(facts.isCounted() ? facts.lastBefore : facts.lastAtExit.lookup(from));
    b.CreateStore(last, reverseOf(loop).iteration);
    // The exit that was taken decides where the last iteration is reversed from.
    BasicBlock *into = wayInto(loop, pred);
    ReverseLoop &reversed = reverseOf(loop);
    unsigned &number = reversed.wayNumbers[{pred, from}];
    if (!number) {
      number = reversed.wayNumbers.size();
      reversed.ways->addCase(b.getInt32(number), into);
    }
    b.CreateStore(b.getInt32(number), reversed.way);
  }
  b.CreateBr(reverseOf(entered.back()).enter);
}

/// Inside one reverse iteration of \p loop, the way to the block it was left from.
BasicBlock *PullbackEmitter::wayInto(const Loop *loop, const BasicBlock *exiting) {
  const Loop *inner = plan.function().loops().getLoopFor(exiting);
  if (inner == loop)
    return reverseOf(exiting);
  while (inner->getParentLoop() != loop)
    inner = inner->getParentLoop();
  return reverseOf(inner).enter;
}

/// One reverse iteration ends: on to the one before, or out of the loop.
void PullbackEmitter::leaveHeader(const Loop *loop, IRBuilder<> &b) {
  const BasicBlock *header = loop->getHeader();
  DenseMap<const PHINode *, Lanes> phiAdjoints;
  for (const PHINode &phi : header->phis())
    if (plan.hasReverse(phi))
      for (unsigned lane = 0; lane < width; ++lane)
        phiAdjoints[&phi].push_back(adjoints.take(&phi, lane, b));
  AllocaInst *iterationPlace = reverseOf(loop).iteration;
  if (Value *record = reverseOf(loop).record)
    runtime.pop(b, record);
  auto *leave = BasicBlock::Create(target.getContext(), header->getName() + ".leave", &target, finish);
  auto *again = BasicBlock::Create(target.getContext(), header->getName() + ".again", &target, finish);
  Value *iteration = b.CreateLoad(b.getInt64Ty(), iterationPlace);
  b.CreateCondBr(b.CreateICmpEQ(iteration, b.getInt64(0)), leave, again);

  IRBuilder<> ab(again);
  place = {loop, &ab, again};
  passToIncoming(header, loop->getLoopLatch(), phiAdjoints, ab);
  ab.CreateStore(ab.CreateSub(iteration, ab.getInt64(1), "", /*HasNUW=*/true), iterationPlace);
  ab.CreateStore(ab.getInt32(0), reverseOf(loop).way);
  ab.CreateBr(reverseOf(loop).head);

  IRBuilder<> lb(leave);
  place = {loop->getParentLoop(), &lb, leave};
  passToIncoming(header, loop->getLoopPreheader(), phiAdjoints, lb);
  // The first region reserved before this nest lies lowest.
  for (const Loop *inner : plan.function().loops().getLoopsInPreorder()) {
    const ScopeLayout *layout = plan.layout(inner);
    if (!layout || layout->kind != ScopeLayout::Region || plan.function().facts(inner).regionRoot != loop)
      continue;
    runtime.pop(lb, regionBase(inner));
    break;
  }
  goTo(header, loop->getLoopPreheader(), lb);
}
