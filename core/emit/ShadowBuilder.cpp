#include "ShadowBuilder.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Operator.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;
using namespace linkgrad;

GlobalVariable *linkgrad::shadowGlobal(GlobalVariable &global, unsigned number) {
  Module &module = *global.getParent();
  std::string name = (global.getName() + ".linkgrad.shadow").str();
  if (number)
    name += std::to_string(number);
  if (GlobalVariable *existing = module.getNamedGlobal(name))
    return existing;
  auto *shadow = new GlobalVariable(module, global.getValueType(), /*isConstant=*/false, GlobalValue::InternalLinkage,
                                    Constant::getNullValue(global.getValueType()), name, &global,
                                    global.getThreadLocalMode(), global.getAddressSpace());
  shadow->setAlignment(global.getAlign());
  return shadow;
}

Constant *linkgrad::shadowConstant(Constant *constant, const DenseSet<const GlobalVariable *> &active,
                                   unsigned number) {
  if (auto *global = dyn_cast<GlobalVariable>(constant))
    return active.contains(global) ? shadowGlobal(*global, number) : constant;
  auto *expression = dyn_cast<ConstantExpr>(constant);
  if (!expression)
    return constant;
  SmallVector<Constant *> operands;
  bool changed = false;
  for (Use &operand : expression->operands()) {
    operands.push_back(shadowConstant(cast<Constant>(operand), active, number));
    changed |= operands.back() != operand;
  }
  return changed ? expression->getWithOperands(operands) : constant;
}

FastMathFlags linkgrad::derivativeFlags(const Instruction &inst) {
  FastMathFlags flags;
  if (isa<FPMathOperator>(inst))
    flags = inst.getFastMathFlags();
  flags.setNoNaNs(false);
  flags.setNoInfs(false);
  return flags;
}

MoveLayout linkgrad::layoutOfMove(const MemoryGraph &graph, const Value *pointer, std::optional<int64_t> size) {
  MoveLayout layout;
  NodeRef ref = graph.of(pointer);
  int64_t period = graph.periodAt(ref);
  std::map<int64_t, MoveLayout::Member> reals;
  int64_t end = 0;
  auto add = [&](int64_t offset, const Cell &cell) {
    end = std::max(end, offset + int64_t(cell.size));
    if (cell.real && offset >= 0) {
      uint64_t bytes = cell.real->getPrimitiveSizeInBits() / 8;
      reals[offset] = {cell.real, uint64_t(offset), cell.real->isX86_FP80Ty() ? 16 : bytes};
      layout.conflict |= cell.pointer || cell.mixedReals;
    }
  };
  if (period && (!size || *size > period)) {
    graph.forEachCell(ref, period, add);
    layout.period = period;
  } else {
    graph.forEachCell(ref, size, add);
    layout.period = size ? *size : end;
    // Nobody has stepped through it, and its length is not known: it can only be
    // one kind of number, or one object of the size seen.
    bool uniform =
        !reals.empty() && all_of(reals, [&](auto &entry) { return entry.second.real == reals.begin()->second.real; });
    if (!size && uniform && reals.begin()->first == 0 && !graph.anyPointer(ref)) {
      layout.period = reals.begin()->second.size;
      reals.erase(std::next(reals.begin()), reals.end());
    } else if (!size && !reals.empty()) {
      layout.conflict = true;
    }
  }
  layout.period = std::max<uint64_t>(layout.period, 1);
  // What lies between the reals is opaque.
  uint64_t at = 0;
  for (auto &[offset, member] : reals) {
    if (uint64_t(offset) > at)
      layout.members.push_back({nullptr, at, uint64_t(offset) - at});
    layout.conflict |= uint64_t(offset) < at; // two numbers share bytes
    layout.members.push_back(member);
    at = std::max(at, uint64_t(offset) + member.size);
  }
  if (at < layout.period)
    layout.members.push_back({nullptr, at, layout.period - at});
  return layout;
}

