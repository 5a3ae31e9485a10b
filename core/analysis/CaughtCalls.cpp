//===- CaughtCalls.cpp - exceptions of callees as results -----------------===//
//
//   try { step(y, h); } catch (const Bad &) { h /= 2; }
//
// An exception leaves `step` in the middle, so a reverse sweep that comes out of the
// handler has to go back through the part of `step` that ran.  To the engine an
// exception is an edge of the control flow like any other as long as it stays in one
// function: the way from a throw to its landing pad is reversed like a branch.  So what
// crosses functions is brought into that form before anything is analysed:
//
//   invoke step(y, h) unwind %pad      {thrown} = call step.caught(y, h)
//                                      if thrown: invoke rethrow() unwind %pad
//
// `step.caught` is a copy of `step` in which everything that unwinds leads to a catch-all
// handler that returns `thrown`.  The exception stays in the hands of the runtime
// library, as in `catch (...) { throw; }`, cut in two halves: the copy begins the catch,
// and the caller throws again, so that the clauses of its landing pad are matched by
// who always matches them.  Calls in the copy are treated in the same way,
// recursive ones too.
//
// If handlers read numbers in what they catch, the copies return the exception object,
// too (ThrownObjects.h).
//
// Functions outside the differentiated program are not touched, nor are calls through
// pointers; what those write before they throw is refused (analysis/ThrowEffects.h).
// Neither are other languages' exceptions: the support functions are those of the C++ ABI.
//
//===----------------------------------------------------------------------===//

#include "CaughtCalls.h"
#include "ThrownObjects.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/IR/EHPersonalities.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// The functions of the C++ ABI that handlers call.
struct ExceptionSupport {
  explicit ExceptionSupport(Module &module) : module(module), context(module.getContext()) {}
  FunctionCallee function(StringRef name, Type *result, ArrayRef<Type *> parameters = {}) {
    return module.getOrInsertFunction(name, FunctionType::get(result, parameters, false));
  }
  CallInst &beginCatch(Value *exception, IRBuilder<> &b) {
    CallInst *call = b.CreateCall(function("__cxa_begin_catch", b.getPtrTy(), b.getPtrTy()), exception);
    call->setDoesNotThrow();
    return *call;
  }
  Function &rethrow(Constant *personality);

  Module &module;
  LLVMContext &context;
};

class CaughtCalls {
public:
  CaughtCalls(ArrayRef<Function *> reached, const CallEffects &effects, function_ref<void(Function &)> willChange)
      : support(*reached.front()->getParent()), effects(effects), objects(reached, effects), willChange(willChange) {}
  SmallVector<InvokeInst *> invokesIn(Function &function);
  void rewriteIn(Function &function, ArrayRef<InvokeInst *> invokes);

private:
  Function *copyOf(Function &function);
  Function *copyToCall(const CallBase &call);
  void fill(Function &copy, Function &function);
  void returnThrown(BasicBlock &end, Value *exception);
  void returnThat(Value *object, IRBuilder<> &b);
  Value *objectIn(CallInst &copy, IRBuilder<> &b);
  void catchAll(LandingPadInst &pad);
  CallInst *callCopy(CallBase &call, Function &copy);
  void replaceInvoke(InvokeInst &invoke, Function &copy);
  void replaceCall(CallInst &call, Function &copy);

  ExceptionSupport support;
  const CallEffects &effects;
  ThrownObjects objects;
  function_ref<void(Function &)> willChange;
  DenseMap<Function *, Function *> copies;
};

} // namespace

