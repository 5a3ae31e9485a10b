#include "AdjointTypes.h"
#include "MemoryGraph.h"
#include "llvm/ADT/SetVector.h"

using namespace llvm;
using namespace linkgrad;

/// The type of number of which an integer merely carries the bits, through whatever it was merged.
static Type *realOfBits(const Value *value) {
  constexpr size_t farthest = 256;
  SmallSetVector<const Value *, 16> web;
  web.insert(value);
  for (size_t i = 0; i < web.size() && i < farthest; ++i) {
    const Value *part = web[i];
    if (auto *cast = dyn_cast<BitCastInst>(part); cast && holdsReal(cast->getSrcTy()))
      return cast->getSrcTy();
    if (isa<PHINode, SelectInst, FreezeInst>(part))
      for (const Value *operand : cast<User>(part)->operands())
        if (operand->getType() == value->getType() && !isa<Constant>(operand))
          web.insert(operand);
    // See anchorBits: what it is, is said where it arrives.
    if (isa<Argument, CallBase, ExtractValueInst>(part))
      for (const User *user : part->users())
        if (isa<BitCastInst>(user) && holdsReal(user->getType()))
          return user->getType();
  }
  return nullptr;
}

/// Of a struct of integers some of which carry the bits of floats.  All structs it
/// is made of and goes into have adjoints of the same type.
static Type *adjointOfStruct(const Value *value) {
  auto *structure = cast<StructType>(value->getType());
  SmallVector<Type *> members(structure->elements());
  SmallSetVector<const Value *, 8> web;
  web.insert(value);
  auto note = [&](ArrayRef<unsigned> indices, const Value *member) {
    Type *&type = members[indices.front()];
    if (indices.size() == 1 && type->isIntOrIntVectorTy())
      if (Type *real = adjointType(member))
        type = real;
  };
  for (size_t i = 0; i < web.size(); ++i) {
    const Value *part = web[i];
    if (auto *insert = dyn_cast<InsertValueInst>(part))
      note(insert->getIndices(), insert->getInsertedValueOperand());
    if (isa<InsertValueInst, PHINode, SelectInst, FreezeInst>(part))
      for (const Value *operand : cast<User>(part)->operands())
        if (operand->getType() == structure && !isa<Constant>(operand))
          web.insert(operand);
    for (const User *user : part->users())
      if (auto *extract = dyn_cast<ExtractValueInst>(user))
        note(extract->getIndices(), extract);
      else if (user->getType() == structure && isa<InsertValueInst, PHINode, SelectInst, FreezeInst>(user))
        web.insert(user);
  }
  return equal(members, structure->elements())
             ? nullptr
             : StructType::get(structure->getContext(), members, structure->isPacked());
}

Type *linkgrad::adjointType(const Value *value) {
  Type *type = value->getType();
  if (type->isStructTy() && carriesBits(type))
    if (Type *adjoint = adjointOfStruct(value))
      return adjoint;
  if (holdsReal(type))
    return type;
  return realOfBits(value);
}
