//===- PullbackRules.cpp - the reverse of each instruction ----------------===//

#include "../plan/TapeLayout.h"
#include "CustomRules.h"
#include "Dispatch.h"
#include "PullbackEmitter.h"
#include "RunTimeChecks.h"
#include "Speculation.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;
using namespace linkgrad;

void PullbackEmitter::reverse(const Instruction &inst) {
  if (auto *load = dyn_cast<LoadInst>(&inst))
    return reverseLoad(*load);
  if (auto *store = dyn_cast<StoreInst>(&inst))
    return reverseStore(*store);
  if (auto *select = dyn_cast<SelectInst>(&inst))
    return reverseSelect(*select);
  if (auto *rmw = dyn_cast<AtomicRMWInst>(&inst))
    return reverseAtomic(*rmw);
  if (auto *shuffle = dyn_cast<ShuffleVectorInst>(&inst))
    return reverseShuffle(*shuffle);
  if (const ScalarRule *rule = findScalarRule(inst))
    return reverseScalar(inst, *rule);
  if (auto *call = dyn_cast<CallBase>(&inst))
    return reverseCall(*call);
  reverseElements(inst);
}

/// y = f(a, b)        ā += ∂f/∂a ȳ,  b̄ += ∂f/∂b ȳ
void PullbackEmitter::reverseScalar(const Instruction &inst, const ScalarRule &rule) {
  Reads reads = Reads::Nothing;
  for (unsigned i = 0; i < rule.arity; ++i)
    if (rule.partial[i] && active(inst.getOperand(i)))
      reads = reads | rule.reads[i];
  const Reads positions[] = {Reads::A, Reads::B, Reads::C};
  SmallVector<Value *> operands;
  for (unsigned i = 0; i < rule.arity; ++i) {
    const Value *operand = inst.getOperand(i);
    bool read = contains(reads, positions[i]) || isa<Constant>(operand);
    operands.push_back(read ? value(operand) : PoisonValue::get(operand->getType()));
  }
  Value *result = contains(reads, Reads::Result) ? value(&inst) : PoisonValue::get(inst.getType());
  bool guard = reads != Reads::Nothing && mayBeIgnored(inst, plan.function().loops());
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *adjoint = adjoints.take(&inst, lane, b());
    if (!adjoint)
      continue;
    Value *ignored = guard ? b().CreateFCmpOEQ(adjoint, Constant::getNullValue(adjoint->getType())) : nullptr;
    for (unsigned i = 0; i < rule.arity; ++i)
      if (rule.partial[i] && !rule.zero[i] && active(inst.getOperand(i))) {
        Value *term = emitAdjoint(rule, i, b(), operands, result, adjoint);
        adjoints.add(inst.getOperand(i), lane,
                     guard ? b().CreateSelect(ignored, adjointZero(term->getType()), term) : term, b());
      }
  }
}

// --- memory -----------------------------------------------------------------

/// p̄, or a place that means nothing where p is inactive at run time.
Value *PullbackEmitter::accessible(const Value *pointer, unsigned lane, Type *type) {
  Value *at = shadow(pointer, lane);
  if (!plan.activity().mayBeConstant(pointer))
    return at;
  AllocaInst *&scratch = scratches[type];
  if (!scratch) {
    IRBuilder<> entry(&target.getEntryBlock(), target.getEntryBlock().begin());
    scratch = entry.CreateAlloca(type, nullptr, "scratch");
  }
  return b().CreateSelect(b().CreateICmpNE(at, value(pointer)), at, scratch);
}

void PullbackEmitter::addToMemory(const Value *pointer, unsigned lane, Value *term, Align align) {
  Type *type = term->getType();
  Value *at = accessible(pointer, lane, type);
  Value *before = b().CreateAlignedLoad(type, at, align);
  b().CreateAlignedStore(addAdjoints(before, term, b()), at, align);
}

