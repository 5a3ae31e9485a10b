#include "AugmentedEmitter.h"
#include "../plan/TapeLayout.h"
#include "CustomRules.h"
#include "Dispatch.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;
using namespace linkgrad;

void AugmentedEmitter::emit(ArrayRef<Value *> arguments, ArrayRef<Lanes> argumentShadows) {
  cloneBody(arguments);
  for (auto [formal, lanes] : zip(plan.function().body().args(), argumentShadows))
    if (!lanes.empty())
      shadows[&formal] = lanes;
  if (plan.function().exit())
    exitClone = cast<ReturnInst>(clone(*plan.function().exit()));
  openScopes();
  walk();
  rewindWhereCaught();
  // Phis are complete only now; loops and choices among them are kept like the rest.
  for (auto &entry : plan.keptItems())
    if (isa<PHINode>(entry.first.getPointer()))
      keep(entry.first);
}

// --- scopes -----------------------------------------------------------------

void AugmentedEmitter::openScopes() {
  const ScopeLayout *function = plan.layout(nullptr);
  if (function && function->kind == ScopeLayout::Frame && function->bytes) {
    BasicBlock &entry = target.getEntryBlock();
    IRBuilder<> b(&entry, entry.getFirstNonPHIOrDbgOrAlloca());
    frame = runtime.push(b, b.getInt64(function->bytes), function->name);
    frame->setName("frame");
  }
  for (const Loop *loop : plan.function().loops().getLoopsInPreorder()) {
    const ScopeLayout *layout = plan.layout(loop);
    if (!layout)
      continue;
    if (layout->kind == ScopeLayout::Region)
      openRegion(loop);
    else
      openRecord(loop, *layout);
  }
}

static bool mayLeaveTape(const DerivativePlan &plan, const BasicBlock &thrower) {
  auto *invoke = dyn_cast<InvokeInst>(thrower.getTerminator());
  const PlannedCall *planned = invoke ? plan.plannedCall(*invoke) : nullptr;
  return planned && any_of(planned->targets, [](Derivative *d) { return !d->failed && d->usesTape(); });
}

/// What a callee had pushed before it threw is dropped where the exception is caught:
/// the reverse sweep does not come through that callee.
void AugmentedEmitter::rewindWhereCaught() {
  for (BasicBlock &block : plan.function().body()) {
    if (!block.isLandingPad() || !plan.function().returns(&block) ||
        none_of(predecessors(&block), [&](BasicBlock *thrower) { return mayLeaveTape(plan, *thrower); }))
      continue;
    IRBuilder<> b(&target.getEntryBlock(), target.getEntryBlock().begin());
    AllocaInst *top = b.CreateAlloca(b.getPtrTy(), nullptr, "top");
    std::string name = plan.layout(nullptr)->name + ".top";
    for (BasicBlock *thrower : predecessors(&block)) {
      b.SetInsertPoint(cast<BasicBlock>(primal(thrower))->getTerminator());
      b.CreateStore(runtime.peek(b, 0, name), top);
    }
    BasicBlock *pad = cast<BasicBlock>(primal(&block));
    b.SetInsertPoint(pad, pad->getFirstInsertionPt());
    runtime.pop(b, b.CreateLoad(b.getPtrTy(), top));
  }
}

void AugmentedEmitter::closeFrame(IRBuilder<> &b) {
  const ScopeLayout *layout = plan.layout(nullptr);
  if (!frame || !layout->dynamicInside)
    return;
  Value *footer = runtime.push(b, b.getInt64(tapeAlignment), layout->name + ".footer");
  markTapeAccess(*b.CreateStore(frame, footer));
}

Value *linkgrad::regionCount(const PreparedFunction &function, const Loop *loop,
                             function_ref<Value *(const Value *)> value, IRBuilder<> &b) {
  Value *count = nullptr;
  const Loop *root = function.facts(loop).regionRoot;
  for (const Loop *at = loop;; at = at->getParentLoop()) {
    Value *trips = b.CreateAdd(value(function.facts(at).lastBefore), b.getInt64(1), "trips");
    count = count ? b.CreateMul(count, trips) : trips;
    if (at == root)
      return count;
  }
}