ShadowBuilder::ShadowBuilder(const DerivativePlan &plan, Function &target, Diagnostics &diagnostics)
    : plan(plan), target(target), diagnostics(diagnostics), module(*target.getParent()),
      runtime(module, plan.key().level), width(plan.key().width) {}

Value *ShadowBuilder::primal(const Value *value) const {
  if (isa<Constant>(value) || isa<MetadataAsValue>(value) || isa<InlineAsm>(value))
    return const_cast<Value *>(value);
  auto found = values.find(value);
  assert(found != values.end() && "a primal value was not cloned");
  return found->second;
}

Lanes ShadowBuilder::shadow(const Value *pointer) {
  if (auto *constant = dyn_cast<Constant>(pointer)) {
    Lanes lanes;
    for (unsigned lane = 0; lane < width; ++lane)
      lanes.push_back(
          shadowConstant(const_cast<Constant *>(constant), plan.activeGlobals(), plan.key().level.shadowNumber(lane)));
    return lanes;
  }
  auto found = shadows.find(pointer);
  return found != shadows.end() ? found->second : Lanes(width, primal(pointer));
}

Value *ShadowBuilder::scratch(Type *type) {
  Value *&place = scratches[type];
  if (!place) {
    IRBuilder<> b(&target.getEntryBlock(), target.getEntryBlock().begin());
    place = b.CreateAlloca(type, nullptr, "scratch");
  }
  return place;
}

Value *ShadowBuilder::guarded(const Value *pointer, Value *shadow, Value *otherwise, IRBuilder<> &b) {
  if (!plan.activity().mayBeConstant(pointer))
    return shadow;
  return b.CreateSelect(b.CreateICmpNE(shadow, primal(pointer)), shadow, otherwise);
}

Value *ShadowBuilder::guardedSize(const Value *pointer, Value *shadow, const Value *size, IRBuilder<> &b) {
  Value *bytes = b.CreateZExtOrTrunc(primal(size), b.getInt64Ty());
  if (!plan.activity().mayBeConstant(pointer))
    return bytes;
  return b.CreateSelect(b.CreateICmpNE(shadow, primal(pointer)), bytes, b.getInt64(0));
}

// --- the walk ---------------------------------------------------------------

void ShadowBuilder::cloneBody(ArrayRef<Value *> arguments) {
  Function &body = plan.function().body();
  for (auto [formal, value] : zip(body.args(), arguments))
    values[&formal] = value;
  SmallVector<ReturnInst *> returns;
  AttributeList attributes = target.getAttributes();
  CloneFunctionInto(&target, &body, values, CloneFunctionChangeType::LocalChangesOnly, returns);
  target.setAttributes(attributes);
  // Cloning copies what was special about the primal's place and way of calling.
  target.setCallingConv(CallingConv::C);
  target.setSection("");
  for (Instruction &inst : instructions(target)) {
    if (auto *call = dyn_cast<CallInst>(&inst))
      call->setTailCallKind(CallInst::TCK_None);
    inst.setMetadata(LLVMContext::MD_alias_scope, nullptr);
    inst.setMetadata(LLVMContext::MD_noalias, nullptr);
  }
}

BasicBlock::iterator ShadowBuilder::after(const Instruction &inst) const {
  Instruction *copy = clone(inst);
  if (isa<PHINode>(copy))
    return copy->getParent()->getFirstInsertionPt();
  if (auto *invoke = dyn_cast<InvokeInst>(copy))
    return invoke->getNormalDest()->getFirstInsertionPt();
  if (copy->isTerminator())
    return copy->getIterator();
  return std::next(copy->getIterator());
}

void ShadowBuilder::walk() {
  Function &body = plan.function().body();
  declarePhis();
  ReversePostOrderTraversal<Function *> order(&body);
  for (BasicBlock *block : order)
    for (Instruction &inst : *block)
      if (!isa<PHINode>(inst)) {
        visit(inst);
        finished(inst);
      }
  completePhis();
}

