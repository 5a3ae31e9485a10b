//===- StripPass.cpp - leave nothing of ours behind -----------------------===//
#include "passes/StripPass.h"
#include "core/Engine.h"
#include "passes/EntryPoints.h"
#include "passes/GuardPass.h"

using namespace llvm;
using namespace linkgrad;

void linkgrad::stripLeftovers(Module &module) {
  removeRequestLeftovers(module);
  removeGuards(module);
}

std::string linkgrad::findLeftover(const Module &module) {
  for (const Function &function : module) {
    if (isGuarded(function))
      return ("the guard attribute of '" + function.getName() + "'").str();
    if (isEntryPoint(function) && !function.use_empty())
      return ("a use of '" + function.getName() + "'").str();
  }
  return {};
}
