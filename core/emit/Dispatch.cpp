#include "Dispatch.h"

using namespace llvm;
using namespace linkgrad;

Function *linkgrad::derivativeFunction(const Derivative &derivative, Sweep sweep) {
  switch (sweep) {
  case Sweep::Tangent:
    return derivative.jvp;
  case Sweep::Augmented:
    return derivative.augmented;
  case Sweep::Pullback:
    return derivative.pullback;
  }
  llvm_unreachable("unknown sweep");
}

static void stopArm(const Runtime &runtime, IRBuilder<> &b, StringRef message) {
  runtime.noDerivative(b, message);
  b.CreateUnreachable();
}

/// dispatch(pointer, arguments...): if pointer == f then f.derivative(arguments...) ...
static Function *makeDispatcher(const PlannedCall &planned, Sweep sweep) {
  const Derivative *sample = *find_if(planned.targets, [](Derivative *d) { return !d->failed; });
  Function *model = derivativeFunction(*sample, sweep);
  LLVMContext &context = model->getContext();
  SmallVector<Type *> types{PointerType::get(context, 0)};
  append_range(types, model->getFunctionType()->params());
  auto *dispatcher = Function::Create(FunctionType::get(model->getReturnType(), types, false),
                                      GlobalValue::InternalLinkage, model->getName() + ".dispatch", model->getParent());
  Runtime runtime(*model->getParent());
  IRBuilder<> b(BasicBlock::Create(context, "entry", dispatcher));
  SmallVector<Value *> arguments;
  for (Argument &argument : drop_begin(dispatcher->args()))
    arguments.push_back(&argument);
  for (Derivative *target : planned.targets) {
    auto *hit = BasicBlock::Create(context, "hit", dispatcher), *miss = BasicBlock::Create(context, "miss", dispatcher);
    b.CreateCondBr(b.CreateICmpEQ(dispatcher->getArg(0), target->key.primal), hit, miss);
    b.SetInsertPoint(hit);
    if (target->failed) {
      stopArm(runtime, b,
              "'" + userName(*target->key.primal) + "' was called in differentiated code but has no derivative");
    } else {
      CallInst *call = b.CreateCall(derivativeFunction(*target, sweep), arguments);
      if (call->getType()->isVoidTy())
        b.CreateRetVoid();
      else
        b.CreateRet(call);
    }
    b.SetInsertPoint(miss);
  }
  stopArm(runtime, b, "a function that is not part of this program was called in differentiated code");
  return dispatcher;
}

CallBase *linkgrad::emitCallLike(CallBase *like, Function *callee, ArrayRef<Value *> arguments, IRBuilder<> &b) {
  auto *invoke = dyn_cast_or_null<InvokeInst>(like);
  if (!invoke)
    return b.CreateCall(callee, arguments);
  InvokeInst *result = InvokeInst::Create(callee, invoke->getNormalDest(), invoke->getUnwindDest(), arguments, "",
                                          invoke->getIterator());
  result->setDebugLoc(invoke->getDebugLoc());
  b.SetInsertPoint(invoke->getNormalDest(), invoke->getNormalDest()->getFirstInsertionPt());
  return result;
}

CallBase *linkgrad::emitDerivedCall(const PlannedCall &planned, Sweep sweep, Value *target, ArrayRef<Value *> arguments,
                                    CallBase *like, IRBuilder<> &b) {
  if (!target)
    return emitCallLike(like, derivativeFunction(*planned.targets.front(), sweep), arguments, b);
  SmallVector<Value *> all{target};
  append_range(all, arguments);
  return emitCallLike(like, makeDispatcher(planned, sweep), all, b);
}

void linkgrad::removeReplacedCall(Instruction &call) {
  if (!call.use_empty())
    call.replaceAllUsesWith(PoisonValue::get(call.getType()));
  call.eraseFromParent();
}
