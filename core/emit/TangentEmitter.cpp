#include "TangentEmitter.h"
#include "AugmentedEmitter.h"
#include "CustomRules.h"
#include "Dispatch.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;
using namespace linkgrad;

/// Zero tangents are ordinary zeros: they are stored where users read them.
static Constant *zeroTangent(Type *type) { return Constant::getNullValue(type); }

void TangentEmitter::emit(const Parameters &parameters) {
  cloneBody(parameters.primal);
  for (auto [formal, lanes] : zip(plan.function().body().args(), parameters.shadows)) {
    if (lanes.empty())
      continue;
    if (holdsReal(formal.getType()))
      tangents[&formal] = lanes;
    if (holdsPointer(formal.getType()) || !holdsReal(formal.getType()))
      shadows[&formal] = lanes;
  }
  declareTangentPhis();
  walk();
  completeTangentPhis();
  emitReturn();
}

Value *TangentEmitter::tangent(const Value *value, unsigned lane) {
  auto known = tangents.find(value);
  if (known != tangents.end())
    return known->second[lane];
  return isShadowed(*value) ? shadow(value)[lane] : zeroTangent(value->getType());
}

void TangentEmitter::declareTangentPhis() {
  for (BasicBlock &block : plan.function().body())
    for (PHINode &phi : block.phis()) {
      if (!active(&phi) || !hasTangent(&phi))
        continue;
      Lanes lanes;
      for (unsigned lane = 0; lane < width; ++lane)
        lanes.push_back(PHINode::Create(phi.getType(), phi.getNumIncomingValues(), phi.getName() + ".tangent",
                                        clone(phi)->getIterator()));
      setTangents(&phi, lanes);
    }
}

void TangentEmitter::completeTangentPhis() {
  for (BasicBlock &block : plan.function().body())
    for (PHINode &phi : block.phis()) {
      auto known = tangents.find(&phi);
      if (known == tangents.end())
        continue;
      auto *copy = cast<PHINode>(clone(phi));
      Lanes lanes = known->second;
      for (unsigned i = 0; i < phi.getNumIncomingValues(); ++i)
        for (unsigned lane = 0; lane < width; ++lane)
          cast<PHINode>(lanes[lane])->addIncoming(tangent(phi.getIncomingValue(i), lane), copy->getIncomingBlock(i));
    }
}

void TangentEmitter::emitReturn() {
  ReturnInst *exit = plan.function().exit();
  if (!exit || plan.key().result != Activity::Duplicated)
    return;
  auto *copy = cast<ReturnInst>(clone(*exit));
  IRBuilder<> b(copy);
  const Value *result = exit->getReturnValue();
  Value *all = PoisonValue::get(target.getReturnType());
  all = b.CreateInsertValue(all, primal(result), 0);
  for (unsigned lane = 0; lane < width; ++lane) {
    bool pointer = holdsPointer(result->getType()) && !holdsReal(result->getType()) && !tangents.contains(result);
    all = b.CreateInsertValue(all, pointer ? shadow(result)[lane] : tangent(result, lane), lane + 1);
  }
  b.CreateRet(all);
  copy->eraseFromParent();
}

// --- values -----------------------------------------------------------------

void TangentEmitter::visitOther(Instruction &inst, IRBuilder<> &b) {
  auto *call = dyn_cast<CallBase>(&inst);
  if (call &&
      (call->getIntrinsicID() == Intrinsic::masked_store || call->getIntrinsicID() == Intrinsic::masked_scatter))
    return visitMaskedStore(*call, b);
  auto *rmw = dyn_cast<AtomicRMWInst>(&inst);
  bool updates = rmw && holdsReal(rmw->getType()) && plan.activity().hasShadow(rmw->getPointerOperand());
  if (!updates && (!active(&inst) || !hasTangent(&inst)))
    return;
  if (inst.isTerminator() && !isa<InvokeInst>(inst))
    return;
  b.setFastMathFlags(derivativeFlags(inst));
  Lanes lanes;
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *made = tangentOf(inst, lane, b);
    lanes.push_back(made ? made : zeroTangent(inst.getType()));
  }
  setTangents(&inst, lanes);
}

