#include "Needed.h"
#include "../analysis/BitMoves.h"
#include "../rules/CustomSignature.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;
using namespace linkgrad;

void NeedCollector::value(const Value *value) {
  if (!isa<Constant>(value))
    plan.needed.insert(primalItem(value));
}

/// The shadow, and where it may be the primal itself the primal to compare with.
void NeedCollector::shadow(const Value *pointer) {
  if (!plan.active.hasShadow(pointer))
    return;
  if (!isa<Constant>(pointer))
    plan.needed.insert(shadowItem(pointer));
  if (plan.active.mayBeConstant(pointer))
    value(pointer);
}

/// Whether it was a pointer, which its shadow tells.
void NeedCollector::word(const Value *value) {
  if (plan.active.isWord(value))
    plan.needed.insert(shadowItem(value));
}

static std::optional<int64_t> storeSize(Type *type, const Instruction &inst) {
  return inst.getDataLayout().getTypeStoreSize(type).getKnownMinValue();
}

bool NeedCollector::isRelevantCall(const CallBase &call) const {
  const ActivityAnalysis &active = plan.active;
  CallEffect effect = plan.calls.classify(call);
  switch (effect.kind) {
  case CallClass::Inactive:
  case CallClass::InlineAsm:
  case CallClass::Unknown:
    return false;
  case CallClass::Scalar:
    return active.isActive(&call);
  case CallClass::Derived:
  case CallClass::Indirect:
    return plan.plannedCall(call) != nullptr;
  case CallClass::Custom:
    return active.isActiveCall(call);
  case CallClass::Known:
    if (effect.known->kind == CallKind::RuntimeRule)
      return active.isActiveCall(call);
    if (effect.known->kind == CallKind::Transfer || effect.known->kind == CallKind::Fill)
      return active.hasShadow(call.getArgOperand(effect.known->pointer));
    // New memory is born with a zero adjoint.
    if (effect.known->kind == CallKind::TapeMemory)
      return effect.known->size >= 0 && active.hasShadow(&call);
    return false;
  case CallClass::Intrinsic:
    break;
  }
  if (auto *memory = dyn_cast<AnyMemIntrinsic>(&call))
    return active.hasShadow(memory->getRawDest());
  if (call.getIntrinsicID() == Intrinsic::masked_store || call.getIntrinsicID() == Intrinsic::masked_scatter)
    return active.isActive(call.getArgOperand(0)) || active.isActiveMemory(call.getArgOperand(1), std::nullopt);
  return active.isActive(&call);
}

bool NeedCollector::isRelevant(const Instruction &inst) const {
  if (auto *store = dyn_cast<StoreInst>(&inst)) {
    Type *type = store->getValueOperand()->getType();
    if (type->isPointerTy() && plan.sharesBytesWithPointer(*store))
      return true;
    return (holdsReal(type) || !plan.active.countedRoots(*store).empty()) &&
           plan.active.isActiveMemory(store->getPointerOperand(), storeSize(type, inst));
  }
  if (auto *call = dyn_cast<CallBase>(&inst))
    return isRelevantCall(*call);
  if (auto *rmw = dyn_cast<AtomicRMWInst>(&inst))
    return holdsReal(rmw->getType()) &&
           plan.active.isActiveMemory(rmw->getPointerOperand(), storeSize(rmw->getType(), inst));
  // A number's bits on their way, as an integer.
  bool passesBits =
      movesStructOfBits(inst) || (inst.getType()->isIntOrIntVectorTy() &&
                                  isa<BitCastInst, PHINode, SelectInst, FreezeInst, ExtractValueInst>(inst));
  return (holdsReal(inst.getType()) || passesBits) && plan.active.isActive(&inst);
}

void NeedCollector::findRelevant() {
  for (const BasicBlock &block : plan.prepared.body())
    if (plan.prepared.returns(&block))
      for (const Instruction &inst : block)
        if (isRelevant(inst))
          plan.relevant.insert(&inst);
}

void NeedCollector::collect() {
  const Function &body = plan.prepared.body();
  DenseSet<const BasicBlock *> visited;
  SmallVector<const BasicBlock *> worklist{plan.prepared.exit()->getParent()};
  // Only blocks the reverse sweep comes through have needs.
  while (!worklist.empty()) {
    const BasicBlock *block = worklist.pop_back_val();
    if (!visited.insert(block).second)
      continue;
    if (const BasicBlock *target = plan.shortcut(block)) {
      worklist.push_back(target);
      continue;
    }
    needsOfControl(*block);
    append_range(worklist, predecessors(block));
  }
  for (const BasicBlock &block : body)
    for (const Instruction &inst : block)
      if (plan.relevant.contains(&inst))
        needsOf(inst);
}

