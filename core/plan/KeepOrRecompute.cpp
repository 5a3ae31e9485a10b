#include "KeepOrRecompute.h"
#include "MaximumFlow.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;
using namespace linkgrad;

/// Beyond this the cut is not worth its time; needed values are kept as they are.
static constexpr unsigned manyCandidates = 60000;

KeepOrRecompute::KeepOrRecompute(DerivativePlan &plan) : plan(plan), overwrites(*plan.overwrites) {}

void KeepOrRecompute::decide() {
  collectCandidates();
  settle(minimumCut());
}

bool KeepOrRecompute::isInRegister(const Instruction &inst) const {
  if (plan.prepared.loops().getLoopFor(inst.getParent()))
    return false;
  auto *alloca = dyn_cast<AllocaInst>(&inst);
  return plan.keepsInRegisters() ||
         (plan.planKey.form == DerivativeForm::Gradient && alloca && alloca->isStaticAlloca());
}

/// In a large function a long chain would be computed again in many places.
bool KeepOrRecompute::isWorthRecomputing(const Instruction &inst) const {
  return !plan.isLarge || plan.prepared.loops().getLoopFor(inst.getParent()) ||
         isa<GetElementPtrInst, CastInst, ExtractValueInst>(inst);
}

bool KeepOrRecompute::isCheap(const Instruction &inst) const {
  auto *call = dyn_cast<IntrinsicInst>(&inst);
  if (!call)
    return !isa<CallBase>(inst);
  switch (call->getIntrinsicID()) {
  case Intrinsic::fabs:
  case Intrinsic::copysign:
  case Intrinsic::fma:
  case Intrinsic::fmuladd:
  case Intrinsic::sqrt:
  case Intrinsic::minnum:
  case Intrinsic::maxnum:
  case Intrinsic::minimum:
  case Intrinsic::maximum:
  case Intrinsic::floor:
  case Intrinsic::ceil:
  case Intrinsic::trunc:
  case Intrinsic::smax:
  case Intrinsic::smin:
  case Intrinsic::umax:
  case Intrinsic::umin:
  case Intrinsic::abs:
    return true;
  default:
    return false;
  }
}

KeepOrRecompute::Candidate KeepOrRecompute::examine(Item item) {
  Candidate candidate{item, Nature::Free, {}};
  const Value *value = item.getPointer();
  auto *inst = dyn_cast<Instruction>(value);
  if (!inst || isInRegister(*inst))
    return candidate;
  candidate.nature =
      item.getInt() ? examineShadow(value, candidate.operands) : examinePrimal(value, candidate.operands);
  erase_if(candidate.operands, [](Item operand) { return isa<Constant>(operand.getPointer()); });
  return candidate;
}

/// start + iteration * step, with both known before the loop.
KeepOrRecompute::Nature KeepOrRecompute::examineInduction(const PHINode &phi, bool isShadow,
                                                          SmallVectorImpl<Item> &operands) {
  const Loop *loop = plan.prepared.loops().getLoopFor(phi.getParent());
  if (!loop || loop->getHeader() != phi.getParent())
    return Nature::MustKeep;
  if (plan.prepared.facts(loop).iteration == &phi)
    return Nature::Recomputable;
  auto &se = plan.prepared.analyses().getResult<ScalarEvolutionAnalysis>(plan.prepared.body());
  if (!se.isSCEVable(phi.getType()))
    return Nature::MustKeep;
  auto *recurrence = dyn_cast<SCEVAddRecExpr>(se.getSCEV(const_cast<PHINode *>(&phi)));
  if (!recurrence || !recurrence->isAffine() || recurrence->getLoop() != loop)
    return Nature::MustKeep;
  const SCEV *step = recurrence->getStepRecurrence(se);
  const Value *stepValue = nullptr;
  if (auto *constant = dyn_cast<SCEVConstant>(step))
    stepValue = constant->getValue();
  else if (auto *unknown = dyn_cast<SCEVUnknown>(step))
    stepValue = unknown->getValue();
  if (!stepValue || stepValue->getType()->isPointerTy())
    return Nature::MustKeep;
  const Value *start = phi.getIncomingValueForBlock(loop->getLoopPreheader());
  plan.inductions[&phi] = {loop, start, stepValue};
  operands.push_back(Item(start, isShadow));
  operands.push_back(primalItem(stepValue));
  return Nature::Recomputable;
}

KeepOrRecompute::Nature KeepOrRecompute::examinePrimal(const Value *value, SmallVectorImpl<Item> &operands) {
  auto *inst = cast<Instruction>(value);
  if (auto *phi = dyn_cast<PHINode>(inst))
    return examineInduction(*phi, false, operands);
  if (auto *load = dyn_cast<LoadInst>(inst)) {
    operands.push_back(primalItem(load->getPointerOperand()));
    return overwrites.canReload(*load) ? Nature::Recomputable : Nature::MustKeep;
  }
  bool pure = isa<BinaryOperator, UnaryOperator, CastInst, CmpInst, SelectInst, GetElementPtrInst, FreezeInst,
                  ExtractElementInst, InsertElementInst, ShuffleVectorInst, ExtractValueInst, InsertValueInst>(inst);
  if (auto *intrinsic = dyn_cast<IntrinsicInst>(inst))
    pure = intrinsic->doesNotAccessMemory();
  if (!pure || !isCheap(*inst) || !isWorthRecomputing(*inst))
    return Nature::MustKeep;
  if (auto *call = dyn_cast<CallBase>(inst)) {
    for (const Value *argument : call->args())
      operands.push_back(primalItem(argument));
    return Nature::Recomputable;
  }
  for (const Value *operand : inst->operands())
    operands.push_back(primalItem(operand));
  return Nature::Recomputable;
}

