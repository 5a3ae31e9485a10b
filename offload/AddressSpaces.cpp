//===- AddressSpaces.cpp - where variables of amdgcn live -----------------===//
//
// On AMD's GPUs pointers to local variables, global variables and constants are pointers
// of different kinds (address spaces 5, 1 and 4).  Programs for a processor know one
// kind, 0, which there means "any of them".  So each variable is placed where the code
// generator wants it, and its uses get its address cast to the one kind they know; the
// optimiser undoes the casts where it sees both ends.
//
//===----------------------------------------------------------------------===//
#include "offload/AddressSpaces.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;
using namespace linkgrad;

namespace {
enum AmdAddressSpace : unsigned { Global = 1, Constants = 4, Private = 5 };
} // namespace

/// Lifetimes are about the variable itself.
static void moveLifetimes(AllocaInst &from, AllocaInst &to) {
  for (User *user : make_early_inc_range(from.users())) {
    auto *marker = dyn_cast<LifetimeIntrinsic>(user);
    if (!marker)
      continue;
    IRBuilder<> b(marker);
    if (marker->getIntrinsicID() == Intrinsic::lifetime_start)
      b.CreateLifetimeStart(&to);
    else
      b.CreateLifetimeEnd(&to);
    marker->eraseFromParent();
  }
}

static void placeLocal(AllocaInst &variable) {
  IRBuilder<> b(&variable);
  Value *count = variable.isArrayAllocation() ? variable.getArraySize() : nullptr;
  AllocaInst *placed = b.CreateAlloca(variable.getAllocatedType(), Private, count);
  placed->setAlignment(variable.getAlign());
  placed->takeName(&variable);
  moveLifetimes(variable, *placed);
  variable.replaceAllUsesWith(b.CreateAddrSpaceCast(placed, variable.getType()));
  variable.eraseFromParent();
}

static void placeGlobal(GlobalVariable &variable) {
  auto *placed =
      new GlobalVariable(*variable.getParent(), variable.getValueType(), variable.isConstant(), variable.getLinkage(),
                         variable.hasInitializer() ? variable.getInitializer() : nullptr, "", &variable,
                         GlobalValue::NotThreadLocal, variable.isConstant() ? Constants : Global);
  placed->copyAttributesFrom(&variable);
  placed->takeName(&variable);
  variable.replaceAllUsesWith(ConstantExpr::getAddrSpaceCast(placed, variable.getType()));
  variable.eraseFromParent();
}

void linkgrad::placeVariables(Module &device) {
  SmallVector<AllocaInst *> locals;
  for (Function &function : device)
    for (Instruction &inst : instructions(function))
      if (auto *variable = dyn_cast<AllocaInst>(&inst); variable && variable->getAddressSpace() == 0)
        locals.push_back(variable);
  for (AllocaInst *variable : locals)
    placeLocal(*variable);
  for (GlobalVariable &variable : make_early_inc_range(device.globals()))
    if (variable.getAddressSpace() == 0 && !variable.getName().starts_with("llvm."))
      placeGlobal(variable);
}
