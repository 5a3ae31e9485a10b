#include "offload/KernelSlots.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// What a value is made of: parts that fill slots.
struct Shape {
  unsigned members; ///< of a struct, array or vector of pointers; 0 for a scalar
  unsigned bits;    ///< of a scalar that is no pointer
};

} // namespace

static Shape shapeOf(Type *type, const DataLayout &layout) {
  if (auto *record = dyn_cast<StructType>(type))
    return {record->getNumElements(), 0};
  if (auto *array = dyn_cast<ArrayType>(type))
    return {unsigned(array->getNumElements()), 0};
  if (auto *vector = dyn_cast<FixedVectorType>(type); vector && vector->getElementType()->isPointerTy())
    return {vector->getNumElements(), 0};
  return {0, type->isPointerTy() ? 0 : unsigned(layout.getTypeSizeInBits(type))};
}

static Type *memberType(Type *type, unsigned index) {
  if (auto *record = dyn_cast<StructType>(type))
    return record->getElementType(index);
  if (auto *array = dyn_cast<ArrayType>(type))
    return array->getElementType();
  return cast<FixedVectorType>(type)->getElementType();
}

SmallVector<Type *> linkgrad::slotTypes(Type *type, const DataLayout &layout) {
  Shape shape = shapeOf(type, layout);
  if (type->isPointerTy())
    return {type};
  SmallVector<Type *> types;
  if (!shape.bits) {
    for (unsigned i = 0; i < shape.members; ++i)
      append_range(types, slotTypes(memberType(type, i), layout));
    return types;
  }
  types.assign(divideCeil(shape.bits, 64), Type::getInt64Ty(type->getContext()));
  return types;
}

static const DataLayout &layoutAt(const IRBuilder<> &b) { return b.GetInsertBlock()->getModule()->getDataLayout(); }

void linkgrad::toSlots(IRBuilder<> &b, Value *value, SmallVectorImpl<Value *> &slots) {
  Type *type = value->getType();
  if (type->isPointerTy())
    return slots.push_back(value);
  Shape shape = shapeOf(type, layoutAt(b));
  if (!shape.bits) {
    for (unsigned i = 0; i < shape.members; ++i)
      toSlots(b, type->isVectorTy() ? b.CreateExtractElement(value, i) : b.CreateExtractValue(value, i), slots);
    return;
  }
  Value *bits = b.CreateBitCast(value, b.getIntNTy(shape.bits));
  bits = b.CreateZExt(bits, b.getIntNTy(alignTo(shape.bits, 64)));
  for (unsigned at = 0; at < shape.bits; at += 64)
    slots.push_back(b.CreateTrunc(at ? b.CreateLShr(bits, at) : bits, b.getInt64Ty()));
}

Value *linkgrad::fromSlots(IRBuilder<> &b, Type *type, function_ref<Value *()> nextSlot) {
  if (type->isPointerTy())
    return nextSlot();
  Shape shape = shapeOf(type, layoutAt(b));
  if (!shape.bits) {
    Value *whole = PoisonValue::get(type);
    for (unsigned i = 0; i < shape.members; ++i) {
      Value *member = fromSlots(b, memberType(type, i), nextSlot);
      whole = type->isVectorTy() ? b.CreateInsertElement(whole, member, i) : b.CreateInsertValue(whole, member, i);
    }
    return whole;
  }
  Type *wide = b.getIntNTy(alignTo(shape.bits, 64));
  Value *bits = ConstantInt::get(wide, 0);
  for (unsigned at = 0; at < shape.bits; at += 64) {
    Value *part = b.CreateZExt(nextSlot(), wide);
    bits = b.CreateOr(bits, at ? b.CreateShl(part, at) : part);
  }
  return b.CreateBitCast(b.CreateTrunc(bits, b.getIntNTy(shape.bits)), type);
}