/// Reserved before the root of the nest is entered.
void AugmentedEmitter::openRegion(const Loop *loop) {
  const ScopeLayout &layout = *plan.layout(loop);
  const Loop *root = plan.function().facts(loop).regionRoot;
  IRBuilder<> b(clone(*root->getLoopPreheader()->getTerminator()));
  Value *count = regionCount(plan.function(), loop, [&](const Value *v) { return primal(v); }, b);
  Value *bytes = b.CreateMul(count, b.getInt64(layout.bytes));
  bytes = b.CreateAnd(b.CreateAdd(bytes, b.getInt64(tapeAlignment - 1)), b.getInt64(~(tapeAlignment - 1)));
  Value *base = runtime.push(b, bytes, layout.name);
  base->setName("region");
  regions[loop] = base;
  regionCounts[loop] = count;
  storeSlot(layout.base, base, b);
}

/// One record per iteration, pushed in the header; found again through a footer
/// where more is pushed before the iteration ends.
void AugmentedEmitter::openRecord(const Loop *loop, const ScopeLayout &layout) {
  BasicBlock *header = cast<BasicBlock>(primal(loop->getHeader()));
  IRBuilder<> b(header, header->getFirstInsertionPt());
  Value *record = runtime.push(b, b.getInt64(layout.bytes), layout.name);
  record->setName("record");
  records[loop] = record;
  if (!layout.dynamicInside)
    return;
  auto addFooter = [&](Instruction *where) {
    IRBuilder<> fb(where);
    Value *footer = runtime.push(fb, fb.getInt64(tapeAlignment), layout.name + ".footer");
    markTapeAccess(*fb.CreateStore(record, footer));
  };
  // A latch that can leave the loop too gets its footer on the edge back.
  BasicBlock *latch = cast<BasicBlock>(primal(loop->getLoopLatch()));
  if (!latch->getSingleSuccessor())
    latch = SplitEdge(latch, header);
  addFooter(latch->getTerminator());
  SmallVector<BasicBlock *> exits;
  loop->getUniqueExitBlocks(exits);
  // Outer loops come first in preorder: inserting in front puts inner footers before outer ones.
  for (BasicBlock *exitBlock : exits)
    addFooter(&*cast<BasicBlock>(primal(exitBlock))->getFirstInsertionPt());
}

// --- slots ------------------------------------------------------------------

AllocaInst *AugmentedEmitter::registerSlot(unsigned index) {
  AllocaInst *&place = registers[index];
  if (!place) {
    IRBuilder<> b(&target.getEntryBlock(), target.getEntryBlock().begin());
    place = b.CreateAlloca(plan.layout(nullptr)->slots[index], nullptr, "slot");
  }
  return place;
}

Value *AugmentedEmitter::regionIndex(const Loop *loop, IRBuilder<> &b) {
  const PreparedFunction &function = plan.function();
  const LoopFacts &facts = function.facts(loop);
  Value *iteration = primal(facts.iteration);
  if (loop == facts.regionRoot)
    return iteration;
  Value *outer = regionIndex(loop->getParentLoop(), b);
  Value *trips = b.CreateAdd(primal(facts.lastBefore), b.getInt64(1));
  return b.CreateAdd(b.CreateMul(outer, trips), iteration);
}

Value *linkgrad::regionAddress(const ScopeLayout &layout, unsigned slot, Value *base, Value *count, Value *index,
                               const Runtime &runtime, IRBuilder<> &b) {
  const DataLayout &data = b.GetInsertBlock()->getDataLayout();
  Value *offset = b.getInt64(layout.offsets[slot]);
  if (layout.offsets[slot])
    offset = b.CreateMul(count, offset);
  Value *array = runtime.part(b, base, offset, layout.name + ".slot" + Twine(slot));
  return b.CreatePtrAdd(array, b.CreateMul(index, b.getInt64(data.getTypeAllocSize(layout.slots[slot]))));
}

