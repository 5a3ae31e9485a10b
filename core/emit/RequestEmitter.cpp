#include "RequestEmitter.h"
#include "../rules/CustomSignature.h"
#include "RequestTypes.h"
#include "ShadowBuilder.h"
#include "Signatures.h"

using namespace llvm;
using namespace linkgrad;

// --- arguments --------------------------------------------------------------

SmallVector<Value *> RequestEmitter::arguments(IRBuilder<> &b) {
  SmallVector<Value *> list;
  const DerivativeKey &key = request.key;
  for (auto [i, parameter] : enumerate(key.primal->args())) {
    list.push_back(convertOperand(request, request.primals[i], parameter.getType(), b));
    if (key.arguments[i].activity != Activity::Duplicated)
      continue;
    ArrayRef<Operand> shadows = request.shadows[i];
    for (unsigned lane = 0; lane < key.width; ++lane) {
      if (Value *stride = request.strides[i])
        list.push_back(
            b.CreatePtrAdd(shadows[0], b.CreateMul(b.CreateZExtOrTrunc(stride, b.getInt64Ty()), b.getInt64(lane))));
      else
        list.push_back(convertOperand(request, shadows[lane], parameter.getType(), b));
    }
  }
  return list;
}

/// The derivative of the result with respect to itself.
static Constant *seedOf(Type *type) {
  if (auto *structure = dyn_cast<StructType>(type)) {
    SmallVector<Constant *> elements;
    for (Type *element : structure->elements())
      elements.push_back(seedOf(element));
    return ConstantStruct::get(structure, elements);
  }
  if (auto *array = dyn_cast<ArrayType>(type))
    return ConstantArray::get(array, SmallVector<Constant *>(array->getNumElements(), seedOf(array->getElementType())));
  return type->isFPOrFPVectorTy() ? ConstantFP::get(type, 1.0) : Constant::getNullValue(type);
}

void RequestEmitter::appendSeeds(SmallVectorImpl<Value *> &list, IRBuilder<> &b) {
  if (!hasSeed(request.key))
    return;
  Type *type = request.key.primal->getReturnType();
  list.append(request.key.width, request.seed ? convertOperand(request, request.seed, type, b) : seedOf(type));
}

/// {start, end, shadow} of each global that has one.
const RequestEmitter::Ranges &RequestEmitter::shadowRanges(unsigned lane) {
  ranges.resize(request.key.width);
  if (ranges[lane])
    return *ranges[lane];
  Module &module = *request.call->getModule();
  Type *byte = Type::getInt8Ty(module.getContext()), *i64 = Type::getInt64Ty(module.getContext());
  auto *pointer = PointerType::get(module.getContext(), 0);
  auto *range = StructType::get(pointer, pointer, pointer);
  SmallVector<Constant *> rows;
  for (const GlobalVariable *global : derivative.plan->graph().globals()) {
    if (!activeGlobals.contains(global) || global->isThreadLocal())
      continue;
    auto *start = const_cast<GlobalVariable *>(global);
    Constant *size = ConstantInt::get(i64, module.getDataLayout().getTypeAllocSize(global->getValueType()));
    Constant *end = ConstantExpr::getGetElementPtr(byte, start, size);
    rows.push_back(ConstantStruct::get(range, {start, end, shadowGlobal(*start, lane)}));
  }
  auto *type = ArrayType::get(range, rows.size());
  auto *table = new GlobalVariable(module, type, /*isConstant=*/true, GlobalValue::PrivateLinkage,
                                   ConstantArray::get(type, rows), "linkgrad.ranges");
  return ranges[lane].emplace(table, rows.size());
}

/// Shadows of globals start at zero; pointers in them lead to shadows of globals, or
/// to what the primal points to, which means: inactive.
void RequestEmitter::resetGlobals(IRBuilder<> &b) {
  runtime.forgetStores(b);
  for (const GlobalVariable *global : derivative.plan->graph().globals())
    if (activeGlobals.contains(global))
      for (unsigned lane = 0; lane < request.key.width; ++lane)
        resetShadow(*const_cast<GlobalVariable *>(global), lane, b);
}

void RequestEmitter::resetShadow(GlobalVariable &global, unsigned lane, IRBuilder<> &b) {
  const MemoryGraph &graph = derivative.plan->graph();
  GlobalVariable *shadow = shadowGlobal(global, request.key.level.shadowNumber(lane));
  uint64_t size = b.GetInsertBlock()->getDataLayout().getTypeAllocSize(global.getValueType());
  bool pointers = false;
  graph.forEachCell(graph.of(&global), size, [&](int64_t, const Cell &cell) { pointers |= cell.pointer; });
  if (!pointers) {
    b.CreateMemSet(shadow, b.getInt8(0), size, shadow->getAlign());
    return;
  }
  b.CreateMemCpy(shadow, shadow->getAlign(), &global, global.getAlign(), size);
  MoveLayout layout = layoutOfMove(graph, &global, size, uint64_t(size) & -uint64_t(size));
  for (const MoveLayout::Member &member : layout.members)
    if (member.real)
      runtime.clear(b, member.real, shadow, b.getInt64(size), layout.period, member.offset);
  auto [table, rows] = shadowRanges(lane);
  graph.forEachCell(graph.of(&global), std::nullopt, [&, table = table, rows = rows](int64_t offset, const Cell &cell) {
    NodeRef ref = graph.of(&global);
    uint64_t period = graph.periodAt({ref.node, ref.offset + offset});
    if (cell.pointer && offset >= 0 && uint64_t(offset) < size)
      runtime.translatePointers(b, shadow, size, period ? period : size, offset, table, rows);
  });
}

