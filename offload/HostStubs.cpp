//===- HostStubs.cpp - launch functions try a device first ----------------===//
//
//   i32 @kernel.launch(n, a, b) {
//     if (__tgt_target_kernel && !__tgt_target_kernel(..., {n, step, slots of a, b}))
//       return 0;
//     the loop that was there
//     return -1;
//   }
//
// The record libomptarget reads says for each slot what it is: a literal, a pointer that
// may lie in mapped memory and is translated then, or an aggregate of which the device
// gets a copy.  Version 2 of the record is the one whose kernels have no arguments but
// ours.
//
//===----------------------------------------------------------------------===//
#include "offload/HostStubs.h"
#include "offload/DeviceEntry.h"
#include "offload/KernelSlots.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// What libomptarget is told of a slot (OMP_TGT_MAPTYPE_...).
enum MapType : uint64_t {
  Literal = 0x120,   ///< the slot itself is the argument
  Translate = 0x20,  ///< with size 0: a pointer, translated if it lies in mapped memory
  DeviceCopy = 0xA1, ///< a pointer to `size` bytes, of which the device gets a copy
};

struct Slots {
  SmallVector<Value *> values;
  SmallVector<Constant *> sizes, types;
};

/// Builds the attempt in front of a launch function's loop.
class Attempt {
public:
  Attempt(Function &function, GlobalVariable &region)
      : function(function), module(*function.getParent()), region(region), b(module.getContext()) {}

  void build();

private:
  void add(Slots &slots, Value *value, MapType type, uint64_t size);
  Slots takeApart(Value *step);
  Value *table(ArrayRef<Constant *> values);
  Value *record(const Slots &slots, Value *groups);
  Value *callRuntime(Value *groups, Value *record);

  Function &function;
  Module &module;
  GlobalVariable &region;
  IRBuilder<> b;
};

} // namespace

void Attempt::add(Slots &slots, Value *value, MapType type, uint64_t size) {
  slots.values.push_back(value);
  slots.sizes.push_back(b.getInt64(size));
  slots.types.push_back(b.getInt64(type));
}

Slots Attempt::takeApart(Value *step) {
  Slots slots;
  add(slots, function.getArg(0), Literal, 8);
  add(slots, step, Literal, 8);
  for (Argument &argument : drop_begin(function.args())) {
    if (argument.hasByValAttr()) {
      add(slots, &argument, DeviceCopy, module.getDataLayout().getTypeAllocSize(argument.getParamByValType()));
      continue;
    }
    SmallVector<Value *> parts;
    toSlots(b, &argument, parts);
    for (Value *part : parts) {
      bool isPointer = part->getType()->isPointerTy();
      add(slots, part, isPointer ? Translate : Literal, isPointer ? 0 : 8);
    }
  }
  return slots;
}

Value *Attempt::table(ArrayRef<Constant *> values) {
  auto *type = ArrayType::get(b.getInt64Ty(), values.size());
  return new GlobalVariable(module, type, /*isConstant=*/true, GlobalValue::PrivateLinkage,
                            ConstantArray::get(type, values), function.getName() + ".slots");
}

Value *Attempt::record(const Slots &slots, Value *groups) {
  unsigned count = slots.values.size();
  Value *values = b.CreateAlloca(ArrayType::get(b.getPtrTy(), count));
  for (auto [index, value] : enumerate(slots.values))
    b.CreateStore(value, b.CreateConstInBoundsGEP1_64(b.getPtrTy(), values, index));
  Value *none = ConstantPointerNull::get(b.getPtrTy()), *one = b.getInt32(1), *zero = b.getInt64(0);
  Value *fields[] = {b.getInt32(2),
                     b.getInt32(count),
                     values,
                     values,
                     table(slots.sizes),
                     table(slots.types),
                     none,
                     none,
                     function.getArg(0),
                     zero,
                     groups,
                     one,
                     one,
                     b.getInt32(threadsPerGroup),
                     one,
                     one,
                     b.getInt32(0)};
  SmallVector<Type *> types;
  for (Value *field : fields)
    types.push_back(field->getType());
  auto *type = StructType::get(module.getContext(), types);
  Value *record = b.CreateAlloca(type);
  for (auto [index, field] : enumerate(fields))
    b.CreateStore(field, b.CreateStructGEP(type, record, index));
  return record;
}