Value *AugmentedEmitter::address(const Slot &slot, IRBuilder<> &b) {
  const ScopeLayout &layout = *plan.layout(slot.scope);
  switch (layout.kind) {
  case ScopeLayout::Registers:
    return registerSlot(slot.index);
  case ScopeLayout::Frame:
    return b.CreatePtrAdd(frame, b.getInt64(layout.offsets[slot.index]));
  case ScopeLayout::Record:
    return b.CreatePtrAdd(records.lookup(slot.scope), b.getInt64(layout.offsets[slot.index]));
  case ScopeLayout::Region:
    return regionAddress(layout, slot.index, regions.lookup(slot.scope), regionCounts.lookup(slot.scope),
                         regionIndex(slot.scope, b), runtime, b);
  }
  llvm_unreachable("unknown scope");
}

void linkgrad::markTapeAccess(Instruction &access) {
  LLVMContext &context = access.getContext();
  MDNode *domain = MDNode::get(context, {MDString::get(context, "linkgrad")});
  MDNode *scope = MDNode::get(context, {MDString::get(context, "linkgrad.tape"), domain});
  access.setMetadata(LLVMContext::MD_alias_scope, MDNode::get(context, {scope}));
}

void AugmentedEmitter::storeSlot(const Slot &slot, Value *value, IRBuilder<> &b) {
  Type *type = plan.layout(slot.scope)->slots[slot.index];
  if (value->getType() != type)
    value = b.CreateZExt(value, type); // i1 is kept as i8
  auto *store = b.CreateAlignedStore(value, address(slot, b), slotAlignment(type, module.getDataLayout()));
  store->setVolatile(plan.hidesSlots(slot.scope));
  if (plan.layout(slot.scope)->kind != ScopeLayout::Registers)
    markTapeAccess(*store);
}

/// free p        after the reverse sweep, which reads the memory
void AugmentedEmitter::postpone(CallBase &call) {
  auto &copy = cast<CallBase>(*clone(call));
  IRBuilder<> b(&copy);
  const KnownCall &known = *plan.effects().classify(call).known;
  deferRelease(copy, copy.getArgOperand(known.pointer), b);
  removeReplacedCall(copy);
}

void AugmentedEmitter::finished(Instruction &inst) {
  if (auto *call = dyn_cast<CallBase>(&inst); call && plan.isPostponed(*call))
    return postpone(*call);
  if (auto *store = dyn_cast<StoreInst>(&inst); store && plan.isUnread(*store)) {
    clone(inst)->eraseFromParent();
    return;
  }
  keep(primalItem(&inst));
  keep(shadowItem(&inst));
}

/// Whether \p inst is at or behind \p position of the same block.  Asking for the order
/// numbers the block anew after each insertion, so we look in the neighbourhood first.
static bool liesBehind(const Instruction &inst, BasicBlock::iterator position) {
  constexpr unsigned neighbourhood = 32;
  for (unsigned i = 0; i < neighbourhood && position != inst.getParent()->end(); ++i, ++position)
    if (&*position == &inst)
      return true;
  return position != inst.getParent()->end() && !inst.comesBefore(&*position);
}

void AugmentedEmitter::keep(Item item) {
  const Slot *slot = plan.slot(item);
  if (!slot)
    return;
  auto &inst = *cast<Instruction>(item.getPointer());
  BasicBlock::iterator position = after(inst);
  BasicBlock *block = position->getParent();
  // Behind what has been built for the instruction: its shadows, its record.
  IRBuilder<> b(block, position);
  const Instruction *copy = clone(inst);
  auto placeBehind = [&](Value *made) {
    auto *last = dyn_cast_or_null<Instruction>(made);
    if (last && last != copy && last->getParent() == block && !isa<PHINode>(last) && !last->isTerminator() &&
        liesBehind(*last, b.GetInsertPoint()))
      b.SetInsertPoint(block, std::next(last->getIterator()));
  };
  if (slot->scope)
    placeBehind(records.lookup(slot->scope));
  // Nothing but local variables stands in front of the frame.
  if (isa<AllocaInst>(inst))
    placeBehind(frame);
  storeSlot(*slot, keptValue(item, placeBehind, b), b);
}

