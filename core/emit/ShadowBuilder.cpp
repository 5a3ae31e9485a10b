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

static Type *wordsOf(Type *type, const DataLayout &layout, IRBuilder<> &b) {
  unsigned words = std::max<unsigned>(layout.getTypeStoreSize(type).getFixedValue() / 8, 1);
  if (words == 1)
    return b.getIntNTy(layout.getTypeSizeInBits(type));
  return FixedVectorType::get(b.getInt64Ty(), words);
}

Value *linkgrad::isShadowPointer(Value *shadow, IRBuilder<> &b) {
  const DataLayout &layout = b.GetInsertBlock()->getDataLayout();
  Type *words = wordsOf(shadow->getType(), layout, b);
  if (words->getScalarSizeInBits() < 64)
    return b.getFalse();
  Value *bits = b.CreateBitCast(shadow, words);
  // 0 < bits < 2^47
  Value *below = b.CreateSub(bits, ConstantInt::get(words, 1));
  return b.CreateICmpULT(below, ConstantInt::get(words, (uint64_t(1) << 47) - 1));
}

Value *linkgrad::unlessPointer(Value *shadow, Value *number, Value *otherwise, IRBuilder<> &b) {
  Value *pointer = isShadowPointer(shadow, b);
  if (pointer->getType()->isIntegerTy())
    return b.CreateSelect(pointer, otherwise, number);
  // One decision for every eight bytes.
  auto *words = FixedVectorType::get(b.getInt64Ty(), cast<FixedVectorType>(pointer->getType())->getNumElements());
  Value *chosen = b.CreateSelect(pointer, b.CreateBitCast(otherwise, words), b.CreateBitCast(number, words));
  return b.CreateBitCast(chosen, number->getType());
}

FastMathFlags linkgrad::derivativeFlags(const Instruction &inst) {
  FastMathFlags flags;
  if (isa<FPMathOperator>(inst))
    flags = inst.getFastMathFlags();
  flags.setNoNaNs(false);
  flags.setNoInfs(false);
  return flags;
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
  if (found != shadows.end())
    return found->second;
  return Lanes(width, primal(pointer));
}

bool ShadowBuilder::isShadowed(const Value &value) const {
  if (holdsPointer(value.getType()))
    return plan.activity().hasShadow(&value);
  return plan.activity().isWord(&value) && !hasTangent(&value);
}

/// Whether \p operand is what \p user passes on, rather than a condition, a position
/// or a mask.
static bool passesOn(const Instruction &user, const Use &operand) {
  unsigned number = operand.getOperandNo();
  if (isa<PHINode>(user))
    return true;
  if (isa<SelectInst>(user))
    return number > 0;
  if (isa<InsertElementInst, ShuffleVectorInst, InsertValueInst>(user))
    return number < 2;
  if (auto *operation = dyn_cast<BinaryOperator>(&user))
    return number == 0 || !operation->isShift();
  return number == 0;
}

/// What stands in the shadow of \p user for one of its operands; nothing if that is
/// the operand itself.
Lanes ShadowBuilder::shadowOperand(const Instruction &user, const Use &operand) {
  Type *type = operand->getType();
  if (holdsPointer(type))
    return shadow(operand);
  if (!passesOn(user, operand))
    return {};
  if (isShadowed(*operand))
    return shadow(operand);
  if (holdsPointer(user.getType()))
    return {};
  if (isa<BinaryOperator>(user) && operand.getOperandNo() == 1)
    return {};
  Lanes lanes;
  for (unsigned lane = 0; lane < width; ++lane)
    lanes.push_back(tangentBits(operand, lane, type));
  return lanes;
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

Value *linkgrad::lanesWithShadow(Value *mask, Value *shadow, Value *primal, IRBuilderBase &b) {
  Value *has = b.CreateICmpNE(shadow, primal);
  if (!has->getType()->isVectorTy())
    has = b.CreateVectorSplat(cast<VectorType>(mask->getType())->getElementCount(), has);
  return b.CreateAnd(mask, has);
}

Value *ShadowBuilder::guardedMask(const Value *pointer, Value *shadow, Value *mask, IRBuilder<> &b) {
  return plan.activity().mayBeConstant(pointer) ? lanesWithShadow(mask, shadow, primal(pointer), b) : mask;
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
      if (!isShadowed(phi))
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
        Lanes incoming = shadowOperand(phi, phi.getOperandUse(i));
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
    else if (store->getValueOperand()->getType()->isIntOrIntVectorTy())
      storeWord(*store, b);
    storeCounted(*store, b);
    if (holdsReal(store->getValueOperand()->getType()))
      visitStore(*store, b);
    if (plan.activity().isActive(store->getValueOperand()))
      noteStore(store->getPointerOperand(), b);
    return;
  }
  if (auto *load = dyn_cast<LoadInst>(&inst); load && plan.activity().isActive(load))
    checkLoad(inst, load->getPointerOperand(), b);
  if (isShadowed(inst))
    buildPointerShadow(inst, b);
  visitOther(inst, b);
}

