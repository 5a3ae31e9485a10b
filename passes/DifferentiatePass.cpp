//===- DifferentiatePass.cpp - the engine as a stage ----------------------===//
#include "passes/DifferentiatePass.h"

using namespace llvm;
using namespace linkgrad;

EngineResult linkgrad::differentiateModule(Module &module, const EngineOptions &options,
                                           function_ref<void()> beforeSupportCode) {
  EngineResult result = differentiate(module, options);
  // A link that fails needs no support code.
  if (result.failed)
    return result;
  beforeSupportCode();
  if (Error error = linkRuntime(module)) {
    module.getContext().emitError("linkgrad: cannot link the support code: " + toString(std::move(error)));
    ++result.failed;
  }
  return result;
}
