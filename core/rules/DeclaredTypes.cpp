//===- DeclaredTypes.cpp - what the program says of an access -------------===//
//
//   struct Table { int index[8]; double value[8]; };     t->index[j] = t->index[j - 1];
//
// Where an array begins and ends inside of a struct cannot be read off optimised code
// (t->index[j - 1] is found from t itself), so to the memory graph the two arrays are one
// memory, of integers and numbers; and an integer that is moved from there to there might
// be half a number.  The program says that it is not: clang's type-based alias metadata
// names the type of each access, and in C and C++ an object of type double is not
// accessed as an int.  Programs that do it all the same (by a cast of a pointer) are
// found out when they run: see CountedBits.h.
//
// Code that was not optimised has no such metadata, but there the addresses are still
// written with the types of the source: an element of [8 x i32] is an int.  Such accesses
// get the metadata from us, because it survives inlining.  A union is addressed as a
// struct of its first member, never as this member, so it says nothing.
//
//===----------------------------------------------------------------------===//
#include "DeclaredTypes.h"
#include "../Engine.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/MDBuilder.h"

using namespace llvm;
using namespace linkgrad;

static MDNode *nodeIn(const MDNode *node, unsigned operand) {
  return node && node->getNumOperands() > operand ? dyn_cast<MDNode>(node->getOperand(operand)) : nullptr;
}

static StringRef nameOf(const MDNode *type) {
  auto *name = type && type->getNumOperands() ? dyn_cast<MDString>(type->getOperand(0)) : nullptr;
  return name ? name->getString() : StringRef();
}

static MDNode *accessTypeOf(const Instruction &access) { return nodeIn(access.getMetadata(LLVMContext::MD_tbaa), 1); }

static StringRef declaredType(const Instruction &access) { return nameOf(accessTypeOf(access)); }

/// A class looks the same, but its first member stands where an enumeration has the type of all bytes.
static bool isEnumeration(const MDNode *type) {
  return nameOf(type).starts_with("_ZTS") && nameOf(nodeIn(type, 1)) == "omnipotent char";
}

bool linkgrad::isDeclaredReal(const Instruction &access) {
  return StringSwitch<bool>(declaredType(access))
      .Cases({"double", "float", "long double", "_Float16", "__fp16", "__bf16", "__float128"}, true)
      .Default(false);
}

Type *linkgrad::declaredTypeOf(const Instruction &access) {
  Type *type = getLoadStoreType(&access);
  if (type->isIntegerTy(32) && declaredType(access) == "float")
    return Type::getFloatTy(access.getContext());
  if (type->isIntegerTy(64) && declaredType(access) == "double")
    return Type::getDoubleTy(access.getContext());
  return type;
}

static bool isNarrowInteger(Type *type) { return type->isIntegerTy(16) || type->isIntegerTy(32); }

bool linkgrad::isDeclaredInteger(const LoadInst &access) {
  if (!isNarrowInteger(access.getType()))
    return false;
  return isEnumeration(accessTypeOf(access)) ||
         StringSwitch<bool>(declaredType(access))
             .Cases({"int", "short", "long", "wchar_t", "char16_t", "char32_t"}, true)
             .Default(false);
}

Type *linkgrad::declaredIntegers(const AnyMemTransferInst &copy) {
  unsigned bits = StringSwitch<unsigned>(declaredType(copy)).Case("int", 32).Case("short", 16).Default(0);
  return bits ? IntegerType::get(copy.getContext(), bits) : nullptr;
}

void linkgrad::declareIntegers(Module &module) {
  MDBuilder builder(module.getContext());
  // With a root of its own: for alias analysis it may be anything, as before.
  auto tagOf = [&](StringRef name) {
    MDNode *type = builder.createTBAAScalarTypeNode(name, builder.createTBAARoot(("integers: " + name).str()));
    return builder.createTBAAStructTagNode(type, type, 0);
  };
  MDNode *tags[2] = {tagOf("short"), tagOf("int")};
  for (Function &function : module) {
    if (!function.hasOptNone())
      continue;
    for (Instruction &inst : instructions(function)) {
      auto *gep = dyn_cast_or_null<GetElementPtrInst>(getLoadStorePointerOperand(&inst));
      Type *type = gep ? gep->getResultElementType() : nullptr;
      if (type && type == getLoadStoreType(&inst) && isNarrowInteger(type) && !inst.hasMetadata(LLVMContext::MD_tbaa))
        inst.setMetadata(LLVMContext::MD_tbaa, tags[type->isIntegerTy(32)]);
    }
  }
}