void ShadowBuilder::declarePhis() {
  for (BasicBlock &block : plan.function().body())
    for (PHINode &phi : block.phis()) {
      if (!holdsPointer(phi.getType()) || !plan.activity().hasShadow(&phi))
        continue;
      Lanes &lanes = shadows[&phi];
      for (unsigned lane = 0; lane < width; ++lane)
        lanes.push_back(PHINode::Create(phi.getType(), phi.getNumIncomingValues(), phi.getName() + ".shadow",
                                        clone(phi)->getIterator()));
    }
}

void ShadowBuilder::completePhis() {
  for (BasicBlock &block : plan.function().body())
    for (PHINode &phi : block.phis()) {
      auto found = shadows.find(&phi);
      if (found == shadows.end())
        continue;
      auto *copy = cast<PHINode>(clone(phi));
      Lanes lanes = found->second;
      for (unsigned i = 0; i < phi.getNumIncomingValues(); ++i) {
        Lanes incoming = shadow(phi.getIncomingValue(i));
        for (unsigned lane = 0; lane < width; ++lane)
          cast<PHINode>(lanes[lane])->addIncoming(incoming[lane], copy->getIncomingBlock(i));
      }
    }
}

void ShadowBuilder::visit(Instruction &inst) {
  IRBuilder<> b(target.getContext());
  BasicBlock::iterator position = after(inst);
  b.SetInsertPoint(position->getParent(), position);
  b.SetCurrentDebugLocation(inst.getDebugLoc());
  if (auto *call = dyn_cast<CallBase>(&inst))
    return visitCall(*call, b);
  if (auto *store = dyn_cast<StoreInst>(&inst)) {
    if (!plan.activity().hasShadow(store->getPointerOperand()))
      return;
    if (holdsPointer(store->getValueOperand()->getType()))
      storePointer(*store, b);
    if (holdsReal(store->getValueOperand()->getType()))
      visitStore(*store, b);
    return;
  }
  if (holdsPointer(inst.getType()) && plan.activity().hasShadow(&inst))
    buildPointerShadow(inst, b);
  visitOther(inst, b);
}

/// store q, p        store q̄, p̄; a location without a shadow keeps the primal pointer
void ShadowBuilder::storePointer(StoreInst &store, IRBuilder<> &b) {
  const Value *pointer = store.getPointerOperand(), *value = store.getValueOperand();
  if (holdsReal(value->getType()))
    return; // a struct of both: its members are stored by visitStore
  Lanes locations = shadow(pointer), contents = shadow(value);
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *content = contents[lane];
    if (plan.activity().mayBeConstant(pointer))
      content = b.CreateSelect(b.CreateICmpNE(locations[lane], primal(pointer)), content, primal(value));
    b.CreateAlignedStore(content, locations[lane], store.getAlign());
  }
}

void ShadowBuilder::buildPointerShadow(Instruction &inst, IRBuilder<> &b) {
  Lanes lanes;
  SmallVector<Lanes> operands;
  for (Use &operand : inst.operands())
    operands.push_back(holdsPointer(operand->getType()) ? shadow(operand) : Lanes());
  for (unsigned lane = 0; lane < width; ++lane) {
    if (auto *alloca = dyn_cast<AllocaInst>(&inst)) {
      lanes.push_back(allocateLocalShadow(*alloca, lane, b));
      continue;
    }
    if (auto *cast = dyn_cast<IntToPtrInst>(&inst)) {
      if (Value *moved = shadowOfIntToPtr(*cast, lane, b)) {
        lanes.push_back(moved);
        continue;
      }
    }
    if (isa<IntToPtrInst, AtomicRMWInst, AtomicCmpXchgInst, VAArgInst>(inst)) {
      diagnostics.report(DiagnosticId::NoRuleInstruction, inst, {userName(plan.function().original()), describe(inst)});
      return;
    }
    Instruction *copy = clone(inst)->clone();
    for (unsigned i = 0; i < inst.getNumOperands(); ++i)
      if (!operands[i].empty())
        copy->setOperand(i, operands[i][lane]);
    copy->dropUnknownNonDebugMetadata();
    b.Insert(copy, inst.getName() + ".shadow");
    lanes.push_back(copy);
  }
  shadows[&inst] = lanes;
}

