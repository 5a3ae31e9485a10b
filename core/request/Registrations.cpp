//===- Registrations.cpp - reading custom derivatives ---------------------===//

#include "Registrations.h"
#include "../support/Diagnostics.h"
#include "llvm/IR/Constants.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;
using namespace linkgrad;

namespace {

enum class Kind {
  Gradient,
  Derivative,
  SplitDerivative,
  InactiveFunction,
  InactiveGlobal,
  FunctionLike,
  AllocationLike,
  NoFree
};

struct Prefix {
  const char *text;
  Kind kind;
};

constexpr Prefix prefixes[] = {
    {"__enzyme_register_gradient", Kind::Gradient},
    {"__enzyme_register_derivative", Kind::Derivative},
    {"__enzyme_register_splitderivative", Kind::SplitDerivative},
    {"__enzyme_inactivefn", Kind::InactiveFunction},
    {"__enzyme_inactive_global", Kind::InactiveGlobal},
    {"__enzyme_function_like", Kind::FunctionLike},
    {"__enzyme_allocation_like", Kind::AllocationLike},
    {"__enzyme_nofree", Kind::NoFree},
};

} // namespace

static const Prefix *prefixOf(const GlobalVariable &global) {
  for (const Prefix &prefix : prefixes)
    if (global.getName().contains(prefix.text))
      return &prefix;
  return nullptr;
}

bool linkgrad::isRegistration(const GlobalVariable &global) { return prefixOf(global); }

static SmallVector<Constant *> elementsOf(Constant *initialiser) {
  SmallVector<Constant *> elements;
  if (!initialiser->getType()->isAggregateType())
    return {initialiser};
  for (unsigned i = 0; Constant *element = initialiser->getAggregateElement(i); ++i)
    if (element->getType()->isAggregateType())
      append_range(elements, elementsOf(element));
    else
      elements.push_back(element);
  return elements;
}

static Function *functionIn(Constant *constant) { return dyn_cast<Function>(constant->stripPointerCastsAndAliases()); }

/// The text a char pointer leads to.
static std::string textIn(Constant *constant) {
  auto *global = dyn_cast<GlobalVariable>(constant->stripPointerCasts());
  if (!global || !global->hasInitializer())
    return {};
  auto *data = dyn_cast<ConstantDataSequential>(global->getInitializer());
  return data && data->isString() ? data->getAsString().rtrim('\0').str() : std::string();
}

static void readAnnotations(Module &module, Registrations &registrations) {
  GlobalVariable *annotations = module.getGlobalVariable("llvm.global.annotations");
  if (!annotations || !annotations->hasInitializer())
    return;
  Constant *list = annotations->getInitializer();
  for (unsigned i = 0; Constant *entry = list->getAggregateElement(i); ++i) {
    auto *value = dyn_cast<GlobalValue>(entry->getAggregateElement(0u)->stripPointerCasts());
    std::string text = textIn(entry->getAggregateElement(1u));
    if (!value)
      continue;
    if (text == "enzyme_inactive")
      registrations.inactive.insert(value);
    else if (auto *function = dyn_cast<Function>(value);
             function && StringRef(text).starts_with("enzyme_function_like="))
      registrations.functionLike[function] = text.substr(strlen("enzyme_function_like="));
  }
}

/// One case for each kind of registration.
static void readGlobal(GlobalVariable &global, Kind kind, Registrations &registrations, Diagnostics &diagnostics) {
  SmallVector<Constant *> elements = elementsOf(global.getInitializer());
  SmallVector<Function *> functions(map_range(elements, functionIn));
  auto malformed = [&](StringRef expectation) {
    for (Function *function : functions)
      if (function)
        return diagnostics.report(DiagnosticId::BadRegistrationShape, *function,
                                  {global.getName().str(), expectation.str()});
  };
  switch (kind) {
  case Kind::Gradient: {
    if (functions.size() < 3 || !functions[0] || !functions[1] || !functions[2])
      return malformed("{function, augmented function, reverse function}");
    CustomRule &rule = registrations.customRules[functions[0]];
    rule.augmented = functions[1];
    rule.reverse = functions[2];
    return;
  }
  case Kind::Derivative:
    if (functions.size() < 2 || !functions[0] || !functions[1])
      return malformed("{function, tangent function}");
    registrations.customRules[functions[0]].tangent = functions[1];
    return;
  case Kind::InactiveFunction:
    for (Function *function : functions)
      if (function)
        registrations.inactive.insert(function);
    return;
  case Kind::InactiveGlobal:
    for (Constant *element : elements)
      registrations.inactive.insert(element->stripPointerCasts());
    return;
  case Kind::FunctionLike:
    if (functions.size() < 2 || !functions[0])
      return malformed("{function, \"name\"}");
    registrations.functionLike[functions[0]] = textIn(elements[1]);
    return;
  case Kind::SplitDerivative:
  case Kind::AllocationLike:
  case Kind::NoFree:
    return;
  }
}

Registrations linkgrad::readRegistrations(Module &module, Diagnostics &diagnostics) {
  Registrations registrations;
  for (GlobalVariable &global : module.globals())
    if (const Prefix *prefix = prefixOf(global); prefix && global.hasInitializer())
      readGlobal(global, prefix->kind, registrations, diagnostics);
  readAnnotations(module, registrations);
  for (Function &function : module) {
    if (function.hasFnAttribute("enzyme_inactive"))
      registrations.inactive.insert(&function);
    if (function.hasFnAttribute("enzyme_math"))
      registrations.functionLike[&function] = function.getFnAttribute("enzyme_math").getValueAsString().str();
  }
  return registrations;
}

SmallVector<Function *> linkgrad::registeredFunctions(Module &module) {
  Diagnostics ignored; // malformed ones are reported when they are read for use
  Registrations registrations = readRegistrations(module, ignored);
  SmallVector<Function *> functions;
  for (Function &function : module) {
    bool named = registrations.customRules.contains(&function) || registrations.inactive.contains(&function) ||
                 registrations.functionLike.contains(&function);
    if (named)
      functions.push_back(&function);
  }
  return functions;
}

void linkgrad::eraseRegistrations(Module &module) {
  SmallVector<GlobalVariable *> dead;
  for (GlobalVariable &global : module.globals())
    if (prefixOf(global))
      dead.push_back(&global);
  removeFromUsedLists(module, [&](Constant *constant) {
    return is_contained(dead, dyn_cast<GlobalVariable>(constant->stripPointerCasts()));
  });
  for (GlobalVariable *global : dead) {
    // The list it has been taken out of is still there, used by nobody.
    global->removeDeadConstantUsers();
    if (global->use_empty())
      global->eraseFromParent();
  }
}