Value *TangentEmitter::tangentOf(Instruction &inst, unsigned lane, IRBuilder<> &b) {
  if (auto *load = dyn_cast<LoadInst>(&inst)) {
    Value *loaded = loadTangent(load->getPointerOperand(), load->getType(), load->getAlign(), lane, b);
    return plan.activity().isWord(load) ? wordFromConstantMemory(*load, loaded, lane, b) : loaded;
  }
  if (auto *select = dyn_cast<SelectInst>(&inst))
    return b.CreateSelect(primal(select->getCondition()), tangent(select->getTrueValue(), lane),
                          tangent(select->getFalseValue(), lane));
  if (isa<FreezeInst>(inst))
    return tangent(inst.getOperand(0), lane);
  if (auto *cast = dyn_cast<BitCastInst>(&inst); cast && !plan.activity().countedRoots(*cast).empty())
    return tangentOfCounted(*cast, lane, b);
  if (isa<BitCastInst>(inst))
    return b.CreateBitCast(tangent(inst.getOperand(0), lane), inst.getType());
  if (auto *extract = dyn_cast<ExtractElementInst>(&inst))
    return b.CreateExtractElement(tangent(extract->getVectorOperand(), lane), primal(extract->getIndexOperand()));
  if (isa<InsertElementInst>(inst))
    return b.CreateInsertElement(tangent(inst.getOperand(0), lane), tangent(inst.getOperand(1), lane),
                                 primal(inst.getOperand(2)));
  if (auto *shuffle = dyn_cast<ShuffleVectorInst>(&inst))
    return b.CreateShuffleVector(tangent(shuffle->getOperand(0), lane), tangent(shuffle->getOperand(1), lane),
                                 shuffle->getShuffleMask());
  if (auto *extract = dyn_cast<ExtractValueInst>(&inst))
    return b.CreateExtractValue(tangent(extract->getAggregateOperand(), lane), extract->getIndices());
  if (auto *insert = dyn_cast<InsertValueInst>(&inst))
    return b.CreateInsertValue(tangent(insert->getAggregateOperand(), lane),
                               tangent(insert->getInsertedValueOperand(), lane), insert->getIndices());
  if (auto *rmw = dyn_cast<AtomicRMWInst>(&inst)) {
    Value *at = shadow(rmw->getPointerOperand())[lane];
    at = guarded(rmw->getPointerOperand(), at, scratch(rmw->getType()), b);
    return b.CreateAtomicRMW(rmw->getOperation(), at, tangent(rmw->getValOperand(), lane), rmw->getAlign(),
                             rmw->getOrdering(), rmw->getSyncScopeID());
  }
  if (const ScalarRule *rule = findScalarRule(inst))
    return tangentOfScalar(inst, *rule, lane, b);
  return tangentOfIntrinsic(cast<CallBase>(inst), lane, b);
}

/// ẏ = Σ ∂f/∂a ȧ
Value *TangentEmitter::tangentOfScalar(Instruction &inst, const ScalarRule &rule, unsigned lane, IRBuilder<> &b) {
  SmallVector<Value *> operands, operandTangents;
  for (unsigned i = 0; i < rule.arity; ++i) {
    const Value *operand = inst.getOperand(i);
    operands.push_back(primal(operand));
    operandTangents.push_back(active(operand) && rule.partial[i] && !rule.zero[i] ? tangent(operand, lane) : nullptr);
  }
  return emitTangent(rule, b, operands, primal(&inst), operandTangents);
}

Value *TangentEmitter::loadTangent(const Value *pointer, Type *type, Align align, unsigned lane, IRBuilder<> &b) {
  if (!plan.activity().hasShadow(pointer))
    return zeroTangent(type);
  Value *at = shadow(pointer)[lane];
  Value *loaded = b.CreateAlignedLoad(type, at, align);
  if (!plan.activity().mayBeConstant(pointer))
    return loaded;
  return b.CreateSelect(b.CreateICmpNE(at, primal(pointer)), loaded, zeroTangent(type));
}

Value *TangentEmitter::tangentOfIntrinsic(CallBase &call, unsigned lane, IRBuilder<> &b) {
  switch (call.getIntrinsicID()) {
  case Intrinsic::masked_load:
  case Intrinsic::masked_gather: {
    const Value *pointer = call.getArgOperand(0);
    if (!plan.activity().hasShadow(pointer))
      return zeroTangent(call.getType());
    Value *at = shadow(pointer)[lane], *mask = primal(call.getArgOperand(1));
    Value *passThrough = tangent(call.getArgOperand(2), lane);
    if (plan.activity().mayBeConstant(pointer)) {
      // Lanes without a shadow have the tangent zero, not that of what is passed through.
      passThrough = b.CreateSelect(mask, zeroTangent(call.getType()), passThrough);
      mask = guardedMask(pointer, at, mask, b);
    }
    Align align = call.getParamAlign(0).valueOrOne();
    return call.getIntrinsicID() == Intrinsic::masked_load
               ? b.CreateMaskedLoad(call.getType(), at, align, mask, passThrough)
               : b.CreateMaskedGather(call.getType(), at, align, mask, passThrough);
  }
  case Intrinsic::vector_reverse:
    return b.CreateVectorReverse(tangent(call.getArgOperand(0), lane));
  default:
    return tangentOfReduction(call, lane, b);
  }
}

