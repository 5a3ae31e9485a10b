//===- Protect.cpp - requests survive optimisation ------------------------===//
//
// Between reading the module and differentiating it, LLVM optimises everything.
// Four things would be lost:
//   * a marker that the program defines (`int enzyme_const;`) is an ordinary zero,
//     so while we optimise it is an external declaration;
//   * a function with a custom derivative would be inlined or its result
//     propagated, so it is external and noinline;
//   * a value read from an inactive global would be replaced by the one that was
//     stored there, which is active, so the accesses are volatile;
//   * registrations are referred to by nobody, so they are in llvm.compiler.used.
// removeRequestLeftovers undoes all of it.
//
//===----------------------------------------------------------------------===//

#include "../Engine.h"
#include "DerivativeRequest.h"
#include "Registrations.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Operator.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;
using namespace linkgrad;

static constexpr StringLiteral hiddenSuffix = ".marker";
static constexpr StringLiteral linkageNote = "linkgrad-linkage";
static constexpr StringLiteral inlineNote = "linkgrad-noinline";
static constexpr StringLiteral volatileNote = "linkgrad.volatile";

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

void linkgrad::keepFromInlining(Function &function) {
  if (!function.hasFnAttribute(Attribute::NoInline)) {
    function.addFnAttr(Attribute::NoInline);
    function.addFnAttr(inlineNote);
  }
  function.removeFnAttr(Attribute::AlwaysInline);
}

void linkgrad::keepAsItIs(Function &function) {
  keepFromInlining(function);
  if (function.hasLocalLinkage() && !function.isDeclaration()) {
    function.addFnAttr(linkageNote, "internal");
    function.setLinkage(GlobalValue::ExternalLinkage);
  }
}

static void keepRegistered(Module &module) {
  for (Function *function : registeredFunctions(module))
    keepAsItIs(*function);
  SmallVector<GlobalValue *> used;
  for (GlobalVariable &global : module.globals())
    if (global.getName().contains("__enzyme_") && !global.isDeclaration())
      used.push_back(&global);
  if (!used.empty())
    appendToCompilerUsed(module, used);
}

/// Loads and stores of \p global and of its parts.
static SmallVector<Instruction *> accessesOf(GlobalVariable &global) {
  SmallVector<Instruction *> accesses;
  SmallSetVector<Value *, 8> addresses;
  addresses.insert(&global);
  for (size_t i = 0; i < addresses.size(); ++i)
    for (User *user : addresses[i]->users()) {
      auto *call = dyn_cast<IntrinsicInst>(user);
      if (isa<GEPOperator>(user) || (call && call->getIntrinsicID() == Intrinsic::threadlocal_address))
        addresses.insert(user);
      else if (isa<LoadInst, StoreInst>(user) && getLoadStorePointerOperand(user) == addresses[i])
        accesses.push_back(cast<Instruction>(user));
    }
  return accesses;
}

static void setVolatile(Instruction &access, bool isVolatile) {
  if (auto *load = dyn_cast<LoadInst>(&access))
    load->setVolatile(isVolatile);
  else
    cast<StoreInst>(access).setVolatile(isVolatile);
}

static void keepInactiveGlobals(Module &module) {
  Diagnostics ignored; // malformed ones are reported when they are read for use
  for (const Value *value : readRegistrations(module, ignored).inactive)
    if (auto *global = const_cast<GlobalVariable *>(dyn_cast<GlobalVariable>(value)))
      for (Instruction *access : accessesOf(*global))
        if (!access->isVolatile()) {
          setVolatile(*access, true);
          access->setMetadata(volatileNote, MDNode::get(module.getContext(), {}));
        }
}

static void releaseInactiveGlobals(Function &function) {
  for (Instruction &inst : instructions(function))
    if (inst.hasMetadata() && inst.getMetadata(volatileNote)) {
      setVolatile(inst, false);
      inst.setMetadata(volatileNote, nullptr);
    }
}

bool linkgrad::protectRequests(Module &module) {
  SmallVector<CallBase *> calls = entryCalls(module);
  if (calls.empty())
    return false;
  hideMarkers(module);
  keepRegistered(module);
  keepInactiveGlobals(module);
  return true;
}

void linkgrad::removeRequestLeftovers(Module &module) {
  showMarkers(module);
  eraseRegistrations(module);
  eraseDeclaredMarkers(module);
  for (Function &function : make_early_inc_range(module)) {
    releaseInactiveGlobals(function);
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
