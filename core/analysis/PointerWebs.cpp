//===- PointerWebs.cpp - pointers that travel as integers -----------------===//
//
// An empty vector of Rust points to no memory, so one that may be empty is
//
//   %a = ptrtoint %allocated                 %p = phi ptr [ %allocated ], [ inttoptr 8 ]
//   %i = phi i64 [ %a ], [ 8 ]          →
//   %p = inttoptr %i
//
// An integer has no shadow, a pointer has.  What an inttoptr takes is followed
// through phis, selects and freezes to where the integers come from, and the whole
// web is built again of pointers.  Anything else that the web ends in (a load, a
// sum) becomes a pointer there.
//
//===----------------------------------------------------------------------===//
#include "Lowering.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;
using namespace linkgrad;

using Web = SmallSetVector<Instruction *, 8>;

static bool passesOn(const Value *value) { return isa<PHINode, SelectInst, FreezeInst>(value); }

/// Operands that carry the value; a select's condition does not.
static unsigned firstCarrier(const Instruction &member) { return isa<SelectInst>(member) ? 1 : 0; }

static Web webBehind(Instruction &start) {
  Web web;
  web.insert(&start);
  for (size_t i = 0; i < web.size(); ++i)
    for (unsigned k = firstCarrier(*web[i]); k < web[i]->getNumOperands(); ++k)
      if (passesOn(web[i]->getOperand(k)))
        web.insert(cast<Instruction>(web[i]->getOperand(k)));
  return web;
}

/// The pointer that \p integer, which ends a web, stands for; null if there is no place to make it.
static Value *pointerAt(Value *integer, Function &function) {
  if (auto *cast = dyn_cast<PtrToIntInst>(integer))
    return cast->getPointerOperand();
  Type *pointer = PointerType::get(integer->getContext(), 0);
  if (auto *constant = dyn_cast<Constant>(integer))
    return ConstantExpr::getIntToPtr(constant, pointer);
  auto *inst = dyn_cast<Instruction>(integer);
  BasicBlock &entry = function.getEntryBlock();
  std::optional<BasicBlock::iterator> place =
      inst ? inst->getInsertionPointAfterDef() : std::optional(entry.getFirstNonPHIOrDbgOrAlloca());
  if (!place)
    return nullptr;
  IRBuilder<> b((*place)->getParent(), *place);
  return b.CreateIntToPtr(integer, pointer, integer->getName() + ".pointer");
}

/// A copy of each member whose type is a pointer; its operands are still integers.
static DenseMap<Value *, Value *> copyAsPointers(const Web &web) {
  DenseMap<Value *, Value *> pointers;
  for (Instruction *member : web) {
    Instruction *copy = member->clone();
    copy->dropUnknownNonDebugMetadata();
    copy->mutateType(PointerType::get(member->getContext(), 0));
    copy->insertBefore(member->getIterator());
    copy->setName(member->getName() + ".pointer");
    pointers[member] = copy;
  }
  return pointers;
}

static void rebuild(IntToPtrInst &cast, const Web &web) {
  Function &function = *cast.getFunction();
  DenseMap<Value *, Value *> pointers;
  SmallVector<Value *> ends;
  for (Instruction *member : web)
    for (unsigned k = firstCarrier(*member); k < member->getNumOperands(); ++k)
      if (Value *operand = member->getOperand(k); !passesOn(operand) && !pointers.contains(operand)) {
        Value *pointer = pointerAt(operand, function);
        if (!pointer)
          return;
        pointers[operand] = pointer;
      }
  for (auto [member, copy] : copyAsPointers(web))
    pointers[member] = copy;
  for (Instruction *member : web)
    for (unsigned k = firstCarrier(*member); k < member->getNumOperands(); ++k)
      llvm::cast<Instruction>(pointers[member])->setOperand(k, pointers[member->getOperand(k)]);
  cast.replaceAllUsesWith(pointers[cast.getOperand(0)]);
  cast.eraseFromParent();
}

void linkgrad::lowerPointerWebs(Function &function) {
  SmallVector<IntToPtrInst *> casts;
  for (Instruction &inst : instructions(function))
    if (auto *cast = dyn_cast<IntToPtrInst>(&inst))
      casts.push_back(cast);
  unsigned bits = function.getDataLayout().getPointerSizeInBits();
  for (IntToPtrInst *cast : casts) {
    Value *integer = cast->getOperand(0);
    if (!integer->getType()->isIntegerTy(bits) || cast->getType()->getPointerAddressSpace() != 0)
      continue;
    if (auto *origin = dyn_cast<PtrToIntInst>(integer)) {
      cast->replaceAllUsesWith(origin->getPointerOperand());
      cast->eraseFromParent();
    } else if (passesOn(integer)) {
      rebuild(*cast, webBehind(*llvm::cast<Instruction>(integer)));
    }
  }
}
