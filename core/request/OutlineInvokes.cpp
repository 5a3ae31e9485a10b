//===- OutlineInvokes.cpp - requests that may throw -----------------------===//
//
//   invoke @__enzyme_autodiff(f, marker, x) unwind %cleanup
//
// A request is replaced by several instructions, and what it runs may throw.  So
// an invoke of an entry point becomes an invoke of a small function that makes
// the request by a call: the way an exception takes stays as it was.
//
//===----------------------------------------------------------------------===//

#include "DerivativeRequest.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;
using namespace linkgrad;

/// Markers must be seen where the request is made, so their loads move along.
static LoadInst *markerLoad(Value *operand) {
  auto *load = dyn_cast<LoadInst>(operand);
  return load && isa<GlobalVariable>(load->getPointerOperand()) ? load : nullptr;
}

static Function *makeRequester(InvokeInst &invoke) {
  Function &caller = *invoke.getFunction();
  SmallVector<Type *> types;
  for (Value *operand : invoke.args())
    if (!isa<Constant, MetadataAsValue>(operand) && !markerLoad(operand))
      types.push_back(operand->getType());
  auto *requester = Function::Create(FunctionType::get(invoke.getType(), types, false), GlobalValue::InternalLinkage,
                                     caller.getName() + ".requests", caller.getParent());
  requester->setAttributes(AttributeList().addFnAttributes(
      caller.getContext(), AttrBuilder(caller.getContext(), caller.getAttributes().getFnAttrs())));
  // What is true of all that the caller does need not be of this part: it returns, even if the caller ends the program.
  for (Attribute::AttrKind kind : {Attribute::NoInline, Attribute::OptimizeNone, Attribute::NoUnwind,
                                   Attribute::NoReturn, Attribute::Cold, Attribute::Memory})
    requester->removeFnAttr(kind);
  requester->addFnAttr(Attribute::AlwaysInline);
  IRBuilder<> b(BasicBlock::Create(caller.getContext(), "entry", requester));
  SmallVector<Value *> arguments;
  unsigned next = 0;
  for (Value *operand : invoke.args()) {
    if (LoadInst *load = markerLoad(operand))
      arguments.push_back(b.CreateLoad(load->getType(), load->getPointerOperand()));
    else if (isa<Constant, MetadataAsValue>(operand))
      arguments.push_back(operand);
    else
      arguments.push_back(requester->getArg(next++));
  }
  CallInst *call = b.CreateCall(invoke.getFunctionType(), invoke.getCalledOperand(), arguments);
  call->setAttributes(invoke.getAttributes());
  call->setCallingConv(invoke.getCallingConv());
  if (call->getType()->isVoidTy())
    b.CreateRetVoid();
  else
    b.CreateRet(call);
  return requester;
}

void linkgrad::outlineInvokes(Module &module) {
  for (CallBase *call : entryCalls(module)) {
    auto *invoke = dyn_cast<InvokeInst>(call);
    if (!invoke)
      continue;
    SmallVector<Value *> passed;
    for (Value *operand : invoke->args())
      if (!isa<Constant, MetadataAsValue>(operand) && !markerLoad(operand))
        passed.push_back(operand);
    InvokeInst *outlined = InvokeInst::Create(makeRequester(*invoke), invoke->getNormalDest(), invoke->getUnwindDest(),
                                              passed, "", invoke->getIterator());
    outlined->setDebugLoc(invoke->getDebugLoc());
    invoke->replaceAllUsesWith(outlined);
    invoke->eraseFromParent();
  }
}
