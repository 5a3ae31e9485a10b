//===- ComputedGoto.cpp - jumps through tables of labels ------------------===//
//
//   static void *table[] = {&&add, &&halt};    →    {(void *)1, (void *)2}
//   goto *table[op];                                switch ((long)table[op]) ...
//
// A function that takes the addresses of its labels cannot be copied: the table
// would lead the copy into the original.  With numbers in place of the addresses the
// table means the same for both.  Nobody but a computed goto of the same function
// can do anything with the address of a label, except compare it with null.
//
//===----------------------------------------------------------------------===//
#include "passes/ComputedGoto.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;
using namespace linkgrad;

static void replaceBySwitch(IndirectBrInst &jump, const DenseMap<BasicBlock *, ConstantInt *> &numbers) {
  IRBuilder<> b(&jump);
  SmallSetVector<BasicBlock *, 16> targets;
  for (BasicBlock *target : successors(&jump)) {
    // One edge of the switch takes the place of several of the jump.
    if (!targets.insert(target) || !numbers.contains(target))
      target->removePredecessor(jump.getParent(), /*KeepOneInputPHIs=*/true);
  }
  targets.remove_if([&](BasicBlock *target) { return !numbers.contains(target); });
  auto *nowhere = BasicBlock::Create(jump.getContext(), "nowhere", jump.getFunction());
  IRBuilder<>(nowhere).CreateUnreachable();
  Value *number = b.CreatePtrToInt(jump.getAddress(), b.getInt64Ty());
  SwitchInst *chosen = b.CreateSwitch(number, nowhere, targets.size());
  for (BasicBlock *target : targets)
    chosen->addCase(numbers.lookup(target), target);
  jump.eraseFromParent();
}

void linkgrad::replaceComputedGotos(Function &function) {
  SmallVector<IndirectBrInst *> jumps;
  for (BasicBlock &block : function)
    if (auto *jump = dyn_cast_or_null<IndirectBrInst>(block.getTerminator()))
      jumps.push_back(jump);
  if (jumps.empty())
    return;
  Type *i64 = Type::getInt64Ty(function.getContext());
  DenseMap<BasicBlock *, ConstantInt *> numbers;
  for (BasicBlock &block : function)
    if (BlockAddress *address = BlockAddress::lookup(&block)) {
      auto *number = ConstantInt::get(cast<IntegerType>(i64), numbers.size() + 1);
      numbers[&block] = number;
      address->replaceAllUsesWith(ConstantExpr::getIntToPtr(number, address->getType()));
      address->destroyConstant();
    }
  for (IndirectBrInst *jump : jumps)
    replaceBySwitch(*jump, numbers);
}
