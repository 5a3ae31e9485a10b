#include "Wrappers.h"
#include "../request/DerivativeRequest.h"
#include "../rules/CustomSignature.h"
#include "../rules/KnownCalls.h"
#include "../rules/ScalarRules.h"

using namespace llvm;
using namespace linkgrad;

/// Library functions are known to the rules by the calls of them.
static bool isKnownLibraryFunction(const Function &function) {
  return function.isDeclaration() && !function.isVarArg() && (findKnownCall(function) || findScalarRule(function));
}

bool linkgrad::hasRuleOfItsOwn(const Function &function, const Registrations &registrations) {
  return registrations.customRule(function) || registrations.inactive.contains(&function) ||
         function.hasFnAttribute("enzyme_math") || isKnownLibraryFunction(function);
}

/// Memory that only one call sees: a struct the platform returns or passes through memory.
static bool passesThroughMemory(const Function &function) {
  return any_of(function.args(),
                [](const Argument &argument) { return argument.hasStructRetAttr() || argument.hasByValAttr(); });
}

static Function *create(Function &function, FunctionType *type, StringRef suffix) {
  auto *wrapper =
      Function::Create(type, GlobalValue::InternalLinkage, function.getName() + suffix, function.getParent());
  BasicBlock::Create(function.getContext(), "entry", wrapper);
  return wrapper;
}

/// The attributes that say how an argument is passed.
static CallInst *callLike(Function &function, ArrayRef<Value *> arguments, IRBuilder<> &b) {
  CallInst *call = b.CreateCall(&function, arguments);
  call->setCallingConv(function.getCallingConv());
  for (unsigned i = 0; i < function.arg_size(); ++i)
    for (Attribute::AttrKind kind : {Attribute::StructRet, Attribute::ByVal, Attribute::Alignment})
      if (function.hasParamAttribute(i, kind))
        call->addParamAttr(i, function.getParamAttribute(i, kind));
  return call;
}

Function *linkgrad::makeForwarder(Function &function) {
  Function *wrapper = create(function, function.getFunctionType(), ".linkgrad.forwarder");
  wrapper->setCallingConv(function.getCallingConv());
  IRBuilder<> b(&wrapper->getEntryBlock());
  SmallVector<Value *> arguments;
  for (Argument &argument : wrapper->args())
    arguments.push_back(&argument);
  CallInst *call = callLike(function, arguments, b);
  if (call->getType()->isVoidTy())
    b.CreateRetVoid();
  else
    b.CreateRet(call);
  return wrapper;
}

// --- requests ---------------------------------------------------------------

static bool containsPointer(Type *type) {
  SmallVector<Type *> scalars;
  flattenType(type, scalars);
  return any_of(scalars, [](Type *scalar) { return scalar->isPointerTy(); });
}

/// A struct of numbers is passed to the wrapper by value, so that it can be active;
/// one with pointers stays in memory, so that it can have a shadow.
static Type *wrappedType(const Argument &argument) {
  bool byValue = argument.hasByValAttr() && !containsPointer(argument.getParamByValType());
  return byValue ? argument.getParamByValType() : argument.getType();
}

/// What \p argument becomes in the call that the wrapper makes.
static Value *unwrapped(const Argument &argument, Function::arg_iterator &next, IRBuilder<> &b) {
  if (argument.hasStructRetAttr())
    return b.CreateAlloca(argument.getParamStructRetType());
  Value *given = &*next++;
  if (given->getType() == argument.getType())
    return given;
  AllocaInst *place = b.CreateAlloca(given->getType());
  place->setAlignment(std::max(place->getAlign(), argument.getParamAlign().valueOrOne()));
  b.CreateStore(given, place);
  return place;
}

static Function *makeByValueWrapper(Function &function) {
  Type *result = returnedType(function);
  SmallVector<Type *> types;
  for (const Argument &argument : drop_begin(function.args(), firstParameter(function)))
    types.push_back(wrappedType(argument));
  Type *returned = result ? result : Type::getVoidTy(function.getContext());
  Function *wrapper = create(function, FunctionType::get(returned, types, false), ".linkgrad.requested");
  IRBuilder<> b(&wrapper->getEntryBlock());
  SmallVector<Value *> arguments;
  Function::arg_iterator next = wrapper->arg_begin();
  for (const Argument &argument : function.args())
    arguments.push_back(unwrapped(argument, next, b));
  CallInst *call = callLike(function, arguments, b);
  if (!result)
    b.CreateRetVoid();
  else
    b.CreateRet(firstParameter(function) ? cast<Value>(b.CreateLoad(result, arguments[0])) : call);
  return wrapper;
}

void linkgrad::wrapRequestedFunction(CallInst &call, const Registrations &registrations) {
  unsigned position = call.arg_size() && call.paramHasAttr(0, Attribute::StructRet) ? 1 : 0;
  if (position >= call.arg_size())
    return;
  Function *function = functionNamedBy(call.getArgOperand(position));
  if (function && (hasRuleOfItsOwn(*function, registrations) || passesThroughMemory(*function)))
    call.setArgOperand(position, makeByValueWrapper(*function));
}
