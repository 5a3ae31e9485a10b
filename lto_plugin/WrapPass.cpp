//===- WrapPass.cpp - the linker's --wrap, inside a module ----------------===//
//
// With --wrap=g a linker makes every reference to g one to __wrap_g, and every
// reference to __real_g one to g.  But once the program is one module, a call of g
// is no reference a linker gets to see: the body of g would be differentiated, and
// mostly inlined.  So we do to the module what the linker does to objects:
//
//   call g           →  call __wrap_g
//   call __real_g    →  call g, if it is defined here; otherwise the linker's affair
//
// A call of a g that the linker sees would become one of __wrap_g again, which
// calls g...  Hence the body gets a name of its own, and g becomes another name
// for it.
//
// ld.lld does this by itself, later, which is early enough for programs that do
// not differentiate.
//
//===----------------------------------------------------------------------===//
#include "lto_plugin/WrapPass.h"
#include "lto_plugin/HostProcess.h"
#include "passes/EntryPoints.h"
#include "llvm/IR/GlobalAlias.h"

using namespace llvm;
using namespace linkgrad;

/// The value that calls of __real_NAME mean: a local one with the body of \p wrapped.
static GlobalValue &bodyOf(Function &wrapped) {
  if (wrapped.hasLocalLinkage())
    return wrapped;
  std::string name = wrapped.getName().str();
  auto linkage = wrapped.getLinkage();
  auto visibility = wrapped.getVisibility();
  wrapped.setName(name + ".wrapped");
  wrapped.setComdat(nullptr);
  wrapped.setLinkage(GlobalValue::InternalLinkage);
  auto *alias = GlobalAlias::create(wrapped.getValueType(), wrapped.getAddressSpace(), linkage, name, &wrapped);
  alias->setVisibility(visibility);
  return wrapped;
}

static GlobalValue &wrapperOf(Module &module, StringRef name, GlobalValue &wrapped) {
  std::string wrapper = ("__wrap_" + name).str();
  if (GlobalValue *existing = module.getNamedValue(wrapper))
    return *existing;
  if (auto *function = dyn_cast<Function>(&wrapped))
    return *Function::Create(function->getFunctionType(), GlobalValue::ExternalLinkage, wrapper, module);
  return *new GlobalVariable(module, wrapped.getValueType(), /*isConstant=*/false, GlobalValue::ExternalLinkage,
                             nullptr, wrapper);
}

static bool redirect(Module &module, StringRef name) {
  GlobalValue *wrapped = module.getNamedValue(name);
  GlobalValue *real = module.getNamedValue(("__real_" + name).str());
  auto *body = dyn_cast_or_null<Function>(wrapped);
  if (!wrapped && !real)
    return false;
  if (wrapped)
    wrapped->replaceAllUsesWith(&wrapperOf(module, name, *wrapped));
  if (real && body && !body->isDeclaration() && real->isDeclaration())
    real->replaceAllUsesWith(&bodyOf(*body));
  return true;
}

PreservedAnalyses WrapPass::run(Module &module, ModuleAnalysisManager &) {
  if (isLld() && !hasRequests(module))
    return PreservedAnalyses::all();
  bool changed = false;
  for (const std::string &name : wrappedSymbols())
    changed |= redirect(module, name);
  return changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}
