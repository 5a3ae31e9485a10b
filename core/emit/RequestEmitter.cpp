#include "RequestEmitter.h"
#include "../rules/CustomSignature.h"
#include "ShadowBuilder.h"
#include "Signatures.h"

using namespace llvm;
using namespace linkgrad;

// --- wrappers ---------------------------------------------------------------

static bool needsWrapper(const Function &function, const Registrations &registrations) {
  return registrations.customRule(function) || function.hasFnAttribute("enzyme_math") ||
         (function.arg_size() && function.hasParamAttribute(0, Attribute::StructRet));
}

/// Library functions are known to the rules by the calls of them.
static bool isKnownLibraryFunction(Function &function) {
  return function.isDeclaration() && !function.isVarArg() &&
         (findKnownCall(function) || function.getReturnType()->isFPOrFPVectorTy());
}

static Function *makeWrapper(Function &function) {
  LLVMContext &context = function.getContext();
  bool throughMemory = function.arg_size() && function.hasParamAttribute(0, Attribute::StructRet);
  Type *result = throughMemory ? function.getParamStructRetType(0) : function.getReturnType();
  SmallVector<Type *> types(drop_begin(function.getFunctionType()->params(), throughMemory ? 1 : 0));
  auto *wrapper = Function::Create(FunctionType::get(result, types, false), GlobalValue::InternalLinkage,
                                   function.getName() + ".linkgrad.requested", function.getParent());
  IRBuilder<> b(BasicBlock::Create(context, "entry", wrapper));
  SmallVector<Value *> arguments;
  AllocaInst *place = throughMemory ? b.CreateAlloca(result) : nullptr;
  if (place)
    arguments.push_back(place);
  for (Argument &argument : wrapper->args())
    arguments.push_back(&argument);
  CallInst *call = b.CreateCall(&function, arguments);
  call->setCallingConv(function.getCallingConv());
  if (place)
    call->addParamAttr(0, function.getParamAttribute(0, Attribute::StructRet));
  if (place)
    b.CreateRet(b.CreateLoad(result, place));
  else if (result->isVoidTy())
    b.CreateRetVoid();
  else
    b.CreateRet(call);
  return wrapper;
}

void linkgrad::wrapRequestedFunction(CallInst &call, const Registrations &registrations) {
  unsigned position = call.arg_size() && call.paramHasAttr(0, Attribute::StructRet) ? 1 : 0;
  if (position >= call.arg_size())
    return;
  Function *function = functionNamedBy(call.getArgOperand(position));
  if (function && (needsWrapper(*function, registrations) || isKnownLibraryFunction(*function)))
    call.setArgOperand(position, makeWrapper(*function));
}

// --- arguments --------------------------------------------------------------

/// C's variable argument lists widen floats and integers; we narrow them again.
Value *RequestEmitter::converted(Value *value, Type *type, unsigned position, IRBuilder<> &b) {
  Type *given = value->getType();
  if (given == type)
    return value;
  if (given->isFloatingPointTy() && type->isFloatingPointTy())
    return b.CreateFPCast(value, type);
  if (given->isIntegerTy() && type->isIntegerTy())
    return b.CreateSExtOrTrunc(value, type);
  if (given->isPointerTy() && type->isPointerTy())
    return b.CreateAddrSpaceCast(value, type);
  if (given->isPointerTy() && !type->isPointerTy() && request.call->getFunctionType()->isVarArg() == false)
    return b.CreateLoad(type, value); // passed by reference
  diagnostics.report(DiagnosticId::ArgumentType, *request.call,
                     {std::to_string(position + 1), userName(*request.key.primal), describe(*type), describe(*given)});
  return PoisonValue::get(type);
}

