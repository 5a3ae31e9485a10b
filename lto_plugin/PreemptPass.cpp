//===- PreemptPass.cpp - definitions that may be replaced -----------------===//
//
// A weak function in a shared library, or in what `ld -r` makes, is a proposal: when
// the program is loaded or linked, another definition may take its place.  Calls of it
// are calls of we know not what.  The derivative must not be made of the body that
// happens to be here:
//
//   define weak double @g          →  define weak double @g.preemptible
//   call @g                        →  call @g, a declaration
//
// To the engine it is then like any function without bitcode: harmless where it does not
// matter to the derivative, differentiable with a registered derivative, refused otherwise.
// Afterwards everything is put back.
//
// An executable's own definition is the one that everybody gets.  So is a shared library's
// own with -Bsymbolic.  Functions that clang compiled with -fPIC are taken by clang itself
// for what they are, unless it is told -fsemantic-interposition.
//
//===----------------------------------------------------------------------===//
#include "lto_plugin/PreemptPass.h"
#include "lto_plugin/HostProcess.h"
#include "passes/EntryPoints.h"
#include "passes/Pipeline.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/GlobalAlias.h"

using namespace llvm;
using namespace linkgrad;

/// On a definition that is hidden, with its name.
static constexpr StringLiteral mark = "linkgrad-preemptible";

/// Uses that need the definition.
static bool isCallOrAddress(const Use &use) {
  auto *variable = dyn_cast<GlobalVariable>(use.getUser());
  return !isa<GlobalAlias, GlobalIFunc>(use.getUser()) && (!variable || !variable->getName().starts_with("llvm."));
}

static void hide(Function &definition) {
  std::string name = definition.getName().str();
  definition.addFnAttr(mark, name);
  definition.setName(name + ".preemptible");
  // Nobody in the module may call it any more.
  if (definition.hasLinkOnceLinkage())
    definition.setLinkage(GlobalValue::WeakAnyLinkage);
  auto *declaration = Function::Create(definition.getFunctionType(), GlobalValue::ExternalLinkage,
                                       definition.getAddressSpace(), name, definition.getParent());
  declaration->setAttributes(definition.getAttributes());
  declaration->removeFnAttr(mark);
  declaration->removeFnAttr(Attribute::OptimizeNone);
  declaration->setCallingConv(definition.getCallingConv());
  declaration->setVisibility(definition.getVisibility());
  definition.replaceUsesWithIf(declaration, isCallOrAddress);
}

PreservedAnalyses PreemptPass::run(Module &module, ModuleAnalysisManager &) {
  if (!hasRequests(module) || (!isOneFile && definitionsAreFinal()))
    return PreservedAnalyses::all();
  SmallVector<Function *> found;
  for (Function &function : module)
    if (!function.isDeclaration() && function.isInterposable())
      found.push_back(&function);
  for (Function *function : found)
    hide(*function);
  return found.empty() ? PreservedAnalyses::all() : PreservedAnalyses::none();
}

static void noteWhy(Module &module, StringRef name) {
  module.getContext().diagnose(DiagnosticInfoGeneric(
      "the definition of '" + name +
          "' may be replaced by another when the program is loaded or linked, so no derivative is made of it; make it "
          "hidden or strong, or link the shared library with -Bsymbolic",
      DS_Note));
}

PreservedAnalyses UnpreemptPass::run(Module &module, ModuleAnalysisManager &) {
  bool changed = false;
  for (Function &definition : module) {
    if (!definition.hasFnAttribute(mark))
      continue;
    changed = true;
    std::string name = definition.getFnAttribute(mark).getValueAsString().str();
    definition.removeFnAttr(mark);
    Function *declaration = module.getFunction(name);
    if (declaration && wasRefused(module) && !declaration->use_empty())
      noteWhy(module, name);
    if (!declaration) {
      definition.setName(name);
      continue;
    }
    declaration->replaceAllUsesWith(&definition);
    definition.takeName(declaration);
    declaration->eraseFromParent();
  }
  return changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}
