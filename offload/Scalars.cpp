#include "offload/Scalars.h"

using namespace llvm;
using namespace linkgrad;

void linkgrad::scalarsOf(Type *type, SmallVectorImpl<Type *> &scalars) {
  if (type->isVoidTy())
    return;
  if (auto *structure = dyn_cast<StructType>(type)) {
    for (Type *element : structure->elements())
      scalarsOf(element, scalars);
  } else if (auto *array = dyn_cast<ArrayType>(type)) {
    for (uint64_t i = 0; i < array->getNumElements(); ++i)
      scalarsOf(array->getElementType(), scalars);
  } else if (auto *vector = dyn_cast<FixedVectorType>(type)) {
    scalars.append(vector->getNumElements(), vector->getElementType());
  } else {
    scalars.push_back(type);
  }
}

void linkgrad::takeApart(IRBuilder<> &b, Value *value, SmallVectorImpl<Value *> &scalars) {
  Type *type = value->getType();
  unsigned members = 0;
  if (auto *vector = dyn_cast<FixedVectorType>(type)) {
    for (unsigned i = 0; i < vector->getNumElements(); ++i)
      scalars.push_back(b.CreateExtractElement(value, i));
    return;
  }
  if (auto *structure = dyn_cast<StructType>(type))
    members = structure->getNumElements();
  else if (auto *array = dyn_cast<ArrayType>(type))
    members = array->getNumElements();
  else
    return scalars.push_back(value);
  for (unsigned i = 0; i < members; ++i)
    takeApart(b, b.CreateExtractValue(value, i), scalars);
}

Value *linkgrad::putTogether(IRBuilder<> &b, Type *type, ArrayRef<Value *> &scalars) {
  unsigned members = 0;
  if (auto *structure = dyn_cast<StructType>(type))
    members = structure->getNumElements();
  else if (auto *array = dyn_cast<ArrayType>(type))
    members = array->getNumElements();
  else if (!isa<FixedVectorType>(type)) {
    Value *scalar = scalars.front();
    scalars = scalars.drop_front();
    return scalar;
  }
  Value *all = Constant::getNullValue(type);
  if (auto *vector = dyn_cast<FixedVectorType>(type)) {
    for (unsigned i = 0; i < vector->getNumElements(); ++i, scalars = scalars.drop_front())
      all = b.CreateInsertElement(all, scalars.front(), i);
    return all;
  }
  for (unsigned i = 0; i < members; ++i) {
    Type *member = isa<StructType>(type) ? type->getStructElementType(i) : type->getArrayElementType();
    all = b.CreateInsertValue(all, putTogether(b, member, scalars), i);
  }
  return all;
}