/// Choosing a predecessor, entering a loop backwards, addressing its arrays.
void NeedCollector::needsOfControl(const BasicBlock &block) {
  const PredecessorChoice &choice = plan.prepared.choice(&block);
  if (choice.selector)
    value(choice.selector);
  const LoopInfo &loops = plan.prepared.loops();
  for (const BasicBlock *pred : choice.blocks) {
    const Loop *around = loops.getLoopFor(&block);
    for (const Loop *left = loops.getLoopFor(pred); left && left != around && !left->contains(&block);
         left = left->getParentLoop()) {
      const LoopFacts &facts = plan.prepared.facts(left);
      value(facts.isCounted() ? facts.lastBefore : facts.lastAtExit.lookup(&block));
    }
  }
}

void NeedCollector::needsOf(const Instruction &inst) {
  const ActivityAnalysis &active = plan.active;
  if (auto *store = dyn_cast<StoreInst>(&inst)) {
    word(store->getValueOperand());
    return shadow(store->getPointerOperand());
  }
  if (auto *load = dyn_cast<LoadInst>(&inst)) {
    word(load);
    return shadow(load->getPointerOperand());
  }
  if (auto *rmw = dyn_cast<AtomicRMWInst>(&inst))
    return shadow(rmw->getPointerOperand());
  if (auto *select = dyn_cast<SelectInst>(&inst))
    return value(select->getCondition());
  if (isa<ExtractElementInst, InsertElementInst>(inst))
    return value(inst.getOperand(inst.getNumOperands() - 1));
  if (const ScalarRule *rule = findScalarRule(inst)) {
    Reads reads = Reads::Nothing;
    for (unsigned i = 0; i < rule->arity; ++i)
      if (rule->partial[i] && active.isActive(inst.getOperand(i)))
        reads = reads | rule->reads[i];
    const Reads operands[] = {Reads::A, Reads::B, Reads::C};
    for (unsigned i = 0; i < rule->arity; ++i)
      if (contains(reads, operands[i]))
        value(inst.getOperand(i));
    if (contains(reads, Reads::Result))
      value(&inst);
    return;
  }
  if (auto *call = dyn_cast<CallBase>(&inst))
    needsOfCall(*call);
}

// NOLINTNEXTLINE(readability-function-size): a list of calls
void NeedCollector::needsOfCall(const CallBase &call) {
  CallEffect effect = plan.calls.classify(call);
  if (const PlannedCall *planned = plan.plannedCall(call)) {
    for (unsigned i = 0; i < call.arg_size(); ++i) {
      const Value *argument = call.getArgOperand(i);
      if (any_of(planned->targets, [&](Derivative *d) { return i >= d->key.arguments.size() || d->needsArgument(i); }))
        value(argument);
      if (holdsPointer(argument->getType()))
        shadow(argument);
    }
    if (planned->targets.size() > 1 || effect.kind == CallClass::Indirect)
      value(call.getCalledOperand());
    return;
  }
  if (effect.kind == CallClass::Custom ||
      (effect.kind == CallClass::Known && effect.known->kind == CallKind::RuntimeRule)) {
    for (const Value *argument : call.args()) {
      value(argument);
      if (holdsPointer(argument->getType()))
        shadow(argument);
    }
    if (const CustomRule *rule = plan.calls.registrations().customRule(*effect.callee))
      if (Type *tape = customTapeType(call, *rule)) {
        plan.ruleTapeTypes[&call] = tape;
        plan.needed.insert(shadowItem(&call));
      }
    return;
  }
  if (effect.kind == CallClass::Known && effect.known->kind == CallKind::TapeMemory) {
    shadow(&call);
    return value(call.getArgOperand(effect.known->size));
  }
  if (effect.kind == CallClass::Known) {
    shadow(call.getArgOperand(effect.known->pointer));
    if (effect.known->kind == CallKind::Transfer)
      shadow(call.getArgOperand(effect.known->source));
    return value(call.getArgOperand(effect.known->size));
  }
  if (auto *memory = dyn_cast<AnyMemIntrinsic>(&call)) {
    shadow(memory->getRawDest());
    if (auto *transfer = dyn_cast<AnyMemTransferInst>(memory))
      shadow(transfer->getRawSource());
    return value(memory->getLength());
  }
  switch (call.getIntrinsicID()) {
  case Intrinsic::masked_load:
  case Intrinsic::masked_gather:
    shadow(call.getArgOperand(0));
    return value(call.getArgOperand(1));
  case Intrinsic::masked_store:
  case Intrinsic::masked_scatter:
    shadow(call.getArgOperand(1));
    return value(call.getArgOperand(2));
  case Intrinsic::vector_reduce_fadd:
    return;
  case Intrinsic::vector_reduce_fmul:
    value(call.getArgOperand(0));
    value(call.getArgOperand(1));
    return value(&call);
  default:
    for (const Value *argument : call.args())
      value(argument);
    value(&call);
  }
}