/// The value, the shadow (all lanes in one array), or what a custom rule left.
Value *AugmentedEmitter::keptValue(Item item, function_ref<void(Value *)> placeBehind, IRBuilder<> &b) {
  auto &inst = *cast<Instruction>(item.getPointer());
  auto *call = dyn_cast<CallBase>(&inst);
  bool ruleTape = item.getInt() && call && ruleTapes.contains(call);
  Lanes lanes = ruleTape ? Lanes{ruleTapes.lookup(call)} : item.getInt() ? shadow(&inst) : Lanes{primal(&inst)};
  for (Value *lane : lanes)
    placeBehind(lane);
  if (lanes.size() == 1)
    return lanes[0];
  Value *all = PoisonValue::get(ArrayType::get(inst.getType(), width));
  for (unsigned lane = 0; lane < width; ++lane)
    all = b.CreateInsertValue(all, lanes[lane], lane);
  return all;
}

// --- instructions -----------------------------------------------------------

/// Only the pointers inside an aggregate are for the forward sweep.
void AugmentedEmitter::visitStore(StoreInst &store, IRBuilder<> &b) {
  Type *stored = store.getValueOperand()->getType();
  if (plan.sharesBytesWithPointer(store))
    return clearOrPassWord(store, b);
  auto *type = dyn_cast<StructType>(stored);
  if (!type || !holdsPointer(type))
    return;
  Lanes locations = shadow(store.getPointerOperand()), contents = shadow(store.getValueOperand());
  const StructLayout *offsets = module.getDataLayout().getStructLayout(type);
  for (unsigned lane = 0; lane < width; ++lane)
    for (unsigned i = 0; i < type->getNumElements(); ++i)
      if (type->getElementType(i)->isPointerTy())
        b.CreateStore(b.CreateExtractValue(contents[lane], i),
                      b.CreatePtrAdd(locations[lane], b.getInt64(offsets->getElementOffset(i))));
}

/// Where a number is stored, what was a shadow pointer becomes an adjoint, which
/// begins at zero: all of it, though the number may be smaller.  What is an adjoint
/// already stays: the caller's, of what the memory will hold in the end.  What may be
/// either brings its shadow along.
void AugmentedEmitter::clearOrPassWord(StoreInst &store, IRBuilder<> &b) {
  const Value *pointer = store.getPointerOperand(), *stored = store.getValueOperand();
  Lanes locations = shadow(pointer), contents = shadow(stored);
  int64_t size = module.getDataLayout().getTypeStoreSize(stored->getType()).getKnownMinValue(), before = 0;
  plan.graph().forEachCell(plan.graph().of(pointer), size, [&](int64_t offset, const Cell &cell) {
    if (cell.pointer && size < 8)
      before = std::min(offset, before);
  });
  for (unsigned lane = 0; lane < width; ++lane) {
    Type *type = size < 8 ? b.getInt64Ty() : stored->getType();
    Value *at = before ? b.CreatePtrAdd(locations[lane], b.getInt64(before)) : locations[lane];
    at = guarded(pointer, at, scratch(type), b);
    Align align = size < 8 ? Align(1) : store.getAlign();
    Value *old = b.CreateAlignedLoad(type, at, align), *zero = Constant::getNullValue(type);
    Value *content = unlessPointer(old, old, zero, b);
    if (size >= 8 && plan.activity().isWord(stored))
      content = unlessPointer(contents[lane], content, contents[lane], b);
    b.CreateAlignedStore(content, at, align);
  }
}

static std::optional<int64_t> constantSize(const Value *size) {
  if (auto *constant = dyn_cast<ConstantInt>(size))
    return constant->getSExtValue();
  return std::nullopt;
}

void AugmentedEmitter::visitMove(CallBase &call, const Value *destination, const Value *source, const Value *size,
                                 IRBuilder<> &b) {
  MoveLayout layout = layoutOfMove(plan.graph(), destination, *size, module.getDataLayout());
  checkLimit(layout, call, destination, size, b);
  if ((layout.conflict || layout.anyWord()) && plan.activity().isActiveMemory(destination, constantSize(size)))
    return diagnostics.report(DiagnosticId::MixedTypes, call, {userName(plan.function().original()), describe(call)});
  if (layout.allReal())
    return;
  Lanes d = shadow(destination), s = shadow(source);
  for (unsigned lane = 0; lane < width; ++lane)
    moveOpaqueMembers(layout, d[lane], s[lane], guardedSize(destination, d[lane], size, b), b);
}