/// An integer that came from one pointer: the shadow keeps the distance to it.  Null if it came from several, or
/// from where pointers are not seen.
Value *ShadowBuilder::shadowOfIntToPtr(IntToPtrInst &cast, unsigned lane, IRBuilder<> &b) {
  SmallVector<Value *> worklist{cast.getOperand(0)};
  SmallPtrSet<Value *, 8> seen;
  PtrToIntInst *origin = nullptr;
  bool unseen = false;
  while (!worklist.empty()) {
    Value *value = worklist.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    if (auto *found = dyn_cast<PtrToIntInst>(value)) {
      if (origin && origin->getPointerOperand() != found->getPointerOperand())
        return nullptr;
      origin = found;
    } else if (isa<BinaryOperator>(value)) {
      append_range(worklist, llvm::cast<User>(value)->operands());
    } else {
      unseen |= !isa<Constant>(value);
    }
  }
  // A constant address is the same in the shadow: it marks the end of something.
  if (!origin)
    return unseen ? nullptr : primal(&cast);
  Value *base = origin->getPointerOperand();
  Value *distance =
      b.CreateSub(b.CreatePtrToInt(primal(&cast), b.getInt64Ty()), b.CreatePtrToInt(primal(base), b.getInt64Ty()));
  return b.CreatePtrAdd(shadow(base)[lane], distance);
}

// --- calls ------------------------------------------------------------------

void ShadowBuilder::visitCall(CallBase &call, IRBuilder<> &b) {
  CallEffect effect = plan.effects().classify(call);
  if (auto *transfer = dyn_cast<AnyMemTransferInst>(&call)) {
    if (plan.activity().hasShadow(transfer->getRawDest()))
      visitMove(call, transfer->getRawDest(), transfer->getRawSource(), transfer->getLength(), b);
    return;
  }
  if (auto *fill = dyn_cast<AnyMemSetInst>(&call)) {
    if (plan.activity().hasShadow(fill->getRawDest()))
      visitFill(call, fill->getRawDest(), fill->getValue(), fill->getLength(), b);
    return;
  }
  if (const PlannedCall *planned = plan.plannedCall(call))
    return visitDerivedCall(call, *planned, b);
  bool active = plan.activity().isActiveCall(call);
  if (effect.kind == CallClass::Custom) {
    if (active)
      visitRuleCall(call, *plan.effects().registrations().customRule(*effect.callee), b);
    return;
  }
  if (effect.kind == CallClass::Intrinsic && holdsPointer(call.getType()) && plan.activity().hasShadow(&call))
    return buildPointerShadow(call, b);
  if (effect.kind == CallClass::Known)
    return visitKnownCall(call, *effect.known, b);
  visitOther(call, b);
}

/// memcpy returns its destination, mempcpy the end: the same distance in the shadow.
void ShadowBuilder::returnDestination(CallBase &call, const Value *destination, IRBuilder<> &b) {
  if (!holdsPointer(call.getType()) || !plan.activity().hasShadow(&call))
    return;
  Lanes lanes = shadow(destination);
  Value *distance = b.CreateSub(b.CreatePtrToInt(primal(&call), b.getInt64Ty()),
                                b.CreatePtrToInt(primal(destination), b.getInt64Ty()));
  for (Value *&lane : lanes)
    lane = b.CreatePtrAdd(lane, distance);
  shadows[&call] = lanes;
}