Value *Attempt::callRuntime(Value *groups, Value *record) {
  Type *word = b.getInt64Ty(), *half = b.getInt32Ty(), *pointer = b.getPtrTy();
  auto *type = FunctionType::get(half, {pointer, word, half, half, pointer, pointer}, /*isVarArg=*/false);
  FunctionCallee launch = module.getOrInsertFunction("__tgt_target_kernel", type);
  return b.CreateCall(launch, {ConstantPointerNull::get(b.getPtrTy()), b.getInt64(-1), groups,
                               b.getInt32(threadsPerGroup), &region, record});
}

void Attempt::build() {
  BasicBlock &loop = function.getEntryBlock();
  auto *entry = BasicBlock::Create(module.getContext(), "attempt", &function, &loop);
  // Variables stay in the entry block.
  for (Instruction &inst : make_early_inc_range(loop))
    if (auto *variable = dyn_cast<AllocaInst>(&inst); variable && isa<Constant>(variable->getArraySize()))
      variable->moveBefore(*entry, entry->end());
  b.SetInsertPoint(entry);
  Value *n = function.getArg(0), *each = b.getInt64(threadsPerGroup);
  // Enough to fill any device; each thread has a loop of its own.
  Value *groups = b.CreateUDiv(b.CreateAdd(n, b.getInt64(threadsPerGroup - 1)), each);
  groups = b.CreateBinaryIntrinsic(Intrinsic::umin, groups, b.getInt64(1 << 20));
  groups = b.CreateBinaryIntrinsic(Intrinsic::umax, groups, b.getInt64(1));
  Slots slots = takeApart(b.CreateMul(groups, each));
  groups = b.CreateTrunc(groups, b.getInt32Ty());
  Value *failed = b.CreateIsNotNull(callRuntime(groups, record(slots, groups)));
  auto *done = BasicBlock::Create(module.getContext(), "done", &function, &loop);
  b.CreateCondBr(failed, &loop, done);
  b.SetInsertPoint(done);
  b.CreateRet(b.getInt32(0));
}

void linkgrad::tryDeviceFirst(const Launch &launch, GlobalVariable &region) {
  Attempt(*launch.function, region).build();
}

/// A call of a function that may not be there; without it, the result is -1.
static void guardCall(CallInst &call, Function &callee) {
  IRBuilder<> b(&call);
  BasicBlock *head = call.getParent();
  Instruction *then = SplitBlockAndInsertIfThen(b.CreateIsNotNull(&callee), &call, /*Unreachable=*/false);
  BasicBlock *tail = call.getParent();
  call.moveBefore(then->getIterator());
  if (call.getType()->isVoidTy())
    return;
  b.SetInsertPoint(tail, tail->begin());
  PHINode *result = b.CreatePHI(call.getType(), 2);
  call.replaceAllUsesWith(result);
  result->addIncoming(&call, then->getParent());
  result->addIncoming(ConstantInt::getSigned(call.getType(), -1), head);
}

void linkgrad::makeRuntimeOptional(Module &module) {
  for (const char *name : {"__tgt_register_lib", "__tgt_unregister_lib", "__tgt_target_kernel"}) {
    Function *function = module.getFunction(name);
    if (!function || !function->isDeclaration())
      continue;
    function->setLinkage(GlobalValue::ExternalWeakLinkage);
    for (User *user : make_early_inc_range(function->users()))
      if (auto *call = dyn_cast<CallInst>(user))
        guardCall(*call, *function);
  }
}
