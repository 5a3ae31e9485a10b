#include "CustomSignature.h"

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
      result = b.CreateInsertValue(
          result, unflatten(GetElementPtrInst::getTypeAtIndex(type, uint64_t(i)), scalars, b), i);
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

Type *linkgrad::customTapeType(const CallBase &call, const CustomRule &rule) {
  Type *returned = rule.augmented ? returnedType(*rule.augmented) : nullptr;
  if (!returned)
    return nullptr;
  SmallVector<Type *> have, primal;
  flattenType(returned, have);
  flattenType(call.getType(), primal);
  // {tape, primal, shadow} without the tape is the primal, twice if it is a pointer.
  size_t results = call.getType()->isPointerTy() ? 2 : primal.size();
  if (have.size() == results + 1)
    return have.front();
  bool primalLeftOut = have.size() == 1 && results == 1 && have.front() != primal.front();
  return primalLeftOut ? have.front() : nullptr;
}