void AugmentedEmitter::visitFill(CallBase &call, const Value *destination, const Value *byte, const Value *size,
                                 IRBuilder<> &b) {
  MoveLayout layout = layoutOfMove(plan.graph(), destination, *size, module.getDataLayout());
  checkLimit(layout, call, destination, size, b);
  if (layout.allReal())
    return;
  Lanes d = shadow(destination);
  Value *content = byte ? primal(byte) : b.getInt8(0);
  for (unsigned lane = 0; lane < width; ++lane)
    fillOpaqueMembers(layout, d[lane], content, guardedSize(destination, d[lane], size, b), b);
}

/// The shadow is needed until the reverse sweep is over.
void AugmentedEmitter::visitRelease(CallBase &call, const KnownCall &known, IRBuilder<> &b) {
  const Value *pointer = call.getArgOperand(known.pointer);
  Lanes lanes = shadow(pointer);
  Value *nothing = ConstantPointerNull::get(b.getPtrTy());
  auto &copy = cast<CallBase>(*clone(call));
  if (known.kind == CallKind::TapeDefer) {
    auto given = [&](int distance) { return copy.getArgOperand(known.pointer + distance); };
    for (unsigned lane = 0; lane < width; ++lane)
      runtime.defer(b, given(-1), guarded(pointer, lanes[lane], nothing, b), given(1), given(2));
    return;
  }
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *released = guarded(pointer, lanes[lane], nothing, b);
    if (known.forShadow)
      runtime.defer(b, releaseOf(known, b), released, b.getInt64(0), b.getInt64(0));
    else
      deferRelease(copy, released, b);
  }
}

/// What \p release does to its argument is done to \p pointer, when the reverse sweep is over.
void AugmentedEmitter::deferRelease(CallBase &release, Value *pointer, IRBuilder<> &b) {
  auto extra = [&](unsigned position) -> Value * {
    if (position >= release.arg_size() || !release.getArgOperand(position)->getType()->isIntegerTy())
      return b.getInt64(0);
    return b.CreateZExtOrTrunc(release.getArgOperand(position), b.getInt64Ty());
  };
  Value *first = extra(1), *second = extra(2);
  runtime.defer(b, release.getCalledOperand(), pointer, first, second);
}

void AugmentedEmitter::visitTapeRelease(CallBase &call) {
  Instruction *copy = clone(call);
  runtime.releaseLater(cast<CallBase>(*copy));
}

Value *AugmentedEmitter::allocateLocalShadow(AllocaInst &alloca, unsigned lane, IRBuilder<> &b) {
  const DataLayout &data = module.getDataLayout();
  if (auto offset = plan.shadowStorage(alloca)) {
    uint64_t size = alloca.getAllocationSize(data)->getFixedValue();
    BasicBlock::iterator position = b.GetInsertPoint();
    if (cast<Instruction>(frame)->getParent() == b.GetInsertBlock() &&
        !cast<Instruction>(frame)->comesBefore(&*position))
      b.SetInsertPoint(b.GetInsertBlock(), std::next(cast<Instruction>(frame)->getIterator()));
    Value *storage = runtime.part(b, frame, b.getInt64(*offset + lane * alignTo(size, tapeAlignment)),
                                  plan.layout(nullptr)->name + ".local" + Twine(*offset));
    b.CreateMemSet(storage, b.getInt8(0), size, Align(tapeAlignment));
    return storage;
  }
  auto *copy = cast<AllocaInst>(clone(alloca));
  Value *size = b.CreateMul(b.CreateZExtOrTrunc(copy->getArraySize(), b.getInt64Ty()),
                            b.getInt64(data.getTypeAllocSize(alloca.getAllocatedType())));
  if (alloca.isStaticAlloca()) {
    auto *shadow = b.CreateAlloca(alloca.getAllocatedType(), copy->getArraySize(), alloca.getName() + ".shadow");
    shadow->setAlignment(alloca.getAlign());
    b.CreateMemSet(shadow, b.getInt8(0), size, alloca.getAlign());
    return shadow;
  }
  // A variable-sized local dies before the reverse sweep; its shadow must not.
  FunctionCallee allocate = module.getOrInsertFunction("calloc", b.getPtrTy(), b.getInt64Ty(), b.getInt64Ty());
  FunctionCallee release = module.getOrInsertFunction("free", b.getVoidTy(), b.getPtrTy());
  Value *shadow = b.CreateCall(allocate, {b.getInt64(1), size});
  runtime.defer(b, release.getCallee(), shadow, b.getInt64(0), b.getInt64(0));
  return shadow;
}

