//===- PullbackValues.cpp - primal values in the reverse sweep ------------===//

#include "../plan/TapeLayout.h"
#include "PullbackEmitter.h"

using namespace llvm;
using namespace linkgrad;

/// Runs \p make where values of \p scope are looked up: here, or before the loop
/// of that scope that we are in was entered.
template <class F> Value *PullbackEmitter::inPlaceOf(const Loop *scope, F make) {
  const Loop *inner = place.scope;
  if (inner == scope)
    return make();
  while (inner && inner->getParentLoop() != scope)
    inner = inner->getParentLoop();
  if (!inner) {
    diagnostics.report(DiagnosticId::Internal, plan.function().original(),
                       {userName(plan.function().original()), "a value is read outside of its loop"});
    return nullptr;
  }
  BasicBlock *enter = reverseOf(inner).enter;
  IRBuilder<> builder(enter->getTerminator());
  Place before = place;
  place = {scope, &builder, enter};
  Value *result = make();
  place = before;
  return result;
}

Lanes PullbackEmitter::shadows(const Value *pointer) {
  Lanes lanes;
  for (unsigned lane = 0; lane < width; ++lane)
    lanes.push_back(shadow(pointer, lane));
  return lanes;
}

Value *PullbackEmitter::get(Item item, unsigned lane) {
  const Value *primal = item.getPointer();
  if (auto *constant = dyn_cast<Constant>(primal)) {
    auto *mutableConstant = const_cast<Constant *>(constant);
    return item.getInt() ? shadowConstant(mutableConstant, plan.activeGlobals(), plan.key().level.shadowNumber(lane))
                         : mutableConstant;
  }
  // A pointer without a shadow stands for itself.
  if (item.getInt() && !plan.activity().hasShadow(primal) && !isa<CallBase>(primal))
    item = primalItem(primal);
  if (auto *argument = dyn_cast<Argument>(primal)) {
    const Lanes &lanes = parameters.shadows[argument->getArgNo()];
    return item.getInt() && !lanes.empty() ? lanes[lane] : parameters.primal[argument->getArgNo()];
  }
  auto *inst = cast<Instruction>(primal);
  Decision decision = plan.decision(item);
  if (decision == Decision::Free)
    return getFree(item, lane);
  const Loop *scope = plan.function().loops().getLoopFor(inst->getParent());
  return inPlaceOf(scope, [&]() -> Value * {
    auto key = std::tuple(item.getOpaqueValue(), lane, place.block);
    if (Value *known = found.lookup(key))
      return known;
    Value *made = compute(item, lane, decision);
    found[key] = made;
    return made;
  });
}

/// In a register of the same function, or a local variable's shadow in the frame.
Value *PullbackEmitter::getFree(Item item, unsigned lane) {
  auto *inst = cast<Instruction>(item.getPointer());
  if (!forward) {
    auto *alloca = dyn_cast<AllocaInst>(inst);
    auto offset = alloca && item.getInt() ? plan.shadowStorage(*alloca) : std::nullopt;
    if (!offset) {
      diagnostics.report(DiagnosticId::Internal, *inst,
                         {userName(plan.function().original()), "not on the tape: " + describe(*inst)});
      return PoisonValue::get(inst->getType());
    }
    uint64_t size = alloca->getAllocationSize(module.getDataLayout())->getFixedValue();
    return runtime.part(b(), frame, b().getInt64(*offset + lane * alignTo(size, tapeAlignment)),
                        plan.layout(nullptr)->name + ".local" + Twine(*offset));
  }
  if (plan.function().loops().getLoopFor(inst->getParent())) {
    diagnostics.report(DiagnosticId::Internal, *inst,
                       {userName(plan.function().original()), "not planned: " + describe(*inst)});
    return PoisonValue::get(inst->getType());
  }
  Value *made = nullptr;
  if (!item.getInt())
    made = forward->primal(inst);
  else if (auto *call = dyn_cast<CallBase>(inst); call && forward->ruleTape(*call))
    made = forward->ruleTape(*call);
  else
    made = forward->shadow(inst)[lane];
  // What an invoke returns is there on its normal edge only.
  auto *invoke = dyn_cast<InvokeInst>(inst);
  const BasicBlock *block = invoke ? invoke->getNormalDest() : inst->getParent();
  if (isa<Constant>(made) || isa<Argument>(made) || isa<AllocaInst>(made) ||
      plan.function().dominators().dominates(block, plan.function().exit()->getParent()))
    return made;
  return throughRegister(item, lane, made);
}

/// A value computed on some paths only: a variable that mem2reg turns into phis.
Value *PullbackEmitter::throughRegister(Item item, unsigned lane, Value *made) {
  AllocaInst *&variable = spilled[{item.getOpaqueValue(), lane}];
  if (!variable) {
    IRBuilder<> entry(&target.getEntryBlock(), target.getEntryBlock().begin());
    variable = entry.CreateAlloca(made->getType(), nullptr, "spilled");
    auto *inst = cast<Instruction>(made);
    BasicBlock::iterator position;
    BasicBlock *block = inst->getParent();
    if (auto *invoke = dyn_cast<InvokeInst>(inst)) {
      block = invoke->getNormalDest();
      position = block->getFirstInsertionPt();
    } else {
      position = isa<PHINode>(inst) ? block->getFirstInsertionPt() : std::next(inst->getIterator());
    }
    IRBuilder<>(block, position).CreateStore(made, variable);
  }
  return b().CreateLoad(variable->getAllocatedType(), variable);
}