Value *TangentEmitter::tangentOfReduction(CallBase &call, unsigned lane, IRBuilder<> &b) {
  const Value *first = call.getArgOperand(0), *last = call.getArgOperand(call.arg_size() - 1);
  auto *type = dyn_cast<FixedVectorType>(last->getType());
  switch (call.getIntrinsicID()) {
  case Intrinsic::vector_reduce_fadd:
    return b.CreateFAddReduce(tangent(first, lane), tangent(last, lane));
  case Intrinsic::vector_reduce_fmul: {
    // (s, ṡ) times each (v[i], v̇[i]) in turn
    Value *product = primal(first), *sum = tangent(first, lane);
    for (unsigned i = 0; i < type->getNumElements(); ++i) {
      Value *factor = b.CreateExtractElement(primal(last), i);
      sum = b.CreateFAdd(b.CreateFMul(sum, factor),
                         b.CreateFMul(product, b.CreateExtractElement(tangent(last, lane), i)));
      product = b.CreateFMul(product, factor);
    }
    return sum;
  }
  case Intrinsic::vector_reduce_fmax:
  case Intrinsic::vector_reduce_fmin:
  case Intrinsic::vector_reduce_fmaximum:
  case Intrinsic::vector_reduce_fminimum: {
    Value *result = zeroTangent(call.getType());
    for (unsigned i = type->getNumElements(); i-- > 0;) {
      Value *equal = b.CreateFCmpOEQ(b.CreateExtractElement(primal(last), i), primal(&call));
      result = b.CreateSelect(equal, b.CreateExtractElement(tangent(last, lane), i), result);
    }
    return result;
  }
  default:
    diagnostics.report(DiagnosticId::NoRuleInstruction, call, {userName(plan.function().original()), describe(call)});
    return nullptr;
  }
}

// --- memory -----------------------------------------------------------------

/// store x, p        store ẋ, ṗ
void TangentEmitter::visitStore(StoreInst &store, IRBuilder<> &b) {
  const Value *pointer = store.getPointerOperand(), *value = store.getValueOperand();
  Lanes locations = shadow(pointer);
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *content = holdsPointer(value->getType()) ? shadow(value)[lane] : tangent(value, lane);
    Value *at = guarded(pointer, locations[lane], scratch(value->getType()), b);
    b.CreateAlignedStore(content, at, store.getAlign());
  }
}

void TangentEmitter::visitMaskedStore(CallBase &call, IRBuilder<> &b) {
  const Value *pointer = call.getArgOperand(1);
  if (!plan.activity().hasShadow(pointer))
    return;
  Lanes locations = shadow(pointer);
  Value *mask = primal(call.getArgOperand(2));
  Align align = call.getParamAlign(1).valueOrOne();
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *content = tangent(call.getArgOperand(0), lane);
    Value *where = guardedMask(pointer, locations[lane], mask, b);
    call.getIntrinsicID() == Intrinsic::masked_store ? b.CreateMaskedStore(content, locations[lane], align, where)
                                                     : b.CreateMaskedScatter(content, locations[lane], align, where);
  }
}

/// Tangents and shadow pointers are moved alike; what comes from constant memory
/// has zero tangents and points to itself.
void TangentEmitter::visitMove(CallBase &call, const Value *destination, const Value *source, const Value *size,
                               IRBuilder<> &b) {
  bool passes = plan.activity().hasShadow(source);
  Lanes d = shadow(destination), s = shadow(source);
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *bytes = guardedSize(destination, d[lane], size, b);
    b.CreateMemMove(d[lane], MaybeAlign(), s[lane], MaybeAlign(), bytes);
    MoveLayout layout = layoutOfMove(plan.graph(), destination, *size, module.getDataLayout());
    if (passes && !plan.activity().mayBeConstant(source))
      continue;
    if (lane == 0)
      checkLimit(layout, call, destination, size, b);
    if (passes)
      bytes = b.CreateSelect(b.CreateICmpNE(s[lane], primal(source)), b.getInt64(0), bytes);
    for (const MoveLayout::Member &member : layout.members)
      if (member.real)
        runtime.clear(b, member.real, d[lane], bytes, layout.period, member.offset);
  }
}

void TangentEmitter::visitFill(CallBase &call, const Value *destination, const Value *byte, const Value *size,
                               IRBuilder<> &b) {
  MoveLayout layout = layoutOfMove(plan.graph(), destination, *size, module.getDataLayout());
  checkLimit(layout, call, destination, size, b);
  Lanes d = shadow(destination);
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *bytes = guardedSize(destination, d[lane], size, b);
    fillOpaqueMembers(layout, d[lane], byte ? primal(byte) : b.getInt8(0), bytes, b);
    for (const MoveLayout::Member &member : layout.members)
      if (member.real)
        runtime.clear(b, member.real, d[lane], bytes, layout.period, member.offset);
  }
}

