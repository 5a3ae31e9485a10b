#include "CustomSignature.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace linkgrad;

void linkgrad::flattenType(Type *type, SmallVectorImpl<Type *> &scalars) {
  if (auto *structure = dyn_cast<StructType>(type)) {
    for (Type *element : structure->elements())
      flattenType(element, scalars);
  } else if (auto *array = dyn_cast<ArrayType>(type)) {
    for (uint64_t i = 0; i < array->getNumElements(); ++i)
      flattenType(array->getElementType(), scalars);
  } else if (auto *vector = dyn_cast<FixedVectorType>(type)) {
    scalars.append(vector->getNumElements(), vector->getElementType());
  } else if (!type->isVoidTy()) {
    scalars.push_back(type);
  }
}

SmallVector<Value *> linkgrad::flatten(Value *value, IRBuilderBase &b) {
  SmallVector<Value *> scalars;
  Type *type = value->getType();
  if (auto *vector = dyn_cast<FixedVectorType>(type)) {
    for (unsigned i = 0; i < vector->getNumElements(); ++i)
      scalars.push_back(b.CreateExtractElement(value, i));
  } else if (type->isAggregateType()) {
    unsigned count = isa<StructType>(type) ? type->getStructNumElements() : type->getArrayNumElements();
    for (unsigned i = 0; i < count; ++i)
      append_range(scalars, flatten(b.CreateExtractValue(value, i), b));
  } else {
    scalars.push_back(value);
  }
  return scalars;
}

Value *linkgrad::unflatten(Type *type, ArrayRef<Value *> &scalars, IRBuilderBase &b) {
  if (auto *vector = dyn_cast<FixedVectorType>(type)) {
    Value *result = PoisonValue::get(type);
    for (unsigned i = 0; i < vector->getNumElements(); ++i)
      result = b.CreateInsertElement(result, unflatten(vector->getElementType(), scalars, b), i);
    return result;
  }
  if (type->isAggregateType()) {
    Value *result = PoisonValue::get(type);
    unsigned count = isa<StructType>(type) ? type->getStructNumElements() : type->getArrayNumElements();
    for (unsigned i = 0; i < count; ++i)
      result =
          b.CreateInsertValue(result, unflatten(GetElementPtrInst::getTypeAtIndex(type, uint64_t(i)), scalars, b), i);
    return result;
  }
  Value *first = scalars.front();
  scalars = scalars.drop_front();
  return first;
}

unsigned linkgrad::firstParameter(const Function &function) {
  return function.arg_size() && function.hasParamAttribute(0, Attribute::StructRet) ? 1 : 0;
}

Type *linkgrad::returnedType(const Function &function) {
  if (firstParameter(function))
    return function.getParamStructRetType(0);
  return function.getReturnType()->isVoidTy() ? nullptr : function.getReturnType();
}

static Type *tapeType(Type *result, const CustomRule &rule) {
  Type *returned = rule.augmented ? returnedType(*rule.augmented) : nullptr;
  if (!returned)
    return nullptr;
  SmallVector<Type *> have, primal;
  flattenType(returned, have);
  flattenType(result, primal);
  // {tape, primal, shadow} without the tape is the primal, twice if it is a pointer.
  size_t results = result->isPointerTy() ? 2 : primal.size();
  if (have.size() == results + 1)
    return have.front();
  bool primalLeftOut = have.size() == 1 && results == 1 && have.front() != primal.front();
  return primalLeftOut ? have.front() : nullptr;
}

Type *linkgrad::customTapeType(const CallBase &call, const CustomRule &rule) { return tapeType(call.getType(), rule); }

// --- the expected signature -------------------------------------------------

namespace {

/// Parameters and flat results of one part.
struct Signature {
  SmallVector<Type *> parameters, results;
};

/// Integers may stand once, or once more where the rule duplicates them.
enum class Integers { Once, Twice };

} // namespace

static bool isReal(const Type *type) { return type->isFPOrFPVectorTy(); }

/// The adjoint of the result, as the calling convention passes it.
static void appendSeed(Type *result, SmallVectorImpl<Type *> &parameters) {
  SmallVector<Type *> scalars;
  flattenType(result, scalars);
  if (result->isVectorTy())
    parameters.push_back(result);
  else if (any_of(scalars, isReal))
    append_range(parameters, scalars);
}

static Signature signatureOf(const Function &primal, const CustomRule &rule, RulePart part, Integers integers) {
  Signature signature;
  for (Type *type : primal.getFunctionType()->params()) {
    bool twice = type->isPointerTy() || (isReal(type) && part == RulePart::Tangent) ||
                 (type->isIntegerTy() && integers == Integers::Twice);
    signature.parameters.append(twice ? 2 : 1, type);
    if (isReal(type) && part == RulePart::Reverse)
      flattenType(type, signature.results);
  }
  Type *result = primal.getReturnType(), *tape = tapeType(result, rule);
  switch (part) {
  case RulePart::Augmented:
    if (tape)
      signature.results.push_back(tape);
    flattenType(result, signature.results);
    if (result->isPointerTy())
      signature.results.push_back(result);
    break;
  case RulePart::Reverse:
    appendSeed(result, signature.parameters);
    if (tape)
      signature.parameters.push_back(tape);
    break;
  case RulePart::Tangent:
    flattenType(result, signature.results);
    flattenType(result, signature.results);
    break;
  }
  return signature;
}

/// Results a rule may leave out: the primal result, where the primal can be called
/// for it (an augmented rule) or has been (a tangent).
static ArrayRef<Type *> shortResults(const Function &primal, RulePart part, ArrayRef<Type *> results) {
  SmallVector<Type *> scalars;
  flattenType(primal.getReturnType(), scalars);
  bool canBeCalled = part == RulePart::Augmented && !primal.getReturnType()->isPointerTy();
  if (canBeCalled || part == RulePart::Tangent)
    return results.drop_back(scalars.size());
  return results;
}

static bool has(const Function &function, const Signature &signature, ArrayRef<Type *> shorter) {
  SmallVector<Type *> results;
  if (Type *returned = returnedType(function))
    flattenType(returned, results);
  ArrayRef<Type *> parameters = function.getFunctionType()->params().drop_front(firstParameter(function));
  return parameters == ArrayRef(signature.parameters) &&
         (ArrayRef(results) == ArrayRef(signature.results) || ArrayRef(results) == shorter);
}

static std::string print(const Function &function, const Signature &signature) {
  std::string text;
  raw_string_ostream os(text);
  if (signature.results.empty())
    os << "void";
  else if (signature.results.size() == 1)
    os << *signature.results.front();
  else
    os << *StructType::get(function.getContext(), signature.results);
  os << " (";
  ListSeparator comma;
  for (Type *type : signature.parameters)
    os << comma << *type;
  os << ")";
  return text;
}

std::optional<std::string> linkgrad::missedSignature(const Function &primal, const CustomRule &rule, RulePart part) {
  const Function *function = part == RulePart::Augmented ? rule.augmented
                             : part == RulePart::Reverse ? rule.reverse
                                                         : rule.tangent;
  bool hidden = primal.isVarArg() || any_of(primal.args(), [](const Argument &argument) {
                  return argument.hasStructRetAttr() || argument.hasByValAttr();
                });
  if (!function || hidden)
    return std::nullopt;
  Signature once = signatureOf(primal, rule, part, Integers::Once);
  for (const Signature &each : {once, signatureOf(primal, rule, part, Integers::Twice)})
    if (has(*function, each, shortResults(primal, part, each.results)))
      return std::nullopt;
  return print(*function, once);
}