KeepOrRecompute::Nature KeepOrRecompute::examineShadow(const Value *value, SmallVectorImpl<Item> &operands) {
  auto *inst = cast<Instruction>(value);
  // Where it was loaded from, adjoints are added meanwhile.
  if (plan.active.isWord(value))
    return Nature::MustKeep;
  if (auto *phi = dyn_cast<PHINode>(inst))
    return examineInduction(*phi, true, operands);
  if (auto *gep = dyn_cast<GetElementPtrInst>(inst)) {
    operands.push_back(shadowItem(gep->getPointerOperand()));
    for (const Value *position : gep->indices())
      operands.push_back(primalItem(position));
    return Nature::Recomputable;
  }
  if (isa<AddrSpaceCastInst, FreezeInst, BitCastInst>(inst)) {
    operands.push_back(shadowItem(inst->getOperand(0)));
    return Nature::Recomputable;
  }
  if (auto *select = dyn_cast<SelectInst>(inst); select && select->getCondition()->getType()->isIntegerTy()) {
    operands.push_back(primalItem(select->getCondition()));
    operands.push_back(shadowItem(select->getTrueValue()));
    operands.push_back(shadowItem(select->getFalseValue()));
    return Nature::Recomputable;
  }
  if (auto *load = dyn_cast<LoadInst>(inst)) {
    operands.push_back(shadowItem(load->getPointerOperand()));
    return overwrites.canReload(*load) && plan.active.hasShadow(load->getPointerOperand()) ? Nature::Recomputable
                                                                                           : Nature::MustKeep;
  }
  // The shadow of a local variable lies in the frame, at a known place.
  if (auto *alloca = dyn_cast<AllocaInst>(inst); alloca && alloca->isStaticAlloca())
    return Nature::Free;
  return Nature::MustKeep;
}

int64_t KeepOrRecompute::weight(Item item) const {
  auto *inst = cast<Instruction>(item.getPointer());
  const DataLayout &layout = inst->getDataLayout();
  int64_t bytes = inst->getType()->isVoidTy() ? 8 : layout.getTypeStoreSize(inst->getType()).getKnownMinValue();
  if (item.getInt())
    bytes *= plan.planKey.width;
  unsigned depth = plan.prepared.loops().getLoopDepth(inst->getParent());
  return std::max<int64_t>(bytes, 1) << (3 * std::min(depth, 8u));
}

void KeepOrRecompute::collectCandidates() {
  SmallVector<Item> worklist(plan.needed.begin(), plan.needed.end());
  while (!worklist.empty()) {
    Item item = worklist.pop_back_val();
    if (!index.try_emplace(item, candidates.size()).second)
      continue;
    candidates.push_back(examine(item));
    if (candidates.back().nature == Nature::Recomputable)
      append_range(worklist, candidates.back().operands);
  }
}

DenseSet<Item> KeepOrRecompute::minimumCut() {
  DenseSet<Item> kept;
  if (candidates.size() > manyCandidates) {
    for (Item item : plan.needed)
      if (candidates[index.lookup(item)].nature != Nature::Free)
        kept.insert(item);
    return kept;
  }
  // Vertex 2i is where candidate i is computed, 2i + 1 where it is available.
  size_t source = 2 * candidates.size(), sink = source + 1;
  MaximumFlow flow(sink + 1);
  for (size_t i = 0; i < candidates.size(); ++i) {
    const Candidate &candidate = candidates[i];
    if (candidate.nature == Nature::Free)
      continue;
    flow.addEdge(2 * i, 2 * i + 1, weight(candidate.item));
    if (candidate.nature == Nature::MustKeep)
      flow.addEdge(source, 2 * i, MaximumFlow::infinite);
    else
      for (Item operand : candidate.operands)
        flow.addEdge(2 * size_t(index.lookup(operand)) + 1, 2 * i, MaximumFlow::infinite);
  }
  for (Item item : plan.needed)
    flow.addEdge(2 * size_t(index.lookup(item)) + 1, sink, MaximumFlow::infinite);
  flow.run(source, sink);
  std::vector<bool> behind = flow.reaching(sink);
  for (size_t i = 0; i < candidates.size(); ++i)
    if (candidates[i].nature != Nature::Free && !behind[2 * i] && behind[2 * i + 1])
      kept.insert(candidates[i].item);
  return kept;
}

/// From the needed values backwards to what is kept or at hand.
void KeepOrRecompute::settle(const DenseSet<Item> &kept) {
  SmallVector<Item> worklist(plan.needed.begin(), plan.needed.end());
  while (!worklist.empty()) {
    Item item = worklist.pop_back_val();
    if (plan.decisions.contains(item))
      continue;
    auto known = index.find(item);
    if (known == index.end()) {
      known = index.try_emplace(item, candidates.size()).first;
      candidates.push_back(examine(item));
    }
    const Candidate &candidate = candidates[known->second];
    Decision decision = Decision::Recompute;
    if (candidate.nature == Nature::Free)
      decision = Decision::Free;
    else if (kept.contains(item) || candidate.nature == Nature::MustKeep)
      decision = Decision::Keep;
    else if (isa<PHINode>(item.getPointer()))
      decision = Decision::Induction;
    plan.decisions[item] = decision;
    if (decision == Decision::Recompute || decision == Decision::Induction)
      append_range(worklist, candidate.operands);
  }
}
