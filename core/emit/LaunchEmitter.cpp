//===- LaunchEmitter.cpp - the derivative of a launch is a launch ---------===//
//
// Which of its forms it takes, loop or launch, is decided where devices are known:
// core/support/LaunchMarks.h describes what is emitted here.
//
//===----------------------------------------------------------------------===//
#include "LaunchEmitter.h"
#include "../support/LaunchMarks.h"
#include "AugmentedEmitter.h"
#include "Signatures.h"

using namespace llvm;
using namespace linkgrad;

/// A device that has a copy of the memory needs one of its shadow.
static void checkShadows(const Parameters &parameters, const Runtime &runtime, IRBuilder<> &b) {
  for (auto [primal, lanes] : zip(parameters.primal, parameters.shadows))
    for (Value *shadow : lanes)
      if (shadow->getType()->isPointerTy())
        runtime.checkShadow(b, primal, shadow);
}

/// The call of \p function, a derivative of the kernel, with the arguments of the launch.
static CallInst *callForAll(const Parameters &parameters, const Derivative &kernel, Function &function,
                            IRBuilder<> &b) {
  auto primal = [&](unsigned i) { return parameters.primal[i]; };
  auto shadow = [&](unsigned i) {
    if (!parameters.shadows[i].empty())
      return parameters.shadows[i];
    // A number that does not vary; memory whose shadow is itself is inactive.
    Type *type = parameters.primal[i]->getType();
    return Lanes(kernel.key.width, type->isPointerTy() ? parameters.primal[i] : Constant::getNullValue(type));
  };
  return b.CreateCall(&function, derivativeArguments(kernel, primal, shadow));
}

/// The jvp of a launch, or its augmented function.
static void emitForward(Function &launch, const DerivativeKey &key, const Derivative &kernel, Function &function) {
  IRBuilder<> b(BasicBlock::Create(launch.getContext(), "entry", &launch));
  Parameters parameters = parametersOf(launch, key);
  Runtime runtime(*launch.getParent(), key.level);
  checkShadows(parameters, runtime, b);
  if (&function == kernel.augmented && kernel.usesTape())
    runtime.defer(b, runtime.launchRelease(), ConstantPointerNull::get(b.getPtrTy()), b.getInt64(0), b.getInt64(0));
  callForAll(parameters, kernel, function, b);
  b.CreateRet(ConstantInt::getSigned(launch.getReturnType(), -1));
}

/// The kernel returns the adjoints of its numbers, the launch those of the same arguments.
static void emitReverse(Function &launch, const DerivativeKey &key, const Derivative &kernel) {
  IRBuilder<> b(BasicBlock::Create(launch.getContext(), "entry", &launch));
  CallInst *call = callForAll(parametersOf(launch, key), kernel, *kernel.pullback, b);
  if (launch.getReturnType()->isVoidTy()) {
    b.CreateRetVoid();
    return;
  }
  Value *all = Constant::getNullValue(launch.getReturnType());
  unsigned given = 0, returned = 0;
  for (auto [ours, its] : zip(key.arguments, kernel.key.arguments))
    for (unsigned lane = 0; lane < key.width; ++lane) {
      Value *adjoint = its.activity == Activity::Active ? b.CreateExtractValue(call, given++) : nullptr;
      if (ours.activity != Activity::Active)
        continue;
      if (adjoint)
        all = b.CreateInsertValue(all, adjoint, returned);
      ++returned;
    }
  b.CreateRet(all);
}

/// Tells offload/ which functions these are.
static void note(const Derivative &launch, Function &kernel) {
  Module &module = *kernel.getParent();
  SmallVector<Metadata *> functions = {ValueAsMetadata::get(&kernel)};
  for (Function *function : {launch.jvp, launch.augmented, launch.pullback})
    if (function)
      functions.push_back(ValueAsMetadata::get(function));
  module.getOrInsertNamedMetadata(derivedLaunches)->addOperand(MDNode::get(module.getContext(), functions));
}

void linkgrad::emitLaunch(const Derivative &launch) {
  const DerivativeKey &key = launch.key;
  const Derivative &kernel = *launch.plan->plannedCall(*launch.plan->launchedCall())->targets.front();
  note(launch, *kernel.key.primal);
  if (key.form == DerivativeForm::Forward)
    return emitForward(*launch.jvp, key, kernel, *kernel.jvp);
  emitForward(*launch.augmented, key, kernel, *kernel.augmented);
  emitReverse(*launch.pullback, key, kernel);
}