Value *PullbackEmitter::takeFromMemory(const Value *pointer, unsigned lane, Type *type, Align align) {
  Value *at = accessible(pointer, lane, type);
  Value *adjoint = b().CreateAlignedLoad(type, at, align);
  if (plan.activity().mayBeConstant(pointer))
    adjoint = b().CreateSelect(b().CreateICmpNE(shadow(pointer, lane), value(pointer)), adjoint, adjointZero(type));
  Value *cleared = Constant::getNullValue(type);
  // Pointers inside an aggregate are shadow pointers and stay.
  if (auto *structure = dyn_cast<StructType>(type))
    for (unsigned i = 0; i < structure->getNumElements(); ++i)
      if (!holdsReal(structure->getElementType(i)))
        cleared = b().CreateInsertValue(cleared, b().CreateExtractValue(adjoint, i), i);
  b().CreateAlignedStore(cleared, at, align);
  return adjoint;
}

/// x = load p         p̄ += x̄, unless x is a pointer
void PullbackEmitter::reverseLoad(const LoadInst &load) {
  bool atomically = isConcurrent() && !isOwn(load);
  if (isConcurrent())
    tellAddition(load, atomically);
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *adjoint = adjoints.take(&load, lane, b());
    if (adjoint && plan.activity().isWord(&load))
      adjoint = unlessPointer(shadow(&load, lane), adjoint, adjointZero(adjoint->getType()), b());
    if (adjoint && plan.activity().hasShadow(load.getPointerOperand()))
      atomically ? addAtomically(load.getPointerOperand(), lane, adjoint, load.getAlign())
                 : addToMemory(load.getPointerOperand(), lane, adjoint, load.getAlign());
  }
}

/// store x, p         x̄ += p̄, p̄ = 0
void PullbackEmitter::reverseStore(const StoreInst &store) {
  const Value *stored = store.getValueOperand();
  if (stored->getType()->isPointerTy()) {
    // Before this store the bytes were a number, whose adjoint begins at zero.
    for (unsigned lane = 0; lane < width; ++lane)
      b().CreateAlignedStore(Constant::getNullValue(stored->getType()),
                             accessible(store.getPointerOperand(), lane, stored->getType()), store.getAlign());
    return;
  }
  for (unsigned lane = 0; lane < width; ++lane) {
    Type *type = stored->getType()->isStructTy() ? adjointType(stored) : stored->getType();
    Value *adjoint = takeFromMemory(store.getPointerOperand(), lane, type, store.getAlign());
    if (!plan.activity().countedRoots(store).empty())
      runtime.checkThat(b(), runtime.isZero(b(), adjoint), countedMessage(plan, store));
    if (plan.activity().isWord(stored))
      adjoint = unlessPointer(shadow(stored, lane), adjoint, adjointZero(stored->getType()), b());
    if (active(stored))
      adjoints.add(stored, lane, adjoint, b());
  }
}

/// old = atomic p += x        x̄ += p̄, p̄ += old̄
void PullbackEmitter::reverseAtomic(const AtomicRMWInst &rmw) {
  const Value *pointer = rmw.getPointerOperand();
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *at = accessible(pointer, lane, rmw.getType());
    Value *adjoint = b().CreateAlignedLoad(rmw.getType(), at, rmw.getAlign());
    if (rmw.getOperation() == AtomicRMWInst::FSub)
      adjoint = b().CreateFNeg(adjoint);
    if (active(rmw.getValOperand()))
      adjoints.add(rmw.getValOperand(), lane, adjoint, b());
    Value *old = adjoints.take(&rmw, lane, b());
    if (old)
      runOneByOne("it uses what an atomic operation found in memory");
    if (old)
      addToMemory(pointer, lane, old, rmw.getAlign());
  }
}

// --- data flow --------------------------------------------------------------

/// y = c ? a : b        ā += c ? ȳ : 0,  b̄ += c ? 0 : ȳ
void PullbackEmitter::reverseSelect(const SelectInst &select) {
  Value *condition = value(select.getCondition());
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *adjoint = adjoints.take(&select, lane, b());
    if (!adjoint)
      continue;
    Constant *zero = adjointZero(adjoint->getType());
    if (active(select.getTrueValue()))
      adjoints.add(select.getTrueValue(), lane, b().CreateSelect(condition, adjoint, zero), b());
    if (active(select.getFalseValue()))
      adjoints.add(select.getFalseValue(), lane, b().CreateSelect(condition, zero, adjoint), b());
  }
}

