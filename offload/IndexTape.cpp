//===- IndexTape.cpp - the tape of one index of a launch ------------------===//
//
// The engine's functions keep what the reverse sweep needs on the tape of their thread.
// In a launch the thread that runs the pullback for an index need not be the one that ran
// the forward sweep, and on a GPU there are no such tapes.  So each index has a tape of its
// own, in memory of the device, and the functions are copied to use that:
//
//   f(i, x)                              f.with.tape(i, x, tape)
//     p = __linkgrad_tape_push(0, 32)      p = tape->top;  tape->top += 32
//     g(x)                                 g.with.tape(x, tape)
//
// Where no push lies in a loop and all sizes are known, so is the most that is pushed, and
// the memory is there before.  Otherwise it is found in chunks, which needs an allocator on
// the device (core/runtime/Offload.c).
//
//===----------------------------------------------------------------------===//
#include "offload/IndexTape.h"
#include "llvm/ADT/SCCIterator.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;
using namespace linkgrad;

namespace {
enum class TapeCall { None, Push, Peek, Pop };
} // namespace

static TapeCall tapeCallOf(const CallBase &call) {
  const Function *callee = call.getCalledFunction();
  if (!callee || !callee->isDeclaration())
    return TapeCall::None;
  return StringSwitch<TapeCall>(callee->getName())
      .Case("__linkgrad_tape_push", TapeCall::Push)
      .Case("__linkgrad_tape_peek", TapeCall::Peek)
      .Case("__linkgrad_tape_pop", TapeCall::Pop)
      .Default(TapeCall::None);
}

//===- how much -----------------------------------------------------------===//

static bool usesTape(const Function &function, SmallPtrSetImpl<const Function *> &seen) {
  if (!seen.insert(&function).second)
    return false;
  return any_of(instructions(function), [&](const Instruction &inst) {
    auto *call = dyn_cast<CallBase>(&inst);
    if (!call)
      return false;
    const Function *callee = call->getCalledFunction();
    return tapeCallOf(*call) != TapeCall::None || (callee && usesTape(*callee, seen));
  });
}

bool linkgrad::usesTape(const Function &function) {
  SmallPtrSet<const Function *, 16> seen;
  return ::usesTape(function, seen);
}

namespace {

class TapeSize {
public:
  std::optional<uint64_t> of(const Function &function);

private:
  std::optional<uint64_t> of(const CallBase &call);
  std::optional<uint64_t> ofBody(const Function &function);

  DenseMap<const Function *, std::optional<uint64_t>> known; ///< nothing, while it is being found: recursion
};

} // namespace

std::optional<uint64_t> TapeSize::of(const CallBase &call) {
  const Function *callee = call.getCalledFunction();
  if (!callee)
    return 0;
  if (tapeCallOf(call) != TapeCall::Push)
    return callee->isDeclaration() ? 0 : of(*callee);
  auto *bytes = dyn_cast<ConstantInt>(call.getArgOperand(1));
  return bytes ? std::optional(bytes->getZExtValue()) : std::nullopt;
}

/// Blocks that do not lie in a loop run once at most.
std::optional<uint64_t> TapeSize::ofBody(const Function &function) {
  uint64_t sum = 0;
  for (auto component = scc_begin(&function); !component.isAtEnd(); ++component)
    for (const BasicBlock *block : *component)
      for (const Instruction &inst : *block) {
        auto *call = dyn_cast<CallBase>(&inst);
        std::optional<uint64_t> bytes = call ? of(*call) : 0;
        if (!bytes || (*bytes && component.hasCycle()))
          return std::nullopt;
        sum += *bytes;
      }
  return sum;
}

std::optional<uint64_t> TapeSize::of(const Function &function) {
  if (function.isDeclaration() || !usesTape(function))
    return 0;
  auto [place, isNew] = known.try_emplace(&function, std::nullopt);
  if (!isNew)
    return place->second;
  std::optional<uint64_t> bytes = ofBody(function);
  return known[&function] = bytes;
}

