#include "CustomRules.h"

using namespace llvm;
using namespace linkgrad;

void CustomRuleCall::refuse(StringRef expectation) {
  diagnostics.report(DiagnosticId::BadRegistration, call, {userName(*call.getCalledFunction()), expectation.str()});
}

static bool isReal(Type *type) { return type->isFPOrFPVectorTy(); }

/// Arguments in order; behind each pointer its shadow; behind each float its
/// tangent if \p besideReals; integers once, or twice where the rule's own list
/// is that long.
bool CustomRuleCall::appendArguments(Function &callee, PrimalOf primal, PrimalOf beside, bool besideReals, size_t extra,
                                     SmallVectorImpl<Value *> &arguments) {
  size_t once = 0, integers = 0;
  for (const Value *argument : call.args()) {
    Type *type = argument->getType();
    integers += type->isIntegerTy();
    once += 1 + (type->isPointerTy() || (isReal(type) && besideReals));
  }
  size_t available = callee.arg_size() - firstParameter(callee);
  bool twice = available == once + integers + extra && integers;
  if (!twice && available != once + extra) {
    refuse(std::to_string(once + extra) + " parameters, it has " + std::to_string(available));
    return false;
  }
  for (const Value *argument : call.args()) {
    Type *type = argument->getType();
    arguments.push_back(primal(argument));
    if (type->isPointerTy() || (isReal(type) && besideReals))
      arguments.push_back(beside(argument));
    else if (type->isIntegerTy() && twice)
      arguments.push_back(primal(argument));
  }
  return true;
}

bool CustomRuleCall::fits(const Function &callee, ArrayRef<Value *> arguments) const {
  unsigned first = firstParameter(callee);
  if (callee.arg_size() != arguments.size() + first)
    return false;
  for (auto [i, argument] : enumerate(arguments))
    if (callee.getFunctionType()->getParamType(i + first) != argument->getType())
      return false;
  return true;
}

SmallVector<Value *> CustomRuleCall::callFlat(Function &callee, ArrayRef<Value *> arguments, IRBuilder<> &b) {
  if (!fits(callee, arguments)) {
    std::string expected;
    for (Value *argument : arguments)
      expected += (expected.empty() ? "" : ", ") + describe(*argument->getType());
    refuse("parameters (" + expected + ")");
    return {};
  }
  SmallVector<Value *> all;
  AllocaInst *place = nullptr;
  if (firstParameter(callee)) {
    Function *function = b.GetInsertBlock()->getParent();
    IRBuilder<> entry(&function->getEntryBlock(), function->getEntryBlock().begin());
    place = entry.CreateAlloca(callee.getParamStructRetType(0));
    all.push_back(place);
  }
  append_range(all, arguments);
  CallInst *result = b.CreateCall(&callee, all);
  result->setCallingConv(callee.getCallingConv());
  for (unsigned i = 0; i < callee.arg_size(); ++i)
    for (Attribute::AttrKind kind : {Attribute::StructRet, Attribute::ByVal})
      if (callee.hasParamAttribute(i, kind))
        result->addParamAttr(i, callee.getParamAttribute(i, kind));
  if (place)
    return flatten(b.CreateLoad(place->getAllocatedType(), place), b);
  return result->getType()->isVoidTy() ? SmallVector<Value *>() : flatten(result, b);
}

CustomRuleCall::Augmented CustomRuleCall::emitAugmented(PrimalOf primal, ShadowOf shadow, IRBuilder<> &b) {
  SmallVector<Value *> arguments;
  Augmented result;
  auto beside = [&](const Value *v) -> Value * { return shadow(v)[0]; };
  if (plan.key().width != 1) {
    diagnostics.report(DiagnosticId::CustomWidth, call,
                       {userName(*call.getCalledFunction()), std::to_string(plan.key().width)});
    return result;
  }
  if (!appendArguments(*rule.augmented, primal, beside, false, 0, arguments))
    return result;
  SmallVector<Value *> flat = callFlat(*rule.augmented, arguments, b);
  ArrayRef<Value *> rest = flat;
  if (customTapeType(call, rule) && !rest.empty()) {
    result.tape = rest.front();
    rest = rest.drop_front();
  }
  if (!rest.empty() && !call.getType()->isVoidTy())
    result.primal = unflatten(call.getType(), rest, b);
  if (!rest.empty() && call.getType()->isPointerTy())
    result.shadow = rest.front();
  return result;
}

SmallVector<Value *> CustomRuleCall::emitReverse(PrimalOf primal, ShadowOf shadow, Value *adjoint, Value *tape,
                                                 IRBuilder<> &b) {
  SmallVector<Value *> none(call.arg_size());
  if (!rule.reverse) {
    refuse("a reverse function");
    return none;
  }
  bool hasByVal = false;
  auto beside = [&](const Value *v) -> Value * { return shadow(v)[0]; };
  SmallVector<Value *> seeds;
  if (holdsReal(call.getType()))
    seeds = flatten(adjoint, b);
  // A complex result of two floats is one vector to the calling convention.
  if (isa<FixedVectorType>(call.getType()))
    seeds = {adjoint};
  SmallVector<Value *> arguments;
  if (!appendArguments(*rule.reverse, primal, beside, false, seeds.size() + (tape ? 1 : 0), arguments))
    return none;
  append_range(arguments, seeds);
  if (tape)
    arguments.push_back(tape);
  SmallVector<Value *> flat = callFlat(*rule.reverse, arguments, b);
  ArrayRef<Value *> rest = flat;
  (void)hasByVal;
  SmallVector<Value *> result;
  for (const Value *argument : call.args()) {
    SmallVector<Type *> scalars;
    flattenType(argument->getType(), scalars);
    bool gives = isReal(argument->getType()) && rest.size() >= scalars.size();
    result.push_back(gives ? unflatten(argument->getType(), rest, b) : nullptr);
  }
  return result;
}

CustomRuleCall::Tangent CustomRuleCall::emitTangent(PrimalOf primal, PrimalOf tangent, IRBuilder<> &b) {
  Tangent result;
  if (!rule.tangent) {
    refuse("a tangent function (__enzyme_register_derivative)");
    return result;
  }
  SmallVector<Value *> arguments;
  if (!appendArguments(*rule.tangent, primal, tangent, true, 0, arguments))
    return result;
  SmallVector<Value *> flat = callFlat(*rule.tangent, arguments, b);
  SmallVector<Type *> scalars;
  flattenType(call.getType(), scalars);
  ArrayRef<Value *> rest = flat;
  if (scalars.empty() || rest.size() < scalars.size())
    return result;
  if (rest.size() >= 2 * scalars.size())
    result.primal = unflatten(call.getType(), rest, b);
  result.tangent = unflatten(call.getType(), rest, b);
  return result;
}