void ShadowBuilder::visitKnownCall(CallBase &call, const KnownCall &known, IRBuilder<> &b) {
  auto argument = [&](int position) -> const Value * { return position < 0 ? nullptr : call.getArgOperand(position); };
  switch (known.kind) {
  case CallKind::Inactive:
    return;
  case CallKind::Allocation:
    if (plan.activity().hasShadow(&call))
      visitAllocation(call, known, b);
    return;
  case CallKind::AllocationByRef:
    if (plan.activity().hasShadow(argument(known.pointer)))
      visitAllocationByRef(call, known, b);
    return;
  case CallKind::Realloc:
    if (plan.activity().hasShadow(&call))
      visitRealloc(call, known, b);
    return;
  case CallKind::Free:
    if (plan.activity().hasShadow(argument(known.pointer)))
      visitRelease(call, known, b);
    return;
  case CallKind::Transfer:
    if (plan.activity().hasShadow(argument(known.pointer)))
      visitMove(call, argument(known.pointer), argument(known.source), argument(known.size), b);
    returnDestination(call, argument(known.pointer), b);
    return;
  case CallKind::Fill:
    if (plan.activity().hasShadow(argument(known.pointer)))
      visitFill(call, argument(known.pointer), argument(known.source), argument(known.size), b);
    if (holdsPointer(call.getType()) && plan.activity().hasShadow(&call))
      shadows[&call] = shadow(argument(known.pointer));
    return;
  case CallKind::Structural:
    return visitStructural(call, b);
  case CallKind::TapeMemory:
    if (plan.activity().hasShadow(&call))
      visitTapeMemory(call, known, b);
    return;
  case CallKind::TapeControl:
    return;
  case CallKind::TapeDefer:
    if (plan.activity().hasShadow(argument(known.pointer)))
      visitRelease(call, known, b);
    return;
  case CallKind::TapeRelease:
    return visitTapeRelease(call);
  case CallKind::RuntimeRule: {
    if (!plan.activity().isActiveCall(call))
      return;
    auto find = [&](const char *name) { return name ? module.getFunction(name) : nullptr; };
    return visitRuleCall(call, {find(known.augmented), find(known.reverse), find(known.tangent)}, b);
  }
  }
}

/// link(node, list)        link(node̅, list̅): shadow nodes form the same structure
void ShadowBuilder::visitStructural(CallBase &call, IRBuilder<> &b) {
  bool any = holdsPointer(call.getType()) && plan.activity().hasShadow(&call);
  bool doubtful = false;
  for (const Value *argument : call.args()) {
    any |= holdsPointer(argument->getType()) && plan.activity().hasShadow(argument);
    doubtful |= holdsPointer(argument->getType()) && plan.activity().mayBeConstant(argument);
  }
  if (!any)
    return;
  // Doing it twice to a structure that is its own shadow would break it.
  if (doubtful && !call.onlyReadsMemory())
    return diagnostics.report(DiagnosticId::ConstOverwritten, call,
                              {userName(plan.function().original()), "a container"});
  auto &copy = cast<CallBase>(*clone(call));
  Lanes lanes;
  for (unsigned lane = 0; lane < width; ++lane) {
    SmallVector<Value *> arguments;
    for (const Value *argument : call.args())
      arguments.push_back(holdsPointer(argument->getType()) ? shadow(argument)[lane] : primal(argument));
    auto *made = b.CreateCall(copy.getFunctionType(), copy.getCalledOperand(), arguments);
    made->setCallingConv(copy.getCallingConv());
    lanes.push_back(made);
  }
  if (holdsPointer(call.getType()))
    shadows[&call] = lanes;
}

static Value *allocationSize(CallBase &copy, const KnownCall &known, IRBuilder<> &b) {
  Value *size = b.CreateZExtOrTrunc(copy.getArgOperand(known.size), b.getInt64Ty());
  if (known.factor >= 0)
    size = b.CreateMul(size, b.CreateZExtOrTrunc(copy.getArgOperand(known.factor), b.getInt64Ty()));
  return size;
}