/// Throws what is being caught, and ends that catch.
Function &ExceptionSupport::rethrow(Constant *personality) {
  constexpr StringRef name = "linkgrad.rethrow";
  if (Function *made = module.getFunction(name))
    return *made;
  Function *made =
      Function::Create(FunctionType::get(Type::getVoidTy(context), false), GlobalValue::InternalLinkage, name, module);
  made->setPersonalityFn(personality);
  made->addFnAttr(Attribute::NoInline);
  made->addFnAttr(Attribute::Cold);
  made->setDoesNotReturn();
  made->setUWTableKind(UWTableKind::Default);
  made->addFnAttr("enzyme_inactive");
  auto *entry = BasicBlock::Create(context, "entry", made), *never = BasicBlock::Create(context, "never", made),
       *pad = BasicBlock::Create(context, "pad", made);
  IRBuilder<> b(entry);
  b.CreateInvoke(function("__cxa_rethrow", b.getVoidTy()), never, pad);
  b.SetInsertPoint(never);
  b.CreateUnreachable();
  b.SetInsertPoint(pad);
  LandingPadInst *landing = b.CreateLandingPad(StructType::get(b.getPtrTy(), b.getInt32Ty()), 0);
  landing->setCleanup(true);
  b.CreateCall(function("__cxa_end_catch", b.getVoidTy()));
  b.CreateResume(landing);
  return *made;
}

/// What is said of the result is not said of the structure that holds it.
static AttributeList withoutResult(const AttributeList &attributes, unsigned parameters, LLVMContext &context) {
  SmallVector<AttributeSet> ofParameters;
  for (unsigned i = 0; i < parameters; ++i)
    ofParameters.push_back(attributes.getParamAttrs(i));
  return AttributeList::get(context, attributes.getFnAttrs(), AttributeSet(), ofParameters);
}

static bool speaksCxx(const Function &function) {
  return function.hasPersonalityFn() && classifyEHPersonality(function.getPersonalityFn()) == EHPersonality::GNU_CXX;
}

/// Whether \p function can be left by an exception in a way that a copy can turn into a return.
static bool isConvertible(const Function &function) {
  if (function.isDeclaration() || function.isVarArg() || function.doesNotThrow() ||
      (function.hasPersonalityFn() && !speaksCxx(function)))
    return false;
  return none_of(instructions(function), [](const Instruction &inst) {
    auto *call = dyn_cast<CallInst>(&inst);
    return (call && call->isMustTailCall()) || isa<IndirectBrInst, CallBrInst>(inst);
  });
}

/// What a call runs, in the form that returns its exceptions; null if there is none.
Function *CaughtCalls::copyToCall(const CallBase &call) {
  CallEffect effect = effects.classify(call);
  if (effect.kind != CallClass::Derived || call.doesNotThrow() || call.hasOperandBundles() ||
      call.getFunctionType() != effect.callee->getFunctionType() || !isConvertible(*effect.callee))
    return nullptr;
  return copyOf(*effect.callee);
}

Function *CaughtCalls::copyOf(Function &function) {
  auto [entry, isNew] = copies.try_emplace(&function);
  if (!isNew)
    return entry->second;
  LLVMContext &context = support.context;
  SmallVector<Type *> members{Type::getInt1Ty(context)};
  if (!function.getReturnType()->isVoidTy())
    members.push_back(function.getReturnType());
  if (objects.areRead())
    members.push_back(PointerType::getUnqual(context));
  auto *type = FunctionType::get(StructType::get(context, members), function.getFunctionType()->params(), false);
  Function *copy = Function::Create(type, GlobalValue::InternalLinkage, function.getAddressSpace(),
                                    function.getName() + ".caught", &support.module);
  entry->second = copy;
  fill(*copy, function);
  return copy;
}

