//===- FieldChoices.cpp - a place that is one of two fields ---------------===//
//
// Walking down a tree, optimisers fold the two branches into one:
//
//   %where = select i1 %less, i64 16, i64 24        next = less ? n->left : n->right
//   %next = load ptr, ptr (gep i8, ptr %n, i64 %where)
//
// To the memory graph, which has no "16 or 24", this is a walk by any multiple of 8,
// after which all fields of the node are one.  So the two branches are told apart
// again, where what is loaded or stored is a pointer.  A phi of two places, behind the
// branches, is taken apart in the same way.
//
//===----------------------------------------------------------------------===//
#include "Lowering.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;
using namespace linkgrad;

namespace {
struct Choice {
  Value *condition = nullptr; ///< null: that the index is `ifTrue`
  unsigned index = 0;         ///< operand of the gep
  Constant *ifTrue = nullptr, *ifFalse = nullptr;
  explicit operator bool() const { return ifTrue && ifFalse; }
};
} // namespace

/// The two constants that come together in \p phi, if these are all.
static void findChoice(const PHINode &phi, Choice &choice) {
  for (Value *incoming : phi.incoming_values()) {
    auto *constant = dyn_cast<ConstantInt>(incoming);
    if (constant && (!choice.ifTrue || choice.ifTrue == constant))
      choice.ifTrue = constant;
    else if (constant && (!choice.ifFalse || choice.ifFalse == constant))
      choice.ifFalse = constant;
    else
      return void(choice = {});
  }
}

static Choice choiceOf(const GetElementPtrInst &gep) {
  Choice choice;
  for (unsigned i = 1; i < gep.getNumOperands(); ++i) {
    Value *index = gep.getOperand(i);
    if (isa<Constant>(index))
      continue;
    if (choice || !index->getType()->isIntegerTy())
      return {};
    if (auto *select = dyn_cast<SelectInst>(index)) {
      choice.condition = select->getCondition();
      choice.ifTrue = dyn_cast<ConstantInt>(select->getTrueValue());
      choice.ifFalse = dyn_cast<ConstantInt>(select->getFalseValue());
    } else if (auto *extension = dyn_cast<CastInst>(index); extension && isa<ZExtInst, SExtInst>(extension)) {
      choice.condition = extension->getOperand(0);
      choice.ifFalse = ConstantInt::get(index->getType(), 0);
      choice.ifTrue = ConstantInt::get(index->getType(), isa<ZExtInst>(extension) ? 1 : -1, true);
    } else if (auto *phi = dyn_cast<PHINode>(index)) {
      findChoice(*phi, choice);
    }
    choice.index = i;
    if (!choice || (choice.condition && !choice.condition->getType()->isIntegerTy(1)))
      return {};
  }
  return choice;
}

static bool isPointerAccess(const User *user, const GetElementPtrInst &gep) {
  if (auto *load = dyn_cast<LoadInst>(user))
    return load->isSimple() && load->getType()->isPointerTy();
  auto *store = dyn_cast<StoreInst>(user);
  return store && store->isSimple() && store->getValueOperand() != &gep &&
         store->getValueOperand()->getType()->isPointerTy();
}

static void splitAccess(Instruction &access, GetElementPtrInst &gep, const Choice &choice) {
  Instruction *ends[2];
  Value *condition = choice.condition;
  if (!condition)
    condition = IRBuilder<>(&access).CreateICmpEQ(gep.getOperand(choice.index), choice.ifTrue);
  SplitBlockAndInsertIfThenElse(condition, &access, &ends[0], &ends[1]);
  Instruction *copies[2];
  for (int side : {0, 1}) {
    IRBuilder<> b(ends[side]);
    Instruction *place = b.Insert(gep.clone(), gep.getName());
    place->setOperand(choice.index, side == 0 ? choice.ifTrue : choice.ifFalse);
    copies[side] = b.Insert(access.clone(), access.getName());
    copies[side]->replaceUsesOfWith(&gep, place);
  }
  if (!access.getType()->isVoidTy()) {
    IRBuilder<> b(&access);
    PHINode *merged = b.CreatePHI(access.getType(), 2);
    for (int side : {0, 1})
      merged->addIncoming(copies[side], copies[side]->getParent());
    access.replaceAllUsesWith(merged);
  }
  access.eraseFromParent();
}

void linkgrad::splitFieldChoices(Function &function) {
  SmallVector<GetElementPtrInst *> candidates;
  for (Instruction &inst : instructions(function))
    if (auto *gep = dyn_cast<GetElementPtrInst>(&inst); gep && gep->getType()->isPointerTy())
      candidates.push_back(gep);
  for (GetElementPtrInst *gep : candidates) {
    Choice choice = choiceOf(*gep);
    if (!choice || !all_of(gep->users(), [&](const User *user) { return isPointerAccess(user, *gep); }))
      continue;
    for (User *user : make_early_inc_range(gep->users()))
      splitAccess(*cast<Instruction>(user), *gep, choice);
    gep->eraseFromParent();
  }
}
