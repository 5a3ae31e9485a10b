//===- Launches.cpp - a launch is a call of a loop ------------------------===//
//
// The program says
//
//   int onHost = __offload_launch(kernel, n, a, b);
//
// and means: for every i below n, in any order, perhaps at once: kernel(i, a, b).
// Before anything else looks at it, this becomes a call of an ordinary function,
// one for each kernel:
//
//   i32 @kernel.launch(i64 n, a, b) {
//     <check that pointers are to memory of the host>
//     for (i = 0; i != n; ++i) kernel(i, a, b);
//     return <-1, which the optimiser does not know>;
//   }
//
// To the analyses of the engine there are no launches: they see a function that calls
// another in a loop.  If there will be devices, its derivatives are launches again
// (DerivedLaunches.cpp).  The splitter puts the attempt to run on a device before the loop (see
// HostStubs.cpp); without a device the loop is what runs.  Named metadata tells which functions
// these are, and nothing that is cloned from one inherits that.
//
//===----------------------------------------------------------------------===//
#include "offload/Launches.h"
#include "core/support/LaunchMarks.h"
#include "offload/LaunchArguments.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;
using namespace linkgrad;

static constexpr StringLiteral notes = "linkgrad.launches";
static constexpr StringLiteral resultName = "__linkgrad_launch_result";

/// -1, which must be unknown while a device may still run the loop.
static GlobalVariable *hostResult(Module &module) {
  if (GlobalVariable *result = module.getGlobalVariable(resultName, /*AllowInternal=*/true))
    return result;
  Type *type = Type::getInt32Ty(module.getContext());
  auto *result = new GlobalVariable(module, type, /*isConstant=*/false, GlobalValue::InternalLinkage,
                                    ConstantInt::getSigned(type, -1), resultName);
  result->setExternallyInitialized(true);
  return result;
}

/// What the code generator has to know of the kernel holds for its loop too.
static void copyAttributes(const Function &kernel, Function &function) {
  for (Attribute attribute : kernel.getAttributes().getFnAttrs())
    if (attribute.isStringAttribute() || attribute.hasAttribute(Attribute::UWTable) ||
        attribute.hasAttribute(Attribute::SanitizeHWAddress))
      function.addFnAttr(attribute);
  for (const Argument &parameter : drop_begin(kernel.args()))
    function.addParamAttrs(parameter.getArgNo(), passingAttributes(parameter));
}

/// Stops a program whose data is on a device while this loop, or a derivative of it, runs on the host.
static FunctionCallee hostCheck(Module &module) {
  LLVMContext &context = module.getContext();
  return module.getOrInsertFunction("__linkgrad_check_on_host", Type::getVoidTy(context),
                                    PointerType::getUnqual(context));
}

/// for (i = 0; i != n; ++i) kernel(i, the other parameters)
static void buildLoop(Function &function, Function &kernel) {
  LLVMContext &context = function.getContext();
  auto *entry = BasicBlock::Create(context, "entry", &function);
  auto *header = BasicBlock::Create(context, "header", &function);
  auto *body = BasicBlock::Create(context, "body", &function);
  auto *exit = BasicBlock::Create(context, "exit", &function);
  IRBuilder<> b(entry);
  for (Argument &argument : drop_begin(function.args()))
    if (argument.getType()->isPointerTy() && !argument.hasByValAttr())
      b.CreateCall(hostCheck(*function.getParent()), {&argument});
  b.CreateBr(header);

  b.SetInsertPoint(header);
  PHINode *index = b.CreatePHI(b.getInt64Ty(), 2, "i");
  index->addIncoming(b.getInt64(0), entry);
  b.CreateCondBr(b.CreateICmpULT(index, function.getArg(0)), body, exit);

  b.SetInsertPoint(body);
  SmallVector<Value *> arguments = {index};
  for (Argument &argument : drop_begin(function.args()))
    arguments.push_back(&argument);
  callKernel(b, kernel, arguments);
  index->addIncoming(b.CreateAdd(index, b.getInt64(1), "next", /*HasNUW=*/true), body);
  b.CreateBr(header);

  b.SetInsertPoint(exit);
  b.CreateRet(b.CreateLoad(b.getInt32Ty(), hostResult(*function.getParent())));
}

/// Debug information that lets calls in it be inlined.
static void giveLocation(Function &function, const Function &kernel) {
  DISubprogram *scope = kernel.getSubprogram();
  if (!scope)
    return;
  function.setSubprogram(DISubprogram::getDistinct(
      function.getContext(), scope->getScope(), function.getName(), "", scope->getFile(), scope->getLine(),
      scope->getType(), scope->getScopeLine(), nullptr, 0, 0, DINode::FlagArtificial,
      DISubprogram::toSPFlags(/*IsLocalToUnit=*/true, /*IsDefinition=*/true, /*IsOptimized=*/true), scope->getUnit()));
  DebugLoc location = DILocation::get(function.getContext(), scope->getLine(), 0, function.getSubprogram());
  for (BasicBlock &block : function)
    for (Instruction &inst : block)
      inst.setDebugLoc(location);
}

