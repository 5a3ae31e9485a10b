//===- LinkChecks.cpp - requests nobody will answer -----------------------===//
#include "passes/LinkChecks.h"
#include "passes/EntryPoints.h"
#include "passes/Pipeline.h"
#include "passes/StripPass.h"

using namespace llvm;
using namespace linkgrad;

static bool isRust(const Module &module) {
  const NamedMDNode *ident = module.getNamedMetadata("llvm.ident");
  auto saysRust = [](const MDNode *node) {
    auto *text = node->getNumOperands() ? dyn_cast<MDString>(node->getOperand(0)) : nullptr;
    return text && text->getString().starts_with("rustc");
  };
  return ident && any_of(ident->operands(), saysRust);
}

/// What to change so that the link sees the whole program.
static StringRef adviceFor(const Module &module) {
  if (isRust(module))
    return "set lto = \"fat\" in the profile of Cargo.toml, or give rustc -Clto=fat";
  return "compile with -flto=full instead of -flto=thin";
}

PreservedAnalyses ThinLinkCheckPass::run(Module &module, ModuleAnalysisManager &) {
  for (const Function &function : module) {
    if (!isEntryPoint(function) || function.use_empty())
      continue;
    module.getContext().emitError(
        "linkgrad: '" + module.getModuleIdentifier() + "' calls '" + function.getName() +
        "' but was compiled for ThinLTO; a derivative needs the whole program: " + adviceFor(module) + " [thin-lto]");
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