Value *PullbackEmitter::compute(Item item, unsigned lane, Decision decision) {
  auto *inst = cast<Instruction>(item.getPointer());
  switch (decision) {
  case Decision::Keep:
    return loadSlot(item, lane);
  case Decision::Induction:
    return induction(cast<PHINode>(*inst), item.getInt(), lane);
  case Decision::Recompute:
    return recompute(*inst, item.getInt(), lane);
  case Decision::Free:
    break;
  }
  llvm_unreachable("free values are not computed");
}

Value *PullbackEmitter::recompute(const Instruction &inst, bool isShadow, unsigned lane) {
  Instruction *copy = inst.clone();
  copy->dropUnknownNonDebugMetadata();
  for (unsigned i = 0; i < inst.getNumOperands(); ++i) {
    const Value *operand = inst.getOperand(i);
    if (isa<Constant>(operand) && !(isShadow && operand->getType()->isPointerTy()))
      continue;
    if (isa<BasicBlock, MetadataAsValue>(operand))
      continue;
    bool shadowOperand = isShadow && holdsPointer(operand->getType());
    copy->setOperand(i, shadowOperand ? shadow(operand, lane) : value(operand));
  }
  return b().Insert(copy, inst.getName() + (isShadow ? ".shadow" : ""));
}

/// start + iteration * step
Value *PullbackEmitter::induction(const PHINode &phi, bool isShadow, unsigned lane) {
  const Loop *loop = plan.function().loops().getLoopFor(phi.getParent());
  Value *iteration = b().CreateLoad(b().getInt64Ty(), reverseOf(loop).iteration);
  if (plan.function().facts(loop).iteration == &phi)
    return iteration;
  const Induction &rule = plan.induction(&phi);
  Value *start = get(Item(rule.start, isShadow), lane), *step = value(rule.step);
  Value *distance = b().CreateMul(b().CreateZExtOrTrunc(iteration, step->getType()), step);
  return phi.getType()->isPointerTy() ? b().CreatePtrAdd(start, distance) : b().CreateAdd(start, distance);
}

// --- the tape ---------------------------------------------------------------

Value *PullbackEmitter::loadSlot(Item item, unsigned lane) {
  auto *inst = cast<Instruction>(item.getPointer());
  const Slot *slot = plan.slot(item);
  if (!slot) {
    diagnostics.report(DiagnosticId::Internal, *inst,
                       {userName(plan.function().original()), "no slot: " + describe(*inst)});
    return PoisonValue::get(inst->getType());
  }
  Type *type = plan.layout(slot->scope)->slots[slot->index];
  Align align = slotAlignment(type, module.getDataLayout());
  auto *load = b().CreateAlignedLoad(type, slotAddress(*slot), align, inst->getName() + ".slot");
  load->setVolatile(plan.hidesSlots(slot->scope));
  if (plan.layout(slot->scope)->kind != ScopeLayout::Registers)
    markTapeAccess(*load);
  if (type->isArrayTy() && item.getInt() && width > 1 && plan.activity().hasShadow(inst))
    return b().CreateExtractValue(load, lane);
  if (type != inst->getType() && inst->getType()->isIntOrIntVectorTy(1))
    return b().CreateTrunc(load, inst->getType());
  return load;
}

Value *PullbackEmitter::slotAddress(const Slot &slot) {
  const ScopeLayout &layout = *plan.layout(slot.scope);
  switch (layout.kind) {
  case ScopeLayout::Registers:
    return forward->registerSlot(slot.index);
  case ScopeLayout::Frame:
    return b().CreatePtrAdd(frame, b().getInt64(layout.offsets[slot.index]));
  case ScopeLayout::Record:
    return b().CreatePtrAdd(reverseOf(slot.scope).record, b().getInt64(layout.offsets[slot.index]));
  case ScopeLayout::Region:
    return regionAddress(layout, slot.index, regionBase(slot.scope), regionLength(slot.scope), regionIndex(slot.scope),
                         runtime, b());
  }
  llvm_unreachable("unknown scope");
}

/// Read once, where the nest is entered.
Value *PullbackEmitter::regionBase(const Loop *loop) {
  Value *&base = regionValues[{loop, 0}];
  if (base)
    return base;
  const Loop *root = plan.function().facts(loop).regionRoot;
  BasicBlock *enter = reverseOf(root).enter;
  IRBuilder<> builder(enter->getTerminator());
  Place before = place;
  place = {root->getParentLoop(), &builder, enter};
  const Slot &slot = plan.layout(loop)->base;
  auto *load = builder.CreateLoad(builder.getPtrTy(), slotAddress(slot), "region");
  if (plan.layout(slot.scope)->kind != ScopeLayout::Registers)
    markTapeAccess(*load);
  place = before;
  return regionValues[{loop, 0}] = load;
}

Value *PullbackEmitter::regionLength(const Loop *loop) {
  Value *&length = regionValues[{loop, 1}];
  if (length)
    return length;
  const Loop *root = plan.function().facts(loop).regionRoot;
  BasicBlock *enter = reverseOf(root).enter;
  IRBuilder<> builder(enter->getTerminator());
  Place before = place;
  place = {root->getParentLoop(), &builder, enter};
  Value *made = regionCount(plan.function(), loop, [&](const Value *v) { return value(v); }, builder);
  place = before;
  return regionValues[{loop, 1}] = made;
}

Value *PullbackEmitter::regionIndex(const Loop *loop) {
  const LoopFacts &facts = plan.function().facts(loop);
  Value *iteration =
      inPlaceOf(loop, [&]() -> Value * { return b().CreateLoad(b().getInt64Ty(), reverseOf(loop).iteration); });
  if (loop == facts.regionRoot)
    return iteration;
  Value *outer = inPlaceOf(loop->getParentLoop(), [&] { return regionIndex(loop->getParentLoop()); });
  Value *trips = b().CreateAdd(value(facts.lastBefore), b().getInt64(1));
  return b().CreateAdd(b().CreateMul(outer, trips), iteration);
}