void CaughtCalls::fill(Function &copy, Function &function) {
  ValueToValueMapTy map;
  for (auto [from, to] : zip(function.args(), copy.args()))
    map[&from] = &to;
  SmallVector<ReturnInst *> returns;
  CloneFunctionInto(&copy, &function, map, CloneFunctionChangeType::LocalChangesOnly, returns);
  copy.setLinkage(GlobalValue::InternalLinkage);
  copy.setComdat(nullptr);
  copy.setAttributes(withoutResult(copy.getAttributes(), copy.arg_size(), copy.getContext()));
  copy.removeFnAttr(Attribute::NoReturn);
  copy.setDoesNotThrow();
  if (!copy.hasPersonalityFn())
    copy.setPersonalityFn(support.module.getFunction("__gxx_personality_v0"));
  Type *result = copy.getReturnType();
  for (ReturnInst *end : returns) {
    IRBuilder<> b(end);
    Value *all = Constant::getNullValue(result);
    if (Value *value = end->getReturnValue())
      all = b.CreateInsertValue(all, value, 1);
    b.CreateRet(all);
    end->eraseFromParent();
  }
  SmallVector<Instruction *> leaving;
  for (Instruction &inst : instructions(copy)) {
    if (auto *pad = dyn_cast<LandingPadInst>(&inst))
      catchAll(*pad);
    auto *call = dyn_cast<CallInst>(&inst);
    if (isa<ResumeInst, InvokeInst>(inst) || (call && call->mayThrow()))
      leaving.push_back(&inst);
  }
  BasicBlock *handler = nullptr;
  for (Instruction *inst : leaving) {
    if (auto *resume = dyn_cast<ResumeInst>(inst)) {
      IRBuilder<> b(resume);
      Value *exception = b.CreateExtractValue(resume->getValue(), 0);
      BasicBlock &block = *resume->getParent();
      resume->eraseFromParent();
      returnThrown(block, exception);
      continue;
    }
    auto &call = cast<CallBase>(*inst);
    Function *called = copyToCall(call);
    if (auto *invoke = dyn_cast<InvokeInst>(inst)) {
      if (called)
        replaceInvoke(*invoke, *called);
    } else if (called)
      replaceCall(cast<CallInst>(call), *called);
    else {
      if (!handler) {
        handler = BasicBlock::Create(copy.getContext(), "caught", &copy);
        IRBuilder<> b(handler);
        LandingPadInst *pad = b.CreateLandingPad(StructType::get(b.getPtrTy(), b.getInt32Ty()), 1);
        catchAll(*pad);
        returnThrown(*handler, b.CreateExtractValue(pad, 0));
      }
      changeToInvokeAndSplitBasicBlock(cast<CallInst>(&call), handler);
    }
  }
  objects.follow(copy);
}

void CaughtCalls::returnThrown(BasicBlock &end, Value *exception) {
  IRBuilder<> b(&end);
  Value *object = objects.areRead() ? objects.current(b) : nullptr;
  objects.leaves(support.beginCatch(exception, b));
  returnThat(object, b);
}

/// The exception is in the hands of the library; \p object is what was thrown, if that is followed.
void CaughtCalls::returnThat(Value *object, IRBuilder<> &b) {
  Type *type = b.GetInsertBlock()->getParent()->getReturnType();
  Value *all = b.CreateInsertValue(Constant::getNullValue(type), b.getTrue(), 0);
  if (object)
    all = b.CreateInsertValue(all, object, type->getStructNumElements() - 1);
  b.CreateRet(all);
}

void CaughtCalls::catchAll(LandingPadInst &pad) {
  auto *any = ConstantPointerNull::get(PointerType::getUnqual(support.context));
  for (unsigned i = 0; i < pad.getNumClauses(); ++i)
    if (pad.isCatch(i) && pad.getClause(i) == any)
      return;
  pad.addClause(any);
}

CallInst *CaughtCalls::callCopy(CallBase &call, Function &copy) {
  IRBuilder<> b(&call);
  SmallVector<Value *> arguments(call.args());
  CallInst *made = b.CreateCall(&copy, arguments);
  made->setCallingConv(call.getCallingConv());
  made->setAttributes(withoutResult(call.getAttributes(), call.arg_size(), call.getContext()));
  made->removeFnAttr(Attribute::NoReturn);
  if (!call.getType()->isVoidTy()) {
    Value *result = b.CreateExtractValue(made, 1);
    result->takeName(&call);
    call.replaceAllUsesWith(result);
  }
  return made;
}

/// What the copy says was thrown, if objects are followed.
Value *CaughtCalls::objectIn(CallInst &copy, IRBuilder<> &b) {
  return objects.areRead() ? b.CreateExtractValue(&copy, copy.getType()->getStructNumElements() - 1) : nullptr;
}