// --- results ----------------------------------------------------------------

/// Scalars to what the call returns: by value, or through the pointer it passes.
void RequestEmitter::replaceBy(ArrayRef<Value *> scalars, IRBuilder<> &b) {
  CallInst &call = *request.call;
  Type *type = declaredResult(request);
  SmallVector<Type *> expected;
  flattenType(type, expected);
  SmallVector<Value *> fitting;
  for (auto [i, wanted] : enumerate(expected))
    fitting.push_back(scalars.empty() ? Constant::getNullValue(wanted) : convertScalar(scalars[i], wanted, b));
  ArrayRef<Value *> rest = fitting;
  Value *result = expected.empty() ? nullptr : unflatten(type, rest, b);
  Value *place = resultPlace(request);
  if (place && result)
    b.CreateStore(result, place);
  else if (result)
    call.replaceAllUsesWith(result);
  if (!call.use_empty())
    call.replaceAllUsesWith(PoisonValue::get(call.getType()));
  call.eraseFromParent();
}

void RequestEmitter::emit() {
  IRBuilder<> b(request.call);
  switch (request.entry) {
  case Entry::Fwddiff:
    return emitForward(b);
  case Entry::Autodiff:
    return emitGradient(b);
  case Entry::AugmentForward:
    return emitAugmented(b);
  case Entry::Reverse:
    return emitReverse(b);
  default:
    llvm_unreachable("not a request for a derivative");
  }
}

void RequestEmitter::emitForward(IRBuilder<> &b) {
  resetGlobals(b);
  Value *all = b.CreateCall(derivative.jvp, arguments(b));
  SmallVector<Value *> scalars;
  Type *result = request.key.primal->getReturnType();
  bool carries = request.key.result == Activity::Duplicated;
  if (!result->isVoidTy() && request.primalReturn)
    append_range(scalars, flatten(carries ? b.CreateExtractValue(all, 0) : all, b));
  if (carries)
    for (unsigned lane = 0; lane < request.key.width; ++lane)
      append_range(scalars, flatten(b.CreateExtractValue(all, lane + 1), b));
  replaceBy(scalars, b);
}

void RequestEmitter::emitGradient(IRBuilder<> &b) {
  resetGlobals(b);
  SmallVector<Value *> list = arguments(b);
  appendSeeds(list, b);
  Value *all = b.CreateCall(derivative.gradient, list);
  SmallVector<Value *> scalars;
  bool returns = !request.key.primal->getReturnType()->isVoidTy();
  unsigned next = returns ? 1 : 0;
  if (returns && request.primalReturn)
    append_range(scalars, flatten(b.CreateExtractValue(all, 0), b));
  for (const ArgumentActivity &argument : request.key.arguments)
    if (argument.activity == Activity::Active)
      for (unsigned lane = 0; lane < request.key.width; ++lane)
        append_range(scalars, flatten(b.CreateExtractValue(all, next++), b));
  replaceBy(scalars, b);
}

/// Pass 1: {tape, primal result, shadow result}, or the tape in the user's buffer.
void RequestEmitter::emitAugmented(IRBuilder<> &b) {
  resetGlobals(b);
  SmallVector<Value *> list = arguments(b);
  Value *tape = runtime.openTape(b);
  Value *all = b.CreateCall(derivative.augmented, list);
  runtime.leaveTape(b, tape);
  SmallVector<Value *> scalars;
  if (request.tape)
    b.CreateAlignedStore(tape, request.tape, Align(1));
  else
    scalars.push_back(tape);
  if (!all->getType()->isVoidTy())
    append_range(scalars, flatten(all, b));
  replaceBy(scalars, b);
}

/// The adjoints of the result that the user passed: one for each lane, in scalars.
void RequestEmitter::appendGivenSeeds(SmallVectorImpl<Value *> &list, IRBuilder<> &b) {
  SmallVector<Type *> scalars = seedScalars(request);
  if (scalars.empty())
    return;
  ArrayRef<Operand> given = request.trailing;
  for (unsigned lane = 0; lane < request.key.width; ++lane) {
    SmallVector<Value *> seed;
    for (auto [operand, type] : zip(given, scalars))
      seed.push_back(convertOperand(request, operand, type, b));
    ArrayRef<Value *> rest = seed;
    list.push_back(unflatten(request.key.primal->getReturnType(), rest, b));
    given = given.drop_front(scalars.size());
  }
}

/// Pass 2: seed and tape stand behind the arguments.
void RequestEmitter::emitReverse(IRBuilder<> &b) {
  SmallVector<Value *> list = arguments(b);
  appendGivenSeeds(list, b);
  Value *tape = request.tape ? cast<Value>(b.CreateAlignedLoad(b.getPtrTy(), request.tape, Align(1)))
                             : convertOperand(request, request.trailing.back(), b.getPtrTy(), b);
  runtime.enterTape(b, tape);
  Value *all = b.CreateCall(derivative.pullback, list);
  request.noFree ? runtime.leaveTape(b, tape) : runtime.closeTape(b, tape);
  SmallVector<Value *> scalars;
  if (!all->getType()->isVoidTy())
    scalars = flatten(all, b);
  replaceBy(scalars, b);
}
