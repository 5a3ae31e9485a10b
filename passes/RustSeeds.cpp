//===- RustSeeds.cpp - the adjoint that rustc drops -----------------------===//
//
// The function that `#[autodiff_reverse(df, Active, Active)]` makes takes the adjoint of the result last,
//
//   define { double, double } @df(double %x, double %dret) {
//     call ... @__enzyme_autodiff_df(ptr @f, ptr @enzyme_primal_return, ptr @enzyme_out, double %x)
//
// and rustc's request says nothing of it.  As long as the request stands in this function, whose name it
// carries, and the parameter has its name (-Zfewer-names=no, -Zinline-mir=no), it can be added:
//
//     call ... @__enzyme_autodiff_df(ptr @f, ptr @enzyme_seed, double %dret, ptr @enzyme_primal_return, ...
//
//===----------------------------------------------------------------------===//
#include "passes/RustSeeds.h"
#include "core/request/DerivativeRequest.h"
#include "passes/RustRequests.h"

using namespace llvm;
using namespace linkgrad;

/// The seed that the function around a request was given, or null.
static Argument *seedOf(const CallInst &request, Function &primal) {
  Function &around = *const_cast<CallInst &>(request).getFunction();
  bool isMade = request.getCalledFunction()->getName() == ("__enzyme_autodiff" + around.getName()).str();
  if (!isMade || around.arg_empty())
    return nullptr;
  Argument *last = around.getArg(around.arg_size() - 1);
  bool isSeed = last->getName() == "dret" && last->getType() == primal.getReturnType() &&
                last->getType()->isFloatingPointTy() && !is_contained(request.args(), last);
  return isSeed ? last : nullptr;
}

static void addSeed(CallInst &request, Argument &seed) {
  Module &module = *request.getModule();
  SmallVector<Value *> operands(request.args());
  Value *marker = module.getOrInsertGlobal("enzyme_seed", PointerType::get(module.getContext(), 0));
  operands.insert(operands.begin() + 1, {marker, &seed});
  auto *seeded =
      CallInst::Create(request.getFunctionType(), request.getCalledFunction(), operands, "", request.getIterator());
  seeded->setDebugLoc(request.getDebugLoc());
  request.replaceAllUsesWith(seeded);
  request.eraseFromParent();
}

PreservedAnalyses RustSeedsPass::run(Module &module, ModuleAnalysisManager &) {
  bool changed = false;
  for (CallBase *call : entryCalls(module)) {
    auto *request = dyn_cast<CallInst>(call);
    if (!request || !request->getCalledFunction() || !isRustRequest(*request->getCalledFunction()) ||
        request->arg_empty())
      continue;
    Function *primal = functionNamedBy(request->getArgOperand(0));
    Argument *seed = primal ? seedOf(*request, *primal) : nullptr;
    if (!seed)
      continue;
    addSeed(*request, *seed);
    changed = true;
  }
  return changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}