void PullbackEmitter::reverseElements(const Instruction &inst) {
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *adjoint = adjoints.take(&inst, lane, b());
    if (!adjoint)
      continue;
    const Value *source = inst.getOperand(0);
    if (isa<FreezeInst>(inst)) {
      adjoints.add(source, lane, adjoint, b());
    } else if (auto *cast = dyn_cast<BitCastInst>(&inst); cast && !plan.activity().countedRoots(*cast).empty()) {
      runtime.checkThat(b(), runtime.isZero(b(), adjoint), countedMessage(plan, inst));
    } else if (isa<BitCastInst>(inst)) {
      // The bits are the same number in another type.
      Type *type = adjointType(source);
      if (active(source) && type)
        adjoints.add(source, lane, b().CreateBitCast(adjoint, type), b());
    } else if (auto *extract = dyn_cast<ExtractElementInst>(&inst)) {
      // y = v[i]        v̄[i] += ȳ
      if (active(source))
        adjoints.add(
            source, lane,
            b().CreateInsertElement(adjointZero(source->getType()), adjoint, value(extract->getIndexOperand())), b());
    } else if (isa<InsertElementInst>(inst)) {
      // w = v with v[i] = x        x̄ += w̄[i],  v̄ += w̄ with w̄[i] = 0
      Value *index = value(inst.getOperand(2));
      if (active(inst.getOperand(1)))
        adjoints.add(inst.getOperand(1), lane, b().CreateExtractElement(adjoint, index), b());
      if (active(source))
        adjoints.add(source, lane, b().CreateInsertElement(adjoint, adjointZero(inst.getOperand(1)->getType()), index),
                     b());
    } else if (auto *extractValue = dyn_cast<ExtractValueInst>(&inst)) {
      if (active(source))
        adjoints.add(source, lane,
                     b().CreateInsertValue(adjointZero(adjointType(source)), adjoint, extractValue->getIndices()), b());
    } else if (auto *insertValue = dyn_cast<InsertValueInst>(&inst)) {
      const Value *inserted = inst.getOperand(1);
      Value *part = b().CreateExtractValue(adjoint, insertValue->getIndices());
      if (active(inserted) && holdsReal(part->getType()))
        adjoints.add(inserted, lane, part, b());
      if (active(source))
        adjoints.add(source, lane,
                     b().CreateInsertValue(adjoint, adjointZero(part->getType()), insertValue->getIndices()), b());
    }
  }
}

/// w[i] = v[m[i]]        v̄[m[i]] += w̄[i]
void PullbackEmitter::reverseShuffle(const ShuffleVectorInst &shuffle) {
  unsigned elements = cast<FixedVectorType>(shuffle.getOperand(0)->getType())->getNumElements();
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *adjoint = adjoints.take(&shuffle, lane, b());
    if (!adjoint)
      continue;
    for (unsigned side = 0; side < 2; ++side) {
      const Value *source = shuffle.getOperand(side);
      if (!active(source))
        continue;
      Value *sum = adjointZero(source->getType());
      for (auto [i, from] : enumerate(shuffle.getShuffleMask())) {
        if (from < 0 || unsigned(from) / elements != side)
          continue;
        Value *position = b().getInt64(from % elements);
        Value *before = b().CreateExtractElement(sum, position);
        sum = b().CreateInsertElement(sum, b().CreateFAdd(before, b().CreateExtractElement(adjoint, i)), position);
      }
      adjoints.add(source, lane, sum, b());
    }
  }
}

// --- calls ------------------------------------------------------------------

