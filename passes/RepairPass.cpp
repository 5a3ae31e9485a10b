//===- RepairPass.cpp - make unoptimisable code optimisable ---------------===//
//
// Files of one link are compiled at different levels.  clang -O0 writes
// `noinline optnone` on every function; -O1 and the unroller write "disable
// unrolling" on loops; the vectoriser writes "is vectorised" on the loops it made
// and on the scalar rest.  Whoever asks for the derivative of a function wants it
// fast at any level, so these notes are removed where a derivative will be made:
// in every function that asks for one, and in all that such a function can reach,
// through calls, addresses and initialisers of globals.
//
// Jumps to computed labels become switches there, because only those can be copied.
//
// The rest of the program stays as debuggable as its author compiled it.
//
//===----------------------------------------------------------------------===//
#include "passes/RepairPass.h"
#include "passes/ComputedGoto.h"
#include "passes/EntryPoints.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// Functions, globals and constant expressions, in the order found.
using Reached = SetVector<Constant *>;

} // namespace

static void addOperands(const User &user, Reached &reached) {
  for (Value *operand : user.operands())
    if (isa<GlobalValue, ConstantExpr, ConstantAggregate>(operand))
      reached.insert(cast<Constant>(operand));
}

static void addOperandsOfBody(Function &function, Reached &reached) {
  for (Instruction &instruction : instructions(function))
    addOperands(instruction, reached);
}

/// Everything that can run on behalf of a derivative.
static Reached reachableFromRequests(Module &module, const SetVector<Function *> &also) {
  Reached reached(also.begin(), also.end());
  for (Function &function : module)
    if (isEntryPoint(function))
      for (User *user : function.users())
        if (auto *call = dyn_cast<CallBase>(user))
          reached.insert(call->getFunction());
  // The set grows while we walk it and each element is visited once.
  for (size_t i = 0; i < reached.size(); ++i) {
    addOperands(*reached[i], reached);
    if (auto *function = dyn_cast<Function>(reached[i]))
      addOperandsOfBody(*function, reached);
  }
  return reached;
}

/// Whether a property of a loop's metadata keeps later passes away from it.
static bool keepsPassesAway(const MDOperand &property) {
  auto *node = dyn_cast_or_null<MDNode>(property.get());
  auto *name = node && node->getNumOperands() ? dyn_cast<MDString>(node->getOperand(0)) : nullptr;
  return name && is_contained({"llvm.loop.unroll.disable", "llvm.loop.unroll.runtime.disable", "llvm.loop.isvectorized",
                               "llvm.loop.vectorize.enable"},
                              name->getString());
}

/// The loop's metadata without these properties; null if nothing remains.
static MDNode *repairedLoop(MDNode &loop) {
  SmallVector<Metadata *> kept(1); // a loop id names itself first
  for (const MDOperand &property : drop_begin(loop.operands()))
    if (!keepsPassesAway(property))
      kept.push_back(property.get());
  if (kept.size() == loop.getNumOperands())
    return &loop;
  if (kept.size() == 1)
    return nullptr;
  MDNode *repaired = MDNode::getDistinct(loop.getContext(), kept);
  repaired->replaceOperandWith(0, repaired);
  return repaired;
}

static void makeOptimisable(Function &function) {
  // clang writes both at -O0, and a noinline of the author cannot be told from it.
  if (function.hasFnAttribute(Attribute::OptimizeNone)) {
    function.removeFnAttr(Attribute::OptimizeNone);
    function.removeFnAttr(Attribute::NoInline);
  }
  for (BasicBlock &block : function)
    if (Instruction *branch = block.getTerminator())
      if (MDNode *loop = branch->getMetadata(LLVMContext::MD_loop))
        branch->setMetadata(LLVMContext::MD_loop, repairedLoop(*loop));
}

void linkgrad::repairDifferentiatedFunctions(Module &module, const SetVector<Function *> &also) {
  for (Constant *constant : reachableFromRequests(module, also))
    if (auto *function = dyn_cast<Function>(constant)) {
      makeOptimisable(*function);
      replaceComputedGotos(*function);
    }
}