/// Forward mode moves the tangent, or the shadow pointer, without knowing which.
void ShadowBuilder::storeWord(StoreInst &store, IRBuilder<> &b) {
  Value *value = store.getValueOperand(), *pointer = store.getPointerOperand();
  bool cleared = isa<Constant>(value) && cast<Constant>(value)->isNullValue();
  if (plan.key().form != DerivativeForm::Forward || !(isShadowed(*value) || cleared))
    return;
  Lanes locations = shadow(pointer), contents = shadow(value);
  for (unsigned lane = 0; lane < width; ++lane)
    b.CreateAlignedStore(contents[lane], guarded(pointer, locations[lane], scratch(value->getType()), b),
                         store.getAlign());
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
    operands.push_back(shadowOperand(inst, operand));
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
    lanes.push_back(wordFromConstantMemory(inst, copy, lane, b));
  }
  shadows[&inst] = lanes;
}

/// Memory without a shadow stands for its own: a pointer there is its own shadow, a
/// number has a zero adjoint or tangent.  So it has in the forward sweep of reverse mode, where
/// the shadow of what came from outside may hold adjoints already.
Value *ShadowBuilder::wordFromConstantMemory(const Instruction &inst, Value *loaded, unsigned lane, IRBuilder<> &b) {
  auto *load = dyn_cast<LoadInst>(&inst);
  if (!load || holdsPointer(load->getType()))
    return loaded;
  const Value *pointer = load->getPointerOperand();
  Value *own = primal(load), *zero = Constant::getNullValue(load->getType());
  if (plan.key().form != DerivativeForm::Forward)
    loaded = unlessPointer(loaded, zero, loaded, b);
  Value *pointerOrZero = unlessPointer(own, zero, own, b);
  if (!plan.activity().hasShadow(pointer))
    return pointerOrZero;
  if (!plan.activity().mayBeConstant(pointer))
    return loaded;
  return b.CreateSelect(b.CreateICmpEQ(shadow(pointer)[lane], primal(pointer)), pointerOrZero, loaded);
}

/// An integer that came from one pointer: the shadow keeps the distance to it.  Null if it came from several, or
/// from where pointers are not seen.
Value *ShadowBuilder::shadowOfIntToPtr(IntToPtrInst &cast, unsigned lane, IRBuilder<> &b) {
  if (isShadowed(*cast.getOperand(0)))
    return b.CreateIntToPtr(shadow(cast.getOperand(0))[lane], cast.getType());
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
    if (plan.activity().isActiveMemory(transfer->getRawSource(), std::nullopt)) {
      checkLoad(call, transfer->getRawSource(), b);
      noteStore(transfer->getRawDest(), b);
    }
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

/// Another part of the same object lies at the same distance in its shadow; where
/// there is none the result is null, and so is its shadow.
void ShadowBuilder::returnPart(CallBase &call, const Value *whole, IRBuilder<> &b) {
  returnDestination(call, whole, b);
  auto found = shadows.find(&call);
  if (found == shadows.end())
    return;
  Value *isNull = b.CreateIsNull(primal(&call));
  for (Value *&lane : found->second)
    lane = b.CreateSelect(isNull, Constant::getNullValue(lane->getType()), lane);
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
  case CallKind::Sort:
  case CallKind::Search:
  case CallKind::ReturnsTwice:
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
  case CallKind::Cast:
    return returnPart(call, argument(known.pointer), b);
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
    CallInst *shadow;
    if (known.forShadow) {
      FunctionCallee callee = module.getOrInsertFunction(known.forShadow, b.getPtrTy(), b.getInt64Ty());
      shadow = b.CreateCall(callee, arguments[known.size], call.getName() + ".shadow");
    } else {
      shadow = b.CreateCall(copy.getFunctionType(), copy.getCalledOperand(), arguments, call.getName() + ".shadow");
      shadow->setAttributes(copy.getAttributes());
      shadow->setCallingConv(copy.getCallingConv());
    }
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
