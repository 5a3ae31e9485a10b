//===- LinkChecks.cpp - requests nobody will answer -----------------------===//
#include "passes/LinkChecks.h"
#include "passes/EntryPoints.h"
#include "passes/Pipeline.h"
#include "passes/StripPass.h"

using namespace llvm;
using namespace linkgrad;

PreservedAnalyses ThinLinkCheckPass::run(Module &module, ModuleAnalysisManager &) {
  for (const Function &function : module) {
    if (!isEntryPoint(function) || function.use_empty())
      continue;
    module.getContext().emitError("linkgrad: '" + module.getModuleIdentifier() + "' calls '" + function.getName() +
                                  "' but was compiled for ThinLTO; a derivative needs the whole program: compile "
                                  "with -flto=full instead of -flto=thin [thin-lto]");
    break;
  }
  return PreservedAnalyses::all();
}

PreservedAnalyses LeftoverCheckPass::run(Module &module, ModuleAnalysisManager &) {
  // After a refusal the link fails anyway, and its reason has been given.
  if (wasRefused(module))
    return PreservedAnalyses::all();
  std::string leftover = findLeftover(module);
  if (!leftover.empty())
    module.getContext().emitError("linkgrad: internal error: " + leftover + " survived the link [leftover]");
  return PreservedAnalyses::all();
}