static Function *makeLaunchFunction(Function &kernel) {
  Module &module = *kernel.getParent();
  SmallVector<Type *> types(kernel.getFunctionType()->params());
  auto *type = FunctionType::get(Type::getInt32Ty(module.getContext()), types, /*isVarArg=*/false);
  auto *function = Function::Create(type, GlobalValue::InternalLinkage, kernel.getName() + ".launch", module);
  copyAttributes(kernel, *function);
  function->addFnAttr(Attribute::NoInline);
  buildLoop(*function, kernel);
  giveLocation(*function, kernel);
  module.getOrInsertNamedMetadata(notes)->addOperand(
      MDNode::get(module.getContext(), {ValueAsMetadata::get(function), ValueAsMetadata::get(&kernel)}));
  return function;
}

Function *linkgrad::launchFunctionOf(Function &kernel) {
  for (const Launch &launch : launchesOf(*kernel.getParent()))
    if (launch.kernel == &kernel)
      return launch.function;
  return makeLaunchFunction(kernel);
}

/// The kernel of a call; null after it was reported why there is none.
static Function *kernelOf(const CallBase &call, Diagnostics &diagnostics) {
  Value *named = call.arg_empty() ? nullptr : call.getArgOperand(0)->stripPointerCastsAndAliases();
  auto *kernel = dyn_cast_or_null<Function>(named);
  if (!kernel || call.arg_size() < 2) {
    diagnostics.report(DiagnosticId::LaunchNoKernel, call, {});
    return nullptr;
  }
  if (kernel->isDeclaration()) {
    diagnostics.report(DiagnosticId::LaunchNoBody, call, {userName(*kernel)});
    return nullptr;
  }
  bool fits = kernel->arg_size() > 0 && kernel->getArg(0)->getType()->isIntegerTy(64) && !kernel->isVarArg() &&
              kernel->getReturnType()->isVoidTy();
  if (fits)
    return kernel;
  diagnostics.report(DiagnosticId::LaunchSignature, call, {userName(*kernel)});
  return nullptr;
}

/// A launch may throw what a kernel throws that runs on the host.
static CallBase *createCall(CallBase &old, Function &function, ArrayRef<Value *> arguments) {
  if (auto *invoke = dyn_cast<InvokeInst>(&old))
    return InvokeInst::Create(&function, invoke->getNormalDest(), invoke->getUnwindDest(), arguments, "",
                              old.getIterator());
  return CallInst::Create(&function, arguments, "", old.getIterator());
}

static void lowerLaunch(CallBase &call, Diagnostics &diagnostics) {
  Function *kernel = kernelOf(call, diagnostics);
  if (!kernel)
    return;
  SmallVector<Value *> arguments = {call.getArgOperand(1)};
  if (!readLaunchArguments(call, *kernel, arguments, diagnostics))
    return;
  Function *function = launchFunctionOf(*kernel);
  CallBase *lowered = createCall(call, *function, arguments);
  for (unsigned i = 0; i < function->arg_size(); ++i)
    lowered->setAttributes(lowered->getAttributes().addParamAttributes(
        call.getContext(), i, AttrBuilder(call.getContext(), function->getAttributes().getParamAttrs(i))));
  lowered->setDebugLoc(call.getDebugLoc());
  if (lowered->getType() == call.getType()) {
    call.replaceAllUsesWith(lowered);
    lowered->takeName(&call);
  }
  call.eraseFromParent();
}

unsigned linkgrad::lowerLaunches(ArrayRef<CallBase *> calls, bool onDevices, unsigned maxErrors) {
  unsigned refused = 0, reported = 0;
  const Module *module = calls.empty() ? nullptr : calls.front()->getModule();
  for (CallBase *call : calls) {
    Diagnostics diagnostics;
    lowerLaunch(*call, diagnostics);
    if (diagnostics.empty())
      continue;
    ++refused;
    reported += diagnostics.emit(*call, "launched here", maxErrors - reported);
  }
  if (onDevices && module && !refused)
    for (const Launch &launch : launchesOf(*module))
      launch.function->addFnAttr(launchMark);
  return refused;
}

SmallVector<Launch> linkgrad::launchesOf(const Module &module) {
  SmallVector<Launch> launches;
  const NamedMDNode *found = module.getNamedMetadata(notes);
  if (!found)
    return launches;
  for (const MDNode *note : found->operands()) {
    auto *function = dyn_cast_or_null<ValueAsMetadata>(note->getOperand(0).get());
    auto *kernel = dyn_cast_or_null<ValueAsMetadata>(note->getOperand(1).get());
    if (function && kernel)
      launches.push_back({cast<Function>(function->getValue()), cast<Function>(kernel->getValue())});
  }
  return launches;
}

const CallBase *linkgrad::firstCallOf(const Launch &launch) {
  if (!launch.function)
    return launch.foreignCall;
  for (const User *user : launch.function->users())
    if (auto *call = dyn_cast<CallBase>(user))
      return call;
  return nullptr;
}

void linkgrad::finishLaunches(Module &module) {
  for (const Launch &launch : launchesOf(module))
    launch.function->removeFnAttr(Attribute::NoInline);
  if (NamedMDNode *found = module.getNamedMetadata(notes))
    module.eraseNamedMetadata(found);
  GlobalVariable *result = module.getGlobalVariable(resultName, /*AllowInternal=*/true);
  if (!result)
    return;
  for (User *user : make_early_inc_range(result->users()))
    if (auto *load = dyn_cast<LoadInst>(user)) {
      load->replaceAllUsesWith(result->getInitializer());
      load->eraseFromParent();
    }
  if (result->use_empty())
    result->eraseFromParent();
}
