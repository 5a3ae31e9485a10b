//===- Protect.cpp - requests survive optimisation ------------------------===//
//
// Between reading the module and differentiating it, LLVM optimises everything.
// Three things would be lost:
//   * a marker that the program defines (`int enzyme_const;`) is an ordinary zero,
//     so while we optimise it is an external declaration;
//   * a function with a custom derivative would be inlined or its result
//     propagated, so it is external and noinline;
//   * registrations are referred to by nobody, so they are in llvm.compiler.used.
// removeRequestLeftovers undoes all of it.
//
//===----------------------------------------------------------------------===//

#include "../Engine.h"
#include "DerivativeRequest.h"
#include "Registrations.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;
using namespace linkgrad;

static constexpr StringLiteral hiddenSuffix = ".marker";
static constexpr StringLiteral linkageNote = "linkgrad-linkage";
static constexpr StringLiteral inlineNote = "linkgrad-noinline";

static void hideMarkers(Module &module) {
  SmallVector<GlobalVariable *> markers;
  for (GlobalVariable &global : module.globals())
    if (!global.isDeclaration() && looksLikeMarker(global.getName()) && global.getValueType()->isIntegerTy())
      markers.push_back(&global);
  for (GlobalVariable *marker : markers) {
    auto *hidden = new GlobalVariable(module, marker->getValueType(), false, GlobalValue::ExternalLinkage, nullptr,
                                      marker->getName() + hiddenSuffix);
    marker->replaceAllUsesWith(hidden);
  }
}

static void showMarkers(Module &module) {
  SmallVector<GlobalVariable *> hidden;
  for (GlobalVariable &global : module.globals())
    if (global.isDeclaration() && global.getName().ends_with(hiddenSuffix))
      hidden.push_back(&global);
  for (GlobalVariable *marker : hidden) {
    GlobalVariable *original =
        module.getGlobalVariable(marker->getName().drop_back(hiddenSuffix.size()), /*AllowInternal=*/true);
    marker->replaceAllUsesWith(original ? cast<Constant>(original) : Constant::getNullValue(marker->getType()));
    marker->eraseFromParent();
  }
}

/// Markers that are only declared vanish with the calls that read them.
static void eraseDeclaredMarkers(Module &module) {
  for (GlobalVariable &global : make_early_inc_range(module.globals())) {
    if (!global.isDeclaration() || !looksLikeMarker(global.getName()) || !markerNamed(global.getName()))
      continue;
    for (User *user : make_early_inc_range(global.users()))
      if (auto *load = dyn_cast<LoadInst>(user)) {
        load->replaceAllUsesWith(Constant::getNullValue(load->getType()));
        load->eraseFromParent();
      }
    if (global.use_empty()) {
      global.eraseFromParent();
      continue;
    }
    // Its address is still mentioned: it has to exist.
    global.setInitializer(Constant::getNullValue(global.getValueType()));
    global.setLinkage(GlobalValue::InternalLinkage);
  }
}

static void keepRegistered(Module &module) {
  for (Function *function : registeredFunctions(module)) {
    if (!function->hasFnAttribute(Attribute::NoInline)) {
      function->addFnAttr(Attribute::NoInline);
      function->addFnAttr(inlineNote);
    }
    function->removeFnAttr(Attribute::AlwaysInline);
    if (function->hasLocalLinkage() && !function->isDeclaration()) {
      function->addFnAttr(linkageNote, "internal");
      function->setLinkage(GlobalValue::ExternalLinkage);
    }
  }
  SmallVector<GlobalValue *> used;
  for (GlobalVariable &global : module.globals())
    if (global.getName().contains("__enzyme_") && !global.isDeclaration())
      used.push_back(&global);
  if (!used.empty())
    appendToCompilerUsed(module, used);
}

bool linkgrad::protectRequests(Module &module) {
  SmallVector<CallBase *> calls = entryCalls(module);
  if (calls.empty())
    return false;
  hideMarkers(module);
  for (CallBase *call : calls)
    if (auto *invoke = dyn_cast<InvokeInst>(call))
      changeToCall(invoke);
  keepRegistered(module);
  return true;
}

void linkgrad::removeRequestLeftovers(Module &module) {
  showMarkers(module);
  eraseRegistrations(module);
  eraseDeclaredMarkers(module);
  for (Function &function : make_early_inc_range(module)) {
    if (function.hasFnAttribute(linkageNote)) {
      function.setLinkage(GlobalValue::InternalLinkage);
      function.removeFnAttr(linkageNote);
    }
    if (function.hasFnAttribute(inlineNote)) {
      function.removeFnAttr(Attribute::NoInline);
      function.removeFnAttr(inlineNote);
    }
    if (entryOf(function) && function.use_empty())
      function.eraseFromParent();
  }
}
