//===- Finish.cpp - what later passes may know of a derivative ---------------===//
//
// While a function runs, what it keeps on the tape is accessed by its tape
// accesses alone, so loads of it can move across stores to shadows.  The scope is
// the function's own: what a callee later keeps in the same bytes is another's.
// A function whose locals have their shadows on the tape makes no such promise.
//
//===----------------------------------------------------------------------===//

#include "Finish.h"
#include "../rules/ScalarRules.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/MDBuilder.h"

using namespace llvm;
using namespace linkgrad;

/// Instructions come from several copies of the primal, each with a scope of its
/// own; here all belong to one function.
static void repairLocation(Instruction &inst, DISubprogram *subprogram) {
  const DebugLoc &given = inst.getDebugLoc();
  if (!subprogram)
    return inst.setDebugLoc(DebugLoc());
  if (given && given->getInlinedAtScope()->getSubprogram() == subprogram)
    return;
  if (given || isa<CallBase>(inst))
    inst.setDebugLoc(
        DILocation::get(inst.getContext(), given ? given.getLine() : 0, given ? given.getCol() : 0, subprogram));
}

/// The SLP vectoriser takes quadratic time on blocks of many thousand instructions,
/// and adjoint code has more of what it tries than the primal (half of the time of a
/// link of 3 000 statements).  It leaves functions alone that have this attribute;
/// all else it does is to copy and fill memory without vector registers.
static void sparePassesHugeBlocks(Function &function) {
  constexpr size_t huge = 4000;
  if (any_of(function, [](const BasicBlock &block) { return block.size() > huge; }))
    function.addFnAttr(Attribute::NoImplicitFloat);
}

/// The primal calls pow for its result and for what it may do to errno, so the call
/// stays when the result is not needed; and a gradient often needs no more than the
/// slopes.  In a program that never reads errno nobody can tell the difference.
static void letMathBePure(Function &function) {
  const Module &module = *function.getParent();
  if (function.hasFnAttribute(Attribute::StrictFP) || module.getFunction("__errno_location") ||
      module.getNamedValue("signgam"))
    return;
  for (Instruction &inst : instructions(function)) {
    auto *call = dyn_cast<CallInst>(&inst);
    const Function *callee = call ? call->getCalledFunction() : nullptr;
    // A function that the program says is like pow may do other things as well.
    if (!callee || callee->isIntrinsic() || callee->hasFnAttribute("enzyme_math") || !findScalarRule(inst) ||
        any_of(call->args(), [](const Use &argument) { return argument->getType()->isPointerTy(); }))
      continue;
    call->setMemoryEffects(MemoryEffects::none());
    call->addFnAttr(Attribute::NoUnwind);
    call->addFnAttr(Attribute::WillReturn);
  }
}

void linkgrad::finishDerivative(Function &function, const DerivativePlan &plan) {
  sparePassesHugeBlocks(function);
  letMathBePure(function);
  bool promises = plan.shadowStorages().empty();
  MDBuilder builder(function.getContext());
  MDNode *scopes = nullptr;
  if (promises) {
    MDNode *domain = builder.createAnonymousAliasScopeDomain("linkgrad");
    scopes = MDNode::get(function.getContext(), {builder.createAnonymousAliasScope(domain, "tape")});
  }
  for (Instruction &inst : instructions(function)) {
    repairLocation(inst, function.getSubprogram());
    if (!isa<LoadInst, StoreInst>(inst))
      continue;
    bool tape = inst.getMetadata(LLVMContext::MD_alias_scope) != nullptr;
    inst.setMetadata(LLVMContext::MD_alias_scope, tape ? scopes : nullptr);
    if (!tape)
      inst.setMetadata(LLVMContext::MD_noalias, scopes);
  }
}