void PullbackEmitter::reverseCall(const CallBase &call) {
  if (const PlannedCall *planned = plan.plannedCall(call))
    return reverseDerivedCall(call, *planned);
  CallEffect effect = plan.effects().classify(call);
  if (effect.kind == CallClass::Scalar)
    return reverseScalar(call, *effect.scalar);
  if (effect.kind == CallClass::Custom)
    return reverseRuleCall(call, *plan.effects().registrations().customRule(*effect.callee));
  if (effect.kind == CallClass::Known) {
    const KnownCall &known = *effect.known;
    if (known.kind == CallKind::RuntimeRule) {
      auto find = [&](const char *name) { return name ? module.getFunction(name) : nullptr; };
      return reverseRuleCall(call, {find(known.augmented), find(known.reverse), find(known.tangent)});
    }
    if (known.kind == CallKind::TapeMemory)
      return reverseTapeMemory(call, known);
    const Value *source = known.kind == CallKind::Transfer ? call.getArgOperand(known.source) : nullptr;
    return reverseMove(call.getArgOperand(known.pointer), source, call.getArgOperand(known.size), call);
  }
  if (auto *memory = dyn_cast<AnyMemIntrinsic>(&call)) {
    auto *transfer = dyn_cast<AnyMemTransferInst>(memory);
    return reverseMove(memory->getRawDest(), transfer ? transfer->getRawSource() : nullptr, memory->getLength(), call);
  }
  reverseIntrinsic(call);
}

/// (…, ȳ) → adjoints of the arguments passed by value; memory through shadows.
void PullbackEmitter::reverseDerivedCall(const CallBase &call, const PlannedCall &planned) {
  const Derivative &sample = **find_if(planned.targets, [](Derivative *d) { return !d->failed; });
  auto primalArgument = [&](unsigned i) -> Value * {
    bool needed = any_of(planned.targets, [&](Derivative *d) { return !d->failed && d->needsArgument(i); });
    const Value *argument = call.getArgOperand(i);
    return needed ? value(argument) : PoisonValue::get(argument->getType());
  };
  SmallVector<Value *> arguments =
      derivativeArguments(sample, primalArgument, [&](unsigned i) { return shadows(call.getArgOperand(i)); });
  if (hasSeed(sample.key))
    for (unsigned lane = 0; lane < width; ++lane) {
      Value *adjoint = adjoints.take(&call, lane, b());
      arguments.push_back(adjoint ? asTransported(adjoint, call.getType(), b()) : adjointZero(call.getType()));
    }
  Value *pointer = isIndirect(call) ? value(call.getCalledOperand()) : nullptr;
  Value *result = emitDerivedCall(planned, Sweep::Pullback, pointer, arguments, nullptr, b());
  unsigned next = 0;
  for (unsigned i = 0; i < sample.key.arguments.size(); ++i)
    if (sample.key.arguments[i].activity == Activity::Active)
      for (unsigned lane = 0; lane < width; ++lane)
        adjoints.add(call.getArgOperand(i), lane,
                     asAdjoint(b().CreateExtractValue(result, next++), call.getArgOperand(i), b()), b());
}

void PullbackEmitter::reverseRuleCall(const CallBase &call, const CustomRule &rule) {
  if (any_of(call.args(), [](const Use &argument) { return holdsPointer(argument->getType()); }))
    runOneByOne("it calls a function with a derivative of its own");
  CustomRuleCall custom(call, rule, plan, diagnostics);
  Value *tape = plan.ruleTapeType(call) ? get(shadowItem(&call), 0) : nullptr;
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *adjoint = holdsReal(call.getType()) ? adjoints.take(&call, lane, b()) : nullptr;
    if (!adjoint && holdsReal(call.getType()))
      adjoint = adjointZero(call.getType());
    SmallVector<Value *> results =
        custom.emitReverse([&](const Value *v) { return value(v); },
                           [&](const Value *v) { return Lanes{shadow(v, lane)}; }, adjoint, tape, b());
    for (unsigned i = 0; i < call.arg_size(); ++i)
      if (i < results.size() && results[i] && active(call.getArgOperand(i)))
        adjoints.add(call.getArgOperand(i), lane, results[i], b());
  }
}

/// p = push(n)        p̄[0 .. n] = 0: before it was pushed the memory was another's
void PullbackEmitter::reverseTapeMemory(const CallBase &call, const KnownCall &known) {
  Value *bytes = value(call.getArgOperand(known.size));
  for (unsigned lane = 0; lane < width; ++lane)
    b().CreateMemSet(shadow(&call, lane), b().getInt8(0), bytes, MaybeAlign(tapeAlignment));
}