void TangentEmitter::visitRelease(CallBase &call, const KnownCall &known, IRBuilder<> &b) {
  const Value *pointer = call.getArgOperand(known.pointer);
  auto &copy = cast<CallBase>(*clone(call));
  Lanes lanes = shadow(pointer);
  for (unsigned lane = 0; lane < width; ++lane) {
    SmallVector<Value *> arguments(copy.args());
    arguments[known.pointer] =
        guarded(pointer, lanes[lane], ConstantPointerNull::get(cast<PointerType>(pointer->getType())), b);
    if (known.forShadow) {
      b.CreateCall(copy.getFunctionType(), releaseOf(known, b), arguments);
      continue;
    }
    b.CreateCall(copy.getFunctionType(), copy.getCalledOperand(), arguments)->setCallingConv(copy.getCallingConv());
  }
}

Value *TangentEmitter::allocateLocalShadow(AllocaInst &alloca, unsigned, IRBuilder<> &b) {
  auto *copy = cast<AllocaInst>(clone(alloca));
  Value *size = b.CreateMul(b.CreateZExtOrTrunc(copy->getArraySize(), b.getInt64Ty()),
                            b.getInt64(module.getDataLayout().getTypeAllocSize(alloca.getAllocatedType())));
  auto *shadow = b.CreateAlloca(alloca.getAllocatedType(), copy->getArraySize(), alloca.getName() + ".shadow");
  shadow->setAlignment(alloca.getAlign());
  b.CreateMemSet(shadow, b.getInt8(0), size, alloca.getAlign());
  return shadow;
}

// --- calls ------------------------------------------------------------------

/// A result that holds a number and a pointer has a tangent here and a shadow there.
void TangentEmitter::setDerivatives(const CallBase &call, const Lanes &lanes) {
  if (holdsReal(call.getType()) || (holdsPointer(call.getType()) && plan.graph().realBits(&call)))
    tangents[&call] = lanes;
  if (!holdsReal(call.getType()) || holdsPointer(call.getType()))
    shadows[&call] = lanes;
}

void TangentEmitter::visitDerivedCall(CallBase &call, const PlannedCall &planned, IRBuilder<> &b) {
  auto *old = cast<CallBase>(clone(call));
  b.SetInsertPoint(old);
  const Derivative &sample = **find_if(planned.targets, [](Derivative *d) { return !d->failed; });
  auto beside = [&](unsigned i) {
    const Value *argument = call.getArgOperand(i);
    if (!holdsReal(argument->getType()))
      return shadow(argument);
    Lanes lanes;
    for (unsigned lane = 0; lane < width; ++lane)
      lanes.push_back(tangent(argument, lane));
    return lanes;
  };
  SmallVector<Value *> arguments =
      derivativeArguments(sample, [&](unsigned i) { return primal(call.getArgOperand(i)); }, beside);
  Value *pointer = isIndirect(call) ? primal(call.getCalledOperand()) : nullptr;
  Value *result = emitDerivedCall(planned, Sweep::Tangent, pointer, arguments, old, b);
  if (sample.key.result == Activity::Duplicated) {
    Lanes lanes;
    for (unsigned lane = 0; lane < width; ++lane)
      lanes.push_back(b.CreateExtractValue(result, lane + 1));
    setDerivatives(call, lanes);
    result = b.CreateExtractValue(result, 0);
  }
  if (!call.getType()->isVoidTy())
    old->replaceAllUsesWith(result);
  values[&call] = result;
  removeReplacedCall(*old);
}

void TangentEmitter::visitRuleCall(CallBase &call, const CustomRule &rule, IRBuilder<> &b) {
  CustomRuleCall custom(call, rule, plan, diagnostics);
  b.SetInsertPoint(clone(call));
  Lanes lanes;
  Value *newPrimal = nullptr;
  for (unsigned lane = 0; lane < width; ++lane) {
    auto beside = [&](const Value *v) { return holdsReal(v->getType()) ? tangent(v, lane) : shadow(v)[lane]; };
    CustomRuleCall::Tangent result = custom.emitTangent([&](const Value *v) { return primal(v); }, beside, b);
    newPrimal = result.primal;
    lanes.push_back(result.tangent);
  }
  Instruction *old = clone(call);
  if (!call.getType()->isVoidTy() && lanes[0])
    setDerivatives(call, lanes);
  if (!call.getType()->isVoidTy() && !newPrimal)
    return; // the rule gives the tangent alone: the primal is still called for
  if (newPrimal) {
    old->replaceAllUsesWith(newPrimal);
    values[&call] = newPrimal;
  }
  removeReplacedCall(*old);
}