// --- calls ------------------------------------------------------------------

bool linkgrad::isIndirect(const CallBase &call) {
  return !isa<Function>(call.getCalledOperand()->stripPointerCastsAndAliases());
}

SmallVector<Value *> linkgrad::derivativeArguments(const Derivative &callee, function_ref<Value *(unsigned)> primal,
                                                   function_ref<Lanes(unsigned)> shadow) {
  SmallVector<Value *> arguments;
  for (unsigned i = 0; i < callee.key.arguments.size(); ++i) {
    arguments.push_back(primal(i));
    if (callee.key.arguments[i].activity == Activity::Duplicated)
      append_range(arguments, shadow(i));
  }
  return arguments;
}

void AugmentedEmitter::replaceCall(CallBase &call, Value *result, IRBuilder<> &b) {
  Instruction *old = clone(call);
  Value *primalResult = result;
  if (holdsPointer(call.getType()) && plan.activity().hasShadow(&call)) {
    primalResult = b.CreateExtractValue(result, 0);
    Lanes lanes;
    for (unsigned lane = 0; lane < width; ++lane)
      lanes.push_back(b.CreateExtractValue(result, lane + 1));
    shadows[&call] = lanes;
  }
  if (!call.getType()->isVoidTy())
    old->replaceAllUsesWith(primalResult);
  values[&call] = primalResult;
  removeReplacedCall(*old);
}

/// The augmented function returns {primal result, shadow results}, or the primal
/// result alone if it is no pointer with a shadow.
void AugmentedEmitter::visitDerivedCall(CallBase &call, const PlannedCall &planned, IRBuilder<> &b) {
  auto *old = cast<CallBase>(clone(call));
  b.SetInsertPoint(old);
  const Derivative &sample = **find_if(planned.targets, [](Derivative *d) { return !d->failed; });
  SmallVector<Value *> arguments = derivativeArguments(
      sample, [&](unsigned i) { return primal(call.getArgOperand(i)); },
      [&](unsigned i) { return shadow(call.getArgOperand(i)); });
  Value *target = isIndirect(call) ? primal(call.getCalledOperand()) : nullptr;
  replaceCall(call, emitDerivedCall(planned, Sweep::Augmented, target, arguments, old, b), b);
}

void AugmentedEmitter::visitRuleCall(CallBase &call, const CustomRule &rule, IRBuilder<> &b) {
  if (!rule.augmented)
    return;
  CustomRuleCall custom(call, rule, plan, diagnostics);
  b.SetInsertPoint(clone(call));
  CustomRuleCall::Augmented result =
      custom.emitAugmented([&](const Value *v) { return primal(v); }, [&](const Value *v) { return shadow(v); }, b);
  if (result.tape)
    ruleTapes[&call] = result.tape;
  if (holdsPointer(call.getType()) && plan.activity().hasShadow(&call) && result.shadow)
    shadows[&call] = Lanes{result.shadow};
  Instruction *old = clone(call);
  if (!result.primal && !call.getType()->isVoidTy())
    return; // the rule leaves the result out: the primal is called for it
  if (result.primal) {
    old->replaceAllUsesWith(result.primal);
    values[&call] = result.primal;
  }
  removeReplacedCall(*old);
}