/// d = copy of s        s̄ += d̄, d̄ = 0;  without a source: d̄ = 0
void PullbackEmitter::reverseMove(const Value *destination, const Value *source, const Value *size,
                                  const CallBase &call) {
  (void)call;
  MoveLayout layout = layoutOfMove(plan.graph(), destination, *size, module.getDataLayout());
  if (!layout.anyReal())
    return;
  Value *bytes = b().CreateZExtOrTrunc(value(size), b().getInt64Ty());
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *d = shadow(destination, lane), *count = bytes;
    if (plan.activity().mayBeConstant(destination))
      count = b().CreateSelect(b().CreateICmpNE(d, value(destination)), bytes, b().getInt64(0));
    bool passes = source && plan.activity().hasShadow(source);
    bool shared = passes && sharesSource(source, layout);
    Value *s = passes ? shadow(source, lane) : nullptr;
    for (const MoveLayout::Member &member : layout.members) {
      if (!member.real)
        continue;
      if (!passes) {
        runtime.clear(b(), member.real, d, count, layout.period, member.offset);
        continue;
      }
      if (!plan.activity().mayBeConstant(source)) {
        runtime.transfer(b(), member.real, d, s, count, layout.period, member.offset, shared);
        continue;
      }
      // A source without a shadow takes nothing.
      Value *isShadow = b().CreateICmpNE(s, value(source));
      Value *none = b().getInt64(0);
      runtime.transfer(b(), member.real, d, s, b().CreateSelect(isShadow, count, none), layout.period, member.offset,
                       shared);
      runtime.clear(b(), member.real, d, b().CreateSelect(isShadow, none, count), layout.period, member.offset);
    }
  }
}

/// \p mask without the lanes that have no shadow.
Value *PullbackEmitter::shadowMask(const Value *pointer, unsigned lane, Value *mask) {
  if (!plan.activity().mayBeConstant(pointer))
    return mask;
  return lanesWithShadow(mask, shadow(pointer, lane), value(pointer), b());
}

void PullbackEmitter::reverseIntrinsic(const CallBase &call) {
  auto &mutableCall = const_cast<CallBase &>(call);
  Intrinsic::ID id = call.getIntrinsicID();
  for (unsigned lane = 0; lane < width; ++lane) {
    if (id == Intrinsic::masked_store || id == Intrinsic::masked_scatter) {
      // store x under mask: x̄ += p̄, p̄ = 0, where the mask is set
      const Value *stored = call.getArgOperand(0), *pointer = call.getArgOperand(1);
      Value *at = shadow(pointer, lane), *mask = shadowMask(pointer, lane, value(call.getArgOperand(2)));
      Type *type = stored->getType();
      Align align = call.getParamAlign(1).valueOrOne();
      bool scatter = id == Intrinsic::masked_scatter;
      Constant *zero = Constant::getNullValue(type);
      Value *adjoint = scatter ? b().CreateMaskedGather(type, at, align, mask, zero)
                               : b().CreateMaskedLoad(type, at, align, mask, zero);
      scatter ? b().CreateMaskedScatter(zero, at, align, mask) : b().CreateMaskedStore(zero, at, align, mask);
      if (active(stored))
        adjoints.add(stored, lane, adjoint, b());
      continue;
    }
    if (id != Intrinsic::masked_load && id != Intrinsic::masked_gather)
      break;
    Value *adjoint = adjoints.take(&call, lane, b());
    if (!adjoint)
      continue;
    const Value *pointer = call.getArgOperand(0), *passThrough = call.getArgOperand(2);
    Value *mask = value(call.getArgOperand(1)), *loaded = shadowMask(pointer, lane, mask);
    Type *type = call.getType();
    Align align = call.getParamAlign(0).valueOrOne();
    Constant *zero = adjointZero(type);
    if (plan.activity().hasShadow(pointer))
      runOneByOne("it reads memory under a mask");
    if (plan.activity().hasShadow(pointer) && id == Intrinsic::masked_load) {
      Value *at = shadow(pointer, lane);
      Value *before = b().CreateMaskedLoad(type, at, align, loaded, zero);
      b().CreateMaskedStore(b().CreateFAdd(before, adjoint), at, align, loaded);
    } else if (plan.activity().hasShadow(pointer)) {
      // Lanes may name the same location, so they are added one after the other.
      Value *pointers = shadow(pointer, lane);
      AllocaInst *&scratch = scratches[type->getScalarType()];
      if (!scratch) {
        IRBuilder<> entry(&target.getEntryBlock(), target.getEntryBlock().begin());
        scratch = entry.CreateAlloca(type->getScalarType(), nullptr, "scratch");
      }
      for (unsigned i = 0; i < cast<FixedVectorType>(type)->getNumElements(); ++i) {
        Value *at =
            b().CreateSelect(b().CreateExtractElement(loaded, i), b().CreateExtractElement(pointers, i), scratch);
        Value *sum = b().CreateFAdd(b().CreateAlignedLoad(type->getScalarType(), at, align),
                                    b().CreateExtractElement(adjoint, i));
        b().CreateAlignedStore(sum, at, align);
      }
    }
    if (active(passThrough))
      adjoints.add(passThrough, lane, b().CreateSelect(mask, zero, adjoint), b());
  }
  (void)mutableCall;
  if (id != Intrinsic::masked_store && id != Intrinsic::masked_scatter && id != Intrinsic::masked_load &&
      id != Intrinsic::masked_gather)
    reverseReduction(call);
}

