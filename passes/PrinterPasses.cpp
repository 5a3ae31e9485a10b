//===- PrinterPasses.cpp - the stages as passes of opt --------------------===//
//
//   opt -load-pass-plugin=liblinkgrad.so -passes=linkgrad
//       all stages, as in a link
//   -passes=linkgrad-prepare-optimise
//       stages 1 and 2: the module as the engine sees it
//   -passes=linkgrad-differentiate
//       stage 3 alone: the derivatives of a module that is written as it should be
//
//===----------------------------------------------------------------------===//
#include "passes/PrinterPasses.h"
#include "passes/Pipeline.h"

using namespace llvm;
using namespace linkgrad;

bool linkgrad::addNamedPass(StringRef name, ModulePassManager &passes, const Host &host) {
  if (name == "linkgrad")
    return passes.addPass(PipelinePass(host, std::nullopt)), true;
  if (name == "linkgrad-prepare-optimise")
    return passes.addPass(PrepareOptimisePass(host)), true;
  if (name == "linkgrad-differentiate")
    return passes.addPass(DifferentiatePass()), true;
  return false;
}
