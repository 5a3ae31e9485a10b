#include "RequestTypes.h"
#include "../rules/CustomSignature.h"
#include "Signatures.h"

using namespace llvm;
using namespace linkgrad;

Value *linkgrad::resultPlace(const DerivativeRequest &request) {
  CallInst &call = *request.call;
  return call.arg_size() && call.paramHasAttr(0, Attribute::StructRet) ? call.getArgOperand(0) : nullptr;
}

Type *linkgrad::declaredResult(const DerivativeRequest &request) {
  return resultPlace(request) ? request.call->getParamStructRetType(0) : request.call->getType();
}

SmallVector<Type *> linkgrad::seedScalars(const DerivativeRequest &request) {
  SmallVector<Type *> scalars;
  if (hasSeed(request.key))
    flattenType(request.key.primal->getReturnType(), scalars);
  return scalars;
}

// --- operands ---------------------------------------------------------------

/// Whether the pointer \p operand stands for the value it leads to: a struct that
/// the platform passes in memory, or a parameter that is declared as a reference.
static bool isByReference(const CallInst &call, const Value *operand) {
  if (!call.getFunctionType()->isVarArg())
    return true;
  for (unsigned i = 0; i < call.arg_size(); ++i)
    if (call.getArgOperand(i) == operand && call.isByValArgument(i))
      return true;
  return false;
}

static bool isConvertibleScalar(const Type *given, const Type *wanted) {
  return given == wanted || (given->isFloatingPointTy() && wanted->isFloatingPointTy()) ||
         (given->isIntegerTy() && wanted->isIntegerTy()) || (given->isPointerTy() && wanted->isPointerTy());
}

static bool isConvertible(const DerivativeRequest &request, Value *operand, Type *type) {
  Type *given = operand->getType();
  bool loads = given->isPointerTy() && !type->isPointerTy() && isByReference(*request.call, operand);
  return loads || isConvertibleScalar(given, type);
}

Value *linkgrad::convertScalar(Value *scalar, Type *type, IRBuilder<> &b) {
  if (scalar->getType() == type)
    return scalar;
  // C's variable argument lists widen floats and integers.
  if (type->isFloatingPointTy())
    return b.CreateFPCast(scalar, type);
  if (type->isIntegerTy())
    return b.CreateSExtOrTrunc(scalar, type);
  return b.CreateAddrSpaceCast(scalar, type);
}

Value *linkgrad::convertOperand(const DerivativeRequest &request, Value *operand, Type *type, IRBuilder<> &b) {
  assert(isConvertible(request, operand, type) && "checkRequestTypes refuses such a request");
  if (operand->getType()->isPointerTy() && !type->isPointerTy())
    return b.CreateLoad(type, operand);
  return convertScalar(operand, type, b);
}

// --- checks -----------------------------------------------------------------

static void checkOperands(const DerivativeRequest &request, Diagnostics &diagnostics) {
  const DerivativeKey &key = request.key;
  Type *result = key.primal->getReturnType();
  bool seedFits = !request.seed || request.seed->getType() == result ||
                  (result->isFloatingPointTy() && isConvertible(request, request.seed, result));
  if (!seedFits)
    diagnostics.report(
        DiagnosticId::ArgumentType, *request.call,
        {"behind enzyme_seed", userName(*key.primal), describe(*result), describe(*request.seed->getType())});
  for (auto [i, parameter] : enumerate(key.primal->args())) {
    auto check = [&](Value *operand, Type *type) {
      if (!isConvertible(request, operand, type))
        diagnostics.report(
            DiagnosticId::ArgumentType, *request.call,
            {std::to_string(i + 1), userName(*key.primal), describe(*type), describe(*operand->getType())});
    };
    check(request.primals[i], parameter.getType());
    for (Value *shadow : request.shadows[i])
      check(shadow, parameter.getType());
  }
}

/// Pass 2 of split mode: behind the arguments stand a seed for each lane and the tape.
static void checkTrailing(const DerivativeRequest &request, Diagnostics &diagnostics) {
  const DerivativeKey &key = request.key;
  auto missing = [&](StringRef what) {
    diagnostics.report(DiagnosticId::MissingArgument, *request.call,
                       {userName(*request.call->getCalledFunction()), what.str(), userName(*key.primal)});
  };
  auto check = [&](Value *operand, Type *type) {
    if (!isConvertible(request, operand, type))
      diagnostics.report(
          DiagnosticId::ArgumentType, *request.call,
          {"behind the last one", userName(*key.primal), describe(*type), describe(*operand->getType())});
  };
  SmallVector<Type *> expected = seedScalars(request);
  unsigned lanes = expected.empty() ? 0 : key.width;
  if (request.trailing.size() < lanes * expected.size())
    return missing("(the adjoint of the result)");
  for (unsigned i = 0; i < lanes * expected.size(); ++i)
    check(request.trailing[i], expected[i % expected.size()]);
  if (request.tape)
    return;
  if (request.trailing.size() == lanes * expected.size())
    return missing("(the tape)");
  check(request.trailing.back(), PointerType::get(key.primal->getContext(), 0));
}

/// The scalars that the derivative has for its caller, in order.
static SmallVector<Type *> yieldedScalars(const DerivativeRequest &request) {
  const DerivativeKey &key = request.key;
  Type *result = key.primal->getReturnType();
  SmallVector<Type *> scalars;
  auto add = [&](Type *type, unsigned times) {
    for (unsigned i = 0; i < times; ++i)
      flattenType(type, scalars);
  };
  bool withTangents = key.result == Activity::Duplicated;
  switch (request.entry) {
  case Entry::Fwddiff:
    add(result, request.primalReturn ? 1 : 0);
    add(result, withTangents ? key.width : 0);
    break;
  case Entry::AugmentForward:
    if (!request.tape)
      scalars.push_back(PointerType::get(key.primal->getContext(), 0));
    add(result, 1);
    add(result, withTangents ? key.width : 0);
    break;
  default:
    add(result, request.entry == Entry::Autodiff && request.primalReturn ? 1 : 0);
    for (auto [argument, activity] : zip(key.primal->args(), key.arguments))
      add(argument.getType(), activity.activity == Activity::Active ? key.width : 0);
  }
  return scalars;
}

static void checkResults(const DerivativeRequest &request, Diagnostics &diagnostics) {
  SmallVector<Type *> yielded = yieldedScalars(request), expected;
  flattenType(declaredResult(request), expected);
  // Whoever does not want them says so by the declaration; what has none is zero.
  if (expected.empty() || yielded.empty())
    return;
  // The primal result of the first pass of split mode may be left unread.
  bool prefix = request.entry == Entry::AugmentForward && yielded.size() > expected.size();
  if (prefix)
    yielded.truncate(expected.size());
  bool fits = yielded.size() == expected.size();
  for (size_t i = 0; fits && i < yielded.size(); ++i)
    fits = isConvertibleScalar(yielded[i], expected[i]);
  if (!fits)
    diagnostics.report(DiagnosticId::ReturnType, *request.call,
                       {userName(*request.call->getCalledFunction()), std::to_string(yielded.size()) + " value(s)",
                        describe(*declaredResult(request)), userName(*request.key.primal)});
}

void linkgrad::checkRequestTypes(const DerivativeRequest &request, Diagnostics &diagnostics) {
  checkOperands(request, diagnostics);
  if (request.entry == Entry::Reverse)
    checkTrailing(request, diagnostics);
  checkResults(request, diagnostics);
}