void PullbackEmitter::reverseReduction(const CallBase &call) {
  Intrinsic::ID id = call.getIntrinsicID();
  for (unsigned lane = 0; lane < width; ++lane) {
    Value *adjoint = adjoints.take(&call, lane, b());
    if (!adjoint)
      continue;
    const Value *first = call.getArgOperand(0), *last = call.getArgOperand(call.arg_size() - 1);
    auto *type = dyn_cast<FixedVectorType>(last->getType());
    switch (id) {
    case Intrinsic::vector_reverse:
      adjoints.add(first, lane, b().CreateVectorReverse(adjoint), b());
      break;
    case Intrinsic::vector_reduce_fadd:
      // y = s + Σ v[i]        s̄ += ȳ,  v̄[i] += ȳ
      if (active(first))
        adjoints.add(first, lane, adjoint, b());
      if (active(last))
        adjoints.add(last, lane, b().CreateVectorSplat(type->getNumElements(), adjoint), b());
      break;
    case Intrinsic::vector_reduce_fmul: {
      // y = s Π v[i]; products of all other factors by prefix and suffix, right for zeros too
      unsigned n = type->getNumElements();
      SmallVector<Value *> prefix{value(first)}, suffix(n + 1);
      for (unsigned i = 0; i < n; ++i)
        prefix.push_back(b().CreateFMul(prefix.back(), b().CreateExtractElement(value(last), i)));
      suffix[n] = ConstantFP::get(type->getElementType(), 1.0);
      for (unsigned i = n; i-- > 0;)
        suffix[i] = b().CreateFMul(suffix[i + 1], b().CreateExtractElement(value(last), i));
      if (active(first))
        adjoints.add(first, lane, b().CreateFMul(suffix[0], adjoint), b());
      Value *spread = adjointZero(type);
      for (unsigned i = 0; i < n; ++i)
        spread = b().CreateInsertElement(spread, b().CreateFMul(b().CreateFMul(prefix[i], suffix[i + 1]), adjoint), i);
      if (active(last))
        adjoints.add(last, lane, spread, b());
      break;
    }
    case Intrinsic::vector_reduce_fmax:
    case Intrinsic::vector_reduce_fmin:
    case Intrinsic::vector_reduce_fmaximum:
    case Intrinsic::vector_reduce_fminimum: {
      // The first element equal to the result receives everything.
      Value *result = value(&call), *vector = value(last), *taken = b().getFalse(), *spread = adjointZero(type);
      for (unsigned i = 0; i < type->getNumElements(); ++i) {
        Value *equal = b().CreateFCmpOEQ(b().CreateExtractElement(vector, i), result);
        Value *hit = b().CreateAnd(equal, b().CreateNot(taken));
        spread =
            b().CreateInsertElement(spread, b().CreateSelect(hit, adjoint, adjointZero(type->getElementType())), i);
        taken = b().CreateOr(taken, equal);
      }
      adjoints.add(last, lane, spread, b());
      break;
    }
    default:
      diagnostics.report(DiagnosticId::NoRuleInstruction, call, {userName(plan.function().original()), describe(call)});
    }
  }
}
