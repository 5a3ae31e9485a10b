//===- DeviceClosure.cpp - what a kernel can reach ------------------------===//
//
// A device image holds the kernels and what they call.  Taken literally that is half
// of a language's library: Rust's bounds check calls the panic handler, which prints,
// which locks, which allocates.
//
//   if (i >= n) panic_bounds_check(i, n);     // never returns
//
// A device can do none of that; what it can do is stop.  So blocks from which every
// way ends the program (a call that does not return) or leaves by an exception are
// cut: they stop the device, and what only they reach is not taken along.  On the
// host, where the same loop may run, the program keeps its panics and exceptions.
//
// An exception that is caught inside the kernel is another matter: cutting it would
// change what the program does.  DeviceChecks refuses that.
//
//===----------------------------------------------------------------------===//
#include "offload/DeviceClosure.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;
using namespace linkgrad;

static bool neverReturns(const Instruction &inst) {
  auto *call = dyn_cast<CallBase>(&inst);
  if (!call || isa<IntrinsicInst>(call))
    return false;
  const Function *callee = call->getCalledFunction();
  return call->doesNotReturn() || (callee && callee->doesNotReturn());
}

static bool endsByItself(const BasicBlock &block) {
  return isa<ResumeInst, UnreachableInst>(block.getTerminator()) || any_of(block, neverReturns);
}

/// Whether every way on is known to end.  An invoke goes on as its call does.
static bool allWaysEnd(BasicBlock &block, const Blocks &ending) {
  Instruction *exit = block.getTerminator();
  if (auto *invoke = dyn_cast<InvokeInst>(exit))
    return ending.contains(invoke->getNormalDest());
  return exit->getNumSuccessors() && all_of(successors(&block), [&](BasicBlock *to) { return ending.contains(to); });
}

Blocks linkgrad::blocksThatEnd(Function &function) {
  Blocks ending;
  for (BasicBlock &block : function)
    if (endsByItself(block))
      ending.insert(&block);
  // Each round finds one more block or is the last.
  for (bool found = true; found;) {
    found = false;
    for (BasicBlock &block : function)
      if (!ending.contains(&block) && allWaysEnd(block, ending))
        found |= ending.insert(&block).second;
  }
  ending.erase(&function.getEntryBlock());
  return ending;
}

static void addGlobals(Constant &constant, Globals &reached) {
  if (auto *global = dyn_cast<GlobalValue>(&constant)) {
    reached.insert(global);
    return;
  }
  for (Value *operand : constant.operands())
    if (auto *part = dyn_cast<Constant>(operand))
      addGlobals(*part, reached);
}

static void addGlobalsOfBody(Function &function, Globals &reached) {
  Blocks ending = blocksThatEnd(function);
  for (BasicBlock &block : function) {
    if (ending.contains(&block))
      continue;
    for (Instruction &inst : block)
      for (Value *operand : inst.operands())
        if (auto *constant = dyn_cast<Constant>(operand))
          addGlobals(*constant, reached);
  }
}

Globals linkgrad::deviceClosure(ArrayRef<Function *> kernels) {
  Globals reached;
  reached.insert_range(kernels);
  // Grows while we walk it; each is visited once.
  for (size_t i = 0; i < reached.size(); ++i) {
    GlobalValue *global = reached[i];
    if (auto *function = dyn_cast<Function>(global))
      addGlobalsOfBody(*function, reached);
    else if (auto *variable = dyn_cast<GlobalVariable>(global); variable && variable->hasInitializer())
      addGlobals(*variable->getInitializer(), reached);
    else if (auto *alias = dyn_cast<GlobalAlias>(global))
      addGlobals(*alias->getAliasee(), reached);
  }
  return reached;
}

static void stopHere(BasicBlock &block) {
  for (BasicBlock *next : successors(&block))
    next->removePredecessor(&block);
  DebugLoc location = block.getTerminator()->getDebugLoc();
  while (!block.empty()) {
    Instruction &inst = block.back();
    inst.replaceAllUsesWith(PoisonValue::get(inst.getType()));
    inst.eraseFromParent();
  }
  IRBuilder<> b(&block);
  b.SetCurrentDebugLocation(location);
  b.CreateIntrinsic(b.getVoidTy(), Intrinsic::trap, {});
  b.CreateUnreachable();
}

void linkgrad::cutEndings(Function &function) {
  if (function.isDeclaration())
    return;
  Blocks ending = blocksThatEnd(function);
  for (BasicBlock &block : function) {
    auto *invoke = dyn_cast<InvokeInst>(block.getTerminator());
    if (!invoke || ending.contains(&block))
      continue;
    bool isCaught = !ending.contains(invoke->getUnwindDest());
    CallInst *call = changeToCall(invoke);
    if (isCaught)
      call->setMetadata(caughtNote, MDNode::get(function.getContext(), {}));
  }
  for (BasicBlock *block : ending)
    stopHere(*block);
  removeUnreachableBlocks(function);
  function.setPersonalityFn(nullptr);
  function.removeFnAttr(Attribute::NoReturn);
}