std::optional<uint64_t> linkgrad::bytesOnTape(const Function &augmented) { return TapeSize().of(augmented); }

//===- copies -------------------------------------------------------------===//

StructType *IndexTape::type() const {
  Type *pointer = PointerType::getUnqual(module.getContext()), *word = Type::getInt64Ty(module.getContext());
  return StructType::get(pointer, pointer, pointer, word);
}

Function *IndexTape::withTape(Function &function) {
  Function *&copy = copies[&function];
  if (copy)
    return copy;
  SmallVector<Type *> types(function.getFunctionType()->params());
  types.push_back(PointerType::getUnqual(module.getContext()));
  Function *made = Function::Create(FunctionType::get(function.getReturnType(), types, /*isVarArg=*/false),
                                    GlobalValue::InternalLinkage, function.getName() + ".with.tape", module);
  copy = made; // the reference may not live through what follows
  ValueToValueMapTy map;
  for (auto [from, to] : zip(function.args(), made->args())) {
    to.setName(from.getName());
    map[&from] = &to;
  }
  made->getArg(made->arg_size() - 1)->setName("tape");
  SmallVector<ReturnInst *> returns;
  CloneFunctionInto(made, &function, map, CloneFunctionChangeType::LocalChangesOnly, returns);
  made->setLinkage(GlobalValue::InternalLinkage);
  replaceCalls(*made);
  return made;
}

static void replaceBy(CallBase &call, Value *value) {
  if (value)
    call.replaceAllUsesWith(value);
  call.eraseFromParent();
}

void IndexTape::replaceTapeCall(CallBase &call, Value *tape) {
  IRBuilder<> b(&call);
  Type *pointer = b.getPtrTy();
  TapeCall kind = tapeCallOf(call);
  Value *operand = call.getArgOperand(1);
  if (grows && kind != TapeCall::Peek) {
    bool pushes = kind == TapeCall::Push;
    FunctionCallee function = module.getOrInsertFunction(
        pushes ? "__linkgrad_index_push" : "__linkgrad_index_pop",
        FunctionType::get(pushes ? pointer : b.getVoidTy(), {pointer, operand->getType()}, /*isVarArg=*/false));
    Value *result = b.CreateCall(function, {tape, operand});
    return replaceBy(call, pushes ? result : nullptr);
  }
  if (kind == TapeCall::Pop) {
    b.CreateStore(operand, tape);
    return replaceBy(call, nullptr);
  }
  Value *top = b.CreateLoad(pointer, tape);
  if (kind == TapeCall::Push)
    b.CreateStore(b.CreatePtrAdd(top, operand), tape);
  else
    top = b.CreatePtrAdd(top, b.CreateNeg(operand));
  replaceBy(call, top);
}

/// The same call of \p callee, with one more argument.
static void passTape(CallBase &call, Function &callee, Value *tape) {
  SmallVector<Value *> arguments(call.args());
  arguments.push_back(tape);
  CallBase *made = nullptr;
  if (auto *invoke = dyn_cast<InvokeInst>(&call))
    made = InvokeInst::Create(&callee, invoke->getNormalDest(), invoke->getUnwindDest(), arguments, "",
                              call.getIterator());
  else
    made = CallInst::Create(&callee, arguments, "", call.getIterator());
  made->setCallingConv(call.getCallingConv());
  made->setAttributes(call.getAttributes());
  made->setDebugLoc(call.getDebugLoc());
  replaceBy(call, made->getType()->isVoidTy() ? nullptr : made);
}

void IndexTape::replaceCalls(Function &function) {
  Value *tape = function.getArg(function.arg_size() - 1);
  for (Instruction &inst : make_early_inc_range(instructions(function))) {
    auto *call = dyn_cast<CallBase>(&inst);
    Function *callee = call ? call->getCalledFunction() : nullptr;
    if (!callee)
      continue;
    if (tapeCallOf(*call) != TapeCall::None)
      replaceTapeCall(*call, tape);
    else if (linkgrad::usesTape(*callee))
      passTape(*call, *withTape(*callee), tape);
  }
}