void CaughtCalls::replaceInvoke(InvokeInst &invoke, Function &copy) {
  Function &caller = *invoke.getFunction();
  CallInst *made = callCopy(invoke, copy);
  BasicBlock *block = invoke.getParent(), *pad = invoke.getUnwindDest();
  IRBuilder<> b(&invoke);
  auto *raise = BasicBlock::Create(support.context, "raise", &caller, pad);
  auto *never = BasicBlock::Create(support.context, "never", &caller);
  b.CreateCondBr(b.CreateExtractValue(made, 0, "thrown"), raise, invoke.getNormalDest());
  b.SetInsertPoint(raise);
  b.SetCurrentDebugLocation(invoke.getDebugLoc());
  Value *object = objectIn(*made, b);
  InvokeInst *again = b.CreateInvoke(&support.rethrow(caller.getPersonalityFn()), never, pad);
  if (object)
    objects.throws(*again, object);
  IRBuilder<>(never).CreateUnreachable();
  pad->replacePhiUsesWith(block, raise);
  invoke.eraseFromParent();
}

/// Nothing is caught here: on to the caller.
void CaughtCalls::replaceCall(CallInst &call, Function &copy) {
  CallInst *made = callCopy(call, copy);
  BasicBlock *block = call.getParent();
  Function &caller = *block->getParent();
  BasicBlock *rest = SplitBlock(block, &call);
  call.eraseFromParent();
  auto *thrown = BasicBlock::Create(support.context, "thrown", &caller, rest);
  block->getTerminator()->eraseFromParent();
  IRBuilder<> b(block);
  b.CreateCondBr(b.CreateExtractValue(made, 0, "thrown"), thrown, rest);
  b.SetInsertPoint(thrown);
  returnThat(objectIn(*made, b), b);
}

/// Whether the function can go on after what is caught at \p pad.
static bool goesOn(BasicBlock &pad) {
  return any_of(*pad.getParent(), [&](BasicBlock &block) {
    return isa<ReturnInst>(block.getTerminator()) && isPotentiallyReachable(&pad, &block);
  });
}

/// Those whose exceptions \p function catches; makes the copies they are to call.
SmallVector<InvokeInst *> CaughtCalls::invokesIn(Function &function) {
  SmallVector<InvokeInst *> invokes;
  if (speaksCxx(function))
    for (Instruction &inst : instructions(function))
      if (auto *invoke = dyn_cast<InvokeInst>(&inst); invoke && goesOn(*invoke->getUnwindDest()) && copyToCall(*invoke))
        invokes.push_back(invoke);
  return invokes;
}

void CaughtCalls::rewriteIn(Function &function, ArrayRef<InvokeInst *> invokes) {
  if (!speaksCxx(function))
    return;
  bool follows = objects.concerns(function);
  if (!invokes.empty() || follows)
    willChange(function);
  for (InvokeInst *invoke : invokes)
    replaceInvoke(*invoke, *copyToCall(*invoke));
  if (follows)
    objects.follow(function);
}

void linkgrad::returnCaughtExceptions(ArrayRef<Function *> roots, const CallEffects &effects,
                                      function_ref<void(Function &)> willChange) {
  SmallSetVector<Function *, 16> reached(roots.begin(), roots.end());
  for (size_t i = 0; i < reached.size(); ++i)
    for (Instruction &inst : instructions(*reached[i]))
      if (auto *call = dyn_cast<CallBase>(&inst))
        for (Function *target : effects.targets(*call))
          reached.insert(target);
  if (reached.empty())
    return;
  CaughtCalls calls(reached.getArrayRef(), effects, willChange);
  // Copies are made of what has not been rewritten.
  SmallVector<SmallVector<InvokeInst *>> invokes;
  for (Function *function : reached)
    invokes.push_back(calls.invokesIn(*function));
  for (auto [function, found] : zip(reached, invokes))
    calls.rewriteIn(*function, found);
}