void ShadowBuilder::visitAllocation(CallBase &call, const KnownCall &known, IRBuilder<> &b) {
  auto &copy = cast<CallBase>(*clone(call));
  Lanes lanes;
  for (unsigned lane = 0; lane < width; ++lane) {
    SmallVector<Value *> arguments(copy.args());
    auto *shadow = b.CreateCall(copy.getFunctionType(), copy.getCalledOperand(), arguments, call.getName() + ".shadow");
    shadow->setAttributes(copy.getAttributes());
    shadow->setCallingConv(copy.getCallingConv());
    if (!known.zeroed && known.size >= 0)
      b.CreateMemSet(shadow, b.getInt8(0), allocationSize(copy, known, b), MaybeAlign());
    lanes.push_back(shadow);
  }
  shadows[&call] = lanes;
}

/// p = push(n)        p̄ = mirror(p); in reverse mode new memory has a zero adjoint
void ShadowBuilder::visitTapeMemory(CallBase &call, const KnownCall &known, IRBuilder<> &b) {
  // A mirror that the next round differentiates must begin somewhere too.
  bool begins = plan.key().form != DerivativeForm::Forward || !plan.key().level.isLast;
  bool isFresh = known.zeroed || (known.size >= 0 && begins);
  const Value *what = call.getArgOperand(known.pointer);
  Value *memory = primal(&call);
  Lanes lanes;
  for (unsigned lane = 0; lane < width; ++lane)
    lanes.push_back(isFresh ? runtime.freshMirror(b, memory, primal(call.getArgOperand(known.size)), lane, what)
                            : runtime.mirror(b, memory, lane, what));
  shadows[&call] = lanes;
}

void ShadowBuilder::visitAllocationByRef(CallBase &call, const KnownCall &known, IRBuilder<> &b) {
  auto &copy = cast<CallBase>(*clone(call));
  Lanes outs = shadow(call.getArgOperand(known.pointer));
  for (unsigned lane = 0; lane < width; ++lane) {
    SmallVector<Value *> arguments(copy.args());
    arguments[known.pointer] = outs[lane];
    b.CreateCall(copy.getFunctionType(), copy.getCalledOperand(), arguments);
    Value *memory = b.CreateLoad(b.getPtrTy(), outs[lane]);
    b.CreateMemSet(memory, b.getInt8(0), allocationSize(copy, known, b), MaybeAlign());
  }
}

void ShadowBuilder::visitRealloc(CallBase &call, const KnownCall &, IRBuilder<> &) {
  diagnostics.report(DiagnosticId::Internal, call,
                     {userName(plan.function().original()), "realloc was not taken apart"});
}

// --- members ----------------------------------------------------------------

void ShadowBuilder::moveOpaqueMembers(const MoveLayout &layout, Value *destination, Value *source, Value *bytes,
                                      IRBuilder<> &b) {
  if (!layout.anyReal()) {
    b.CreateMemMove(destination, MaybeAlign(), source, MaybeAlign(), bytes);
    return;
  }
  for (const MoveLayout::Member &member : layout.members)
    if (!member.real)
      runtime.copyMembers(b, destination, source, bytes, layout.period, member.offset, member.size);
}

void ShadowBuilder::fillOpaqueMembers(const MoveLayout &layout, Value *destination, Value *byte, Value *bytes,
                                      IRBuilder<> &b) {
  Value *wide = b.CreateZExtOrTrunc(byte, b.getInt32Ty());
  if (!layout.anyReal()) {
    b.CreateMemSet(destination, b.CreateTrunc(wide, b.getInt8Ty()), bytes, MaybeAlign());
    return;
  }
  for (const MoveLayout::Member &member : layout.members)
    if (!member.real)
      runtime.fillMembers(b, destination, wide, bytes, layout.period, member.offset, member.size);
}