SmallVector<Value *> RequestEmitter::arguments(IRBuilder<> &b) {
  SmallVector<Value *> list;
  const DerivativeKey &key = request.key;
  for (auto [i, parameter] : enumerate(key.primal->args())) {
    list.push_back(converted(request.primals[i], parameter.getType(), i, b));
    if (key.arguments[i].activity != Activity::Duplicated)
      continue;
    ArrayRef<Value *> shadows = request.shadows[i];
    for (unsigned lane = 0; lane < key.width; ++lane) {
      if (Value *stride = request.strides[i])
        list.push_back(b.CreatePtrAdd(
            shadows[0], b.CreateMul(b.CreateZExtOrTrunc(stride, b.getInt64Ty()), b.getInt64(lane))));
      else
        list.push_back(converted(shadows[lane], parameter.getType(), i, b));
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
    return ConstantArray::get(array,
                              SmallVector<Constant *>(array->getNumElements(), seedOf(array->getElementType())));
  return type->isFPOrFPVectorTy() ? ConstantFP::get(type, 1.0) : Constant::getNullValue(type);
}

void RequestEmitter::appendSeeds(SmallVectorImpl<Value *> &list, IRBuilder<> &) {
  if (hasSeed(request.key))
    list.append(request.key.width, seedOf(request.key.primal->getReturnType()));
}

/// Shadows of globals start at zero; pointers in them at what the primal points
/// to, which means: inactive.
void RequestEmitter::resetGlobals(IRBuilder<> &b) {
  const MemoryGraph &graph = derivative.plan->graph();
  for (const GlobalVariable *global : graph.globals()) {
    if (!activeGlobals.contains(global))
      continue;
    auto *primal = const_cast<GlobalVariable *>(global);
    GlobalVariable *shadow = shadowGlobal(*primal);
    uint64_t size = b.GetInsertBlock()->getDataLayout().getTypeAllocSize(global->getValueType());
    MoveLayout layout = layoutOfMove(graph, global, size);
    bool pointers = false;
    graph.forEachCell(graph.of(global), size, [&](int64_t, const Cell &cell) { pointers |= cell.pointer; });
    if (!pointers) {
      b.CreateMemSet(shadow, b.getInt8(0), size, shadow->getAlign());
      continue;
    }
    b.CreateMemCpy(shadow, shadow->getAlign(), primal, primal->getAlign(), size);
    for (const MoveLayout::Member &member : layout.members)
      if (member.real)
        runtime.clear(b, member.real, shadow, b.getInt64(size), layout.period, member.offset);
  }
}

// --- results ----------------------------------------------------------------

/// Scalars to what the call returns: by value, or through the pointer it passes.
void RequestEmitter::replaceBy(ArrayRef<Value *> scalars, IRBuilder<> &b) {
  CallInst &call = *request.call;
  Value *place = call.arg_size() && call.paramHasAttr(0, Attribute::StructRet) ? call.getArgOperand(0) : nullptr;
  Type *type = place ? call.getParamStructRetType(0) : call.getType();
  SmallVector<Type *> expected;
  flattenType(type, expected);
  SmallVector<Value *> fitting;
  bool fits = scalars.size() >= expected.size() || scalars.empty();
  for (unsigned i = 0; fits && i < expected.size(); ++i) {
    if (scalars.empty()) {
      fitting.push_back(Constant::getNullValue(expected[i]));
      continue;
    }
    Value *scalar = scalars[i];
    if (scalar->getType()->isFloatingPointTy() && expected[i]->isFloatingPointTy())
      scalar = b.CreateFPCast(scalar, expected[i]);
    else if (scalar->getType()->isIntegerTy() && expected[i]->isIntegerTy())
      scalar = b.CreateSExtOrTrunc(scalar, expected[i]);
    fits = scalar->getType() == expected[i];
    fitting.push_back(scalar);
  }
  if (!fits || (expected.size() < scalars.size() && !expected.empty())) {
    std::string yields = std::to_string(scalars.size()) + " value(s)";
    diagnostics.report(DiagnosticId::ReturnType, call,
                       {userName(*call.getCalledFunction()), yields, describe(*type)});
    return;
  }
  ArrayRef<Value *> rest = fitting;
  Value *result = expected.empty() ? nullptr : unflatten(type, rest, b);
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
  // The primal result is there for those who declared a struct with room for it.
  CallInst &call = *request.call;
  bool place = call.arg_size() && call.paramHasAttr(0, Attribute::StructRet);
  SmallVector<Type *> expected;
  flattenType(place ? call.getParamStructRetType(0) : call.getType(), expected);
  if (scalars.size() > expected.size())
    scalars.truncate(expected.size());
  replaceBy(scalars, b);
}

/// Pass 2: seed and tape stand behind the arguments.
void RequestEmitter::emitReverse(IRBuilder<> &b) {
  SmallVector<Value *> list = arguments(b);
  ArrayRef<Value *> trailing = request.trailing;
  if (hasSeed(request.key)) {
    Type *type = request.key.primal->getReturnType();
    SmallVector<Type *> leaves;
    flattenType(type, leaves);
    size_t perLane = leaves.size();
    for (unsigned lane = 0; lane < request.key.width; ++lane) {
      if (trailing.size() < perLane) {
        diagnostics.report(DiagnosticId::MissingArgument, *request.call,
                           {userName(*request.call->getCalledFunction()), "(the adjoint of the result)",
                            userName(*request.key.primal)});
        return;
      }
      SmallVector<Value *> given;
      for (size_t i = 0; i < perLane; ++i)
        given.push_back(converted(trailing[i], leaves[i], request.primals.size(), b));
      ArrayRef<Value *> rest = given;
      list.push_back(unflatten(type, rest, b));
      trailing = trailing.drop_front(perLane);
    }
  }
  Value *tape = nullptr;
  if (request.tape)
    tape = b.CreateAlignedLoad(b.getPtrTy(), request.tape, Align(1));
  else if (!trailing.empty())
    tape = converted(trailing.back(), b.getPtrTy(), request.primals.size(), b);
  if (!tape) {
    diagnostics.report(DiagnosticId::MissingArgument, *request.call,
                       {userName(*request.call->getCalledFunction()), "(the tape)", userName(*request.key.primal)});
    return;
  }
  runtime.enterTape(b, tape);
  Value *all = b.CreateCall(derivative.pullback, list);
  request.noFree ? runtime.leaveTape(b, tape) : runtime.closeTape(b, tape);
  SmallVector<Value *> scalars;
  if (!all->getType()->isVoidTy())
    scalars = flatten(all, b);
  replaceBy(scalars, b);
}
