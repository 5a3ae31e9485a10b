//===- LibraryLowering.cpp - library calls as simpler code ----------------===//
//
//   qsort(p, n, 16, f)   →   order = the places where the elements will come from
//                            for i < n: copy 16 bytes, sorted[i] = p[order[i]]
//                            copy n * 16 bytes, p = sorted
//
//   bsearch(k, p, n, 16, f)   →   i = where it is;  i < 0 ? null : p + i * 16
//
//   setjmp(e)   →   setjmp(e), which must not return a second time
//
// Copies have derivatives, and the order is a matter of integers.  Where the size of
// an element is not known, nobody can say which of its bytes are numbers: such calls
// stay and are refused.
//
//===----------------------------------------------------------------------===//
#include "LibraryLowering.h"
#include "../rules/KnownCalls.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// The elements a call is about.
struct Elements {
  Value *base, *count;
  ArrayType *type; ///< so many bytes
};

} // namespace

static Elements elementsOf(CallBase &call, const KnownCall &known, IRBuilderBase &b) {
  auto *size = cast<ConstantInt>(call.getArgOperand(known.size));
  return {call.getArgOperand(known.pointer),
          b.CreateZExtOrTrunc(call.getArgOperand(known.factor), b.getInt64Ty(), "count"),
          ArrayType::get(b.getInt8Ty(), size->getZExtValue())};
}

static CallInst *callRuntime(IRBuilderBase &b, const char *name, Type *result, ArrayRef<Value *> arguments) {
  SmallVector<Type *> types;
  for (Value *argument : arguments)
    types.push_back(argument->getType());
  Module &module = *b.GetInsertBlock()->getModule();
  return b.CreateCall(module.getOrInsertFunction(name, FunctionType::get(result, types, false)), arguments);
}

/// for i < count: sorted[i] = base[order[i]]
static void gather(CallBase &call, const Elements &elements, Value *order, Value *sorted) {
  IRBuilder<> b(&call);
  Value *any = b.CreateICmpNE(elements.count, b.getInt64(0));
  Instruction *guarded = SplitBlockAndInsertIfThen(any, &call, /*Unreachable=*/false);
  auto [body, index] = SplitBlockAndInsertSimpleForLoop(elements.count, guarded->getIterator());
  b.SetInsertPoint(body);
  Value *from = b.CreateLoad(b.getInt64Ty(), b.CreateGEP(b.getInt64Ty(), order, index), "from");
  b.CreateMemCpy(b.CreateGEP(elements.type, sorted, index), MaybeAlign(1),
                 b.CreateGEP(elements.type, elements.base, from), MaybeAlign(1), elements.type->getNumElements());
}

static void lowerSort(CallBase &call, const KnownCall &known) {
  IRBuilder<> b(&call);
  Elements elements = elementsOf(call, known, b);
  Module &module = *call.getModule();
  FunctionCallee allocate = module.getOrInsertFunction("malloc", b.getPtrTy(), b.getInt64Ty());
  FunctionCallee release = module.getOrInsertFunction("free", b.getVoidTy(), b.getPtrTy());
  Value *bytes = b.CreateMul(elements.count, b.getInt64(elements.type->getNumElements()));
  Value *order = b.CreateCall(allocate, b.CreateMul(elements.count, b.getInt64(8)), "order");
  Value *sorted = b.CreateCall(allocate, bytes, "sorted");
  SmallVector<Value *> arguments{order};
  append_range(arguments, call.args());
  callRuntime(b, known.helper, b.getVoidTy(), arguments);
  gather(call, elements, order, sorted);
  b.SetInsertPoint(&call);
  b.CreateMemCpy(elements.base, MaybeAlign(1), sorted, MaybeAlign(1), bytes);
  b.CreateCall(release, sorted);
  b.CreateCall(release, order);
  call.eraseFromParent();
}

static void lowerSearch(CallBase &call, const KnownCall &known) {
  IRBuilder<> b(&call);
  Elements elements = elementsOf(call, known, b);
  SmallVector<Value *> arguments(call.args());
  Value *index = callRuntime(b, known.helper, b.getInt64Ty(), arguments);
  Value *place = b.CreateGEP(elements.type, elements.base, index);
  Value *isMissing = b.CreateICmpSLT(index, b.getInt64(0));
  call.replaceAllUsesWith(b.CreateSelect(isMissing, Constant::getNullValue(call.getType()), place));
  call.eraseFromParent();
}

/// A longjmp would leave values on the tape that the reverse sweep knows nothing of:
/// the program stops there.  Most programs call setjmp and never jump.
static void checkFirstReturn(CallBase &call) {
  IRBuilder<> b(call.getNextNode());
  callRuntime(b, "__linkgrad_check_first_return", b.getVoidTy(), {&call});
}

void linkgrad::lowerLibraryCalls(Function &function) {
  SmallVector<CallInst *> calls;
  for (Instruction &inst : instructions(function))
    if (auto *call = dyn_cast<CallInst>(&inst))
      calls.push_back(call);
  for (CallInst *call : calls) {
    Function *callee = call->getCalledFunction();
    const KnownCall *known = callee ? findKnownCall(*callee) : nullptr;
    if (known && known->kind == CallKind::ReturnsTwice)
      checkFirstReturn(*call);
    if (!known || (known->kind != CallKind::Sort && known->kind != CallKind::Search))
      continue;
    auto *size = dyn_cast<ConstantInt>(call->getArgOperand(known->size));
    if (!size || size->isZero())
      continue;
    known->kind == CallKind::Sort ? lowerSort(*call, *known) : lowerSearch(*call, *known);
  }
}
