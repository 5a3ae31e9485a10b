//===- DeviceEntry.cpp - what libomptarget calls --------------------------===//
//
// On a GPU the entry is called once for each thread.  Each takes every step-th index,
// where step is the number of threads, so any number of threads will do:
//
//   void entry(n, step, slots...) {
//     for (i = group * 256 + thread; i < n; i += step) kernel(i, ...);
//   }
//
// On the host's own processor libomptarget calls it once.  It starts OpenMP's threads,
// and each takes one run of neighbouring indices:
//
//   void entry(n, step, slots...) { __kmpc_fork_call(&where, 1, share, &{n, step, slots...}); }
//   void share(_, _, arguments) {
//     for (i = first index of this thread; i != first of the next; ++i) kernel(i, ...);
//   }
//
// A kernel that another compiler launches knows itself which thread it is:
//
//   void entry(_, slots...) { kernel(...); }
//
//===----------------------------------------------------------------------===//
#include "offload/DeviceEntry.h"
#include "offload/KernelSlots.h"
#include "offload/LaunchArguments.h"
#include "llvm/IR/IntrinsicsAMDGPU.h"
#include "llvm/IR/IntrinsicsNVPTX.h"

using namespace llvm;
using namespace linkgrad;

/// Appends the slots of the parameters from \p first on.
static SmallVector<Type *> entryTypes(const Function &kernel, unsigned first, SmallVector<Type *> types) {
  for (const Argument &parameter : drop_begin(kernel.args(), first))
    append_range(types, slotTypes(parameter.getType(), kernel.getDataLayout()));
  return types;
}

/// The values of the parameters from \p first on.
static void takeFromSlots(IRBuilder<> &b, Function &kernel, unsigned first, ArrayRef<Value *> slots,
                          SmallVectorImpl<Value *> &arguments) {
  const auto *next = slots.begin();
  for (Argument &parameter : drop_begin(kernel.args(), first))
    arguments.push_back(fromSlots(b, parameter.getType(), [&] { return *next++; }));
}

/// for (i = begin; i < end; i += step) kernel(i, what \p slots hold)
static void buildLoop(IRBuilder<> &b, Function &kernel, Value *begin, Value *end, Value *step,
                      ArrayRef<Value *> slots) {
  Function *function = b.GetInsertBlock()->getParent();
  SmallVector<Value *> arguments = {nullptr};
  takeFromSlots(b, kernel, 1, slots, arguments);

  BasicBlock *before = b.GetInsertBlock();
  auto *header = BasicBlock::Create(b.getContext(), "header", function);
  auto *body = BasicBlock::Create(b.getContext(), "body", function);
  auto *exit = BasicBlock::Create(b.getContext(), "exit", function);
  b.CreateBr(header);

  b.SetInsertPoint(header);
  PHINode *index = b.CreatePHI(b.getInt64Ty(), 2, "i");
  index->addIncoming(begin, before);
  b.CreateCondBr(b.CreateICmpULT(index, end), body, exit);

  b.SetInsertPoint(body);
  arguments[0] = index;
  callKernel(b, kernel, arguments);
  index->addIncoming(b.CreateAdd(index, step), body);
  b.CreateBr(header);

  b.SetInsertPoint(exit);
  b.CreateRetVoid();
}

//===- GPUs ---------------------------------------------------------------===//

namespace {

struct ThreadIds {
  Intrinsic::ID thread, group;
};

} // namespace

static void makeGpuKernel(Function &entry, const DeviceTarget &device) {
  entry.setCallingConv(device.triple.isNVPTX() ? CallingConv::PTX_Kernel : CallingConv::AMDGPU_KERNEL);
  if (device.triple.isAMDGCN())
    entry.setVisibility(GlobalValue::ProtectedVisibility);
}

/// The kernel is started in groups of that many threads.
static ThreadIds setGroupSize(Function &entry, const DeviceTarget &device) {
  if (device.triple.isNVPTX()) {
    entry.addFnAttr("nvvm.maxntid", std::to_string(threadsPerGroup));
    return {Intrinsic::nvvm_read_ptx_sreg_tid_x, Intrinsic::nvvm_read_ptx_sreg_ctaid_x};
  }
  std::string threads = std::to_string(threadsPerGroup);
  entry.addFnAttr("amdgpu-flat-work-group-size", threads + "," + threads);
  entry.addFnAttr("uniform-work-group-size", "true");
  return {Intrinsic::amdgcn_workitem_id_x, Intrinsic::amdgcn_workgroup_id_x};
}

static void buildGpuEntry(Function &entry, Function &kernel, const DeviceTarget &device) {
  makeGpuKernel(entry, device);
  ThreadIds ids = setGroupSize(entry, device);
  IRBuilder<> b(BasicBlock::Create(entry.getContext(), "entry", &entry));
  Value *thread = b.CreateZExt(b.CreateIntrinsic(b.getInt32Ty(), ids.thread, {}), b.getInt64Ty());
  Value *group = b.CreateZExt(b.CreateIntrinsic(b.getInt32Ty(), ids.group, {}), b.getInt64Ty());
  Value *begin = b.CreateAdd(b.CreateMul(group, b.getInt64(threadsPerGroup)), thread);
  SmallVector<Value *> slots;
  for (Argument &slot : drop_begin(entry.args(), 2))
    slots.push_back(&slot);
  buildLoop(b, kernel, begin, entry.getArg(0), entry.getArg(1), slots);
}

//===- the host's processor -----------------------------------------------===//

/// What OpenMP's run-time library wants to know of the place in the source: nothing.
static GlobalVariable *sourceLocation(Module &module) {
  static constexpr StringLiteral name = "__linkgrad_source_location";
  if (GlobalVariable *location = module.getGlobalVariable(name, /*AllowInternal=*/true))
    return location;
  IRBuilder<> b(module.getContext());
  Constant *text = ConstantDataArray::getString(module.getContext(), ";unknown;unknown;0;0;;");
  auto *string = new GlobalVariable(module, text->getType(), true, GlobalValue::PrivateLinkage, text);
  constexpr unsigned isCCall = 2, textLength = 22;
  auto *value =
      ConstantStruct::getAnon({b.getInt32(0), b.getInt32(isCCall), b.getInt32(0), b.getInt32(textLength), string});
  auto *location = new GlobalVariable(module, value->getType(), true, GlobalValue::InternalLinkage, value, name);
  location->setAlignment(Align(8));
  return location;
}

/// The first index of thread \p thread, when n indices are shared by \p threads.
static Value *firstIndex(IRBuilder<> &b, Value *n, Value *thread, Value *threads) {
  Value *each = b.CreateUDiv(n, threads), *rest = b.CreateURem(n, threads);
  return b.CreateAdd(b.CreateMul(each, thread), b.CreateBinaryIntrinsic(Intrinsic::umin, thread, rest));
}

/// void share(_, _, arguments)
static Function *addShare(Function &kernel, StructType *record, StringRef name) {
  Module &module = *kernel.getParent();
  Type *pointer = PointerType::getUnqual(module.getContext());
  auto *type = FunctionType::get(Type::getVoidTy(module.getContext()), {pointer, pointer, pointer}, false);
  auto *share = Function::Create(type, GlobalValue::InternalLinkage, name + ".share", module);
  IRBuilder<> b(BasicBlock::Create(module.getContext(), "entry", share));
  SmallVector<Value *> slots;
  for (auto [index, member] : enumerate(record->elements()))
    slots.push_back(b.CreateLoad(member, b.CreateStructGEP(record, share->getArg(2), index)));
  Value *threads =
      b.CreateZExt(b.CreateCall(module.getOrInsertFunction("omp_get_num_threads", b.getInt32Ty())), b.getInt64Ty());
  Value *thread =
      b.CreateZExt(b.CreateCall(module.getOrInsertFunction("omp_get_thread_num", b.getInt32Ty())), b.getInt64Ty());
  Value *begin = firstIndex(b, slots[0], thread, threads);
  Value *end = firstIndex(b, slots[0], b.CreateAdd(thread, b.getInt64(1)), threads);
  buildLoop(b, kernel, begin, end, b.getInt64(1), ArrayRef(slots).drop_front(2));
  return share;
}

static void buildHostEntry(Function &entry, Function &kernel) {
  Module &module = *kernel.getParent();
  StructType *record = StructType::get(module.getContext(), entry.getFunctionType()->params());
  Function *share = addShare(kernel, record, entry.getName());
  IRBuilder<> b(BasicBlock::Create(module.getContext(), "entry", &entry));
  Value *arguments = b.CreateAlloca(record);
  for (auto [index, argument] : enumerate(entry.args()))
    b.CreateStore(&argument, b.CreateStructGEP(record, arguments, index));
  auto *type = FunctionType::get(b.getVoidTy(), {b.getPtrTy(), b.getInt32Ty(), b.getPtrTy()}, /*isVarArg=*/true);
  b.CreateCall(module.getOrInsertFunction("__kmpc_fork_call", type),
               {sourceLocation(module), b.getInt32(1), share, arguments});
  b.CreateRetVoid();
}

static Function *createEntry(Function &kernel, ArrayRef<Type *> parameters, StringRef name) {
  auto *type = FunctionType::get(Type::getVoidTy(kernel.getContext()), parameters, /*isVarArg=*/false);
  auto *entry = Function::Create(type, GlobalValue::ExternalLinkage, name, kernel.getParent());
  entry->addFnAttr(Attribute::NoUnwind);
  return entry;
}

Function *linkgrad::addDeviceEntry(Function &kernel, const DeviceTarget &device, StringRef name) {
  Type *word = Type::getInt64Ty(kernel.getContext());
  Function *entry = createEntry(kernel, entryTypes(kernel, 1, {word, word}), name);
  if (device.isGpu())
    buildGpuEntry(*entry, kernel, device);
  else
    buildHostEntry(*entry, kernel);
  return entry;
}

Function *linkgrad::addForeignEntry(Function &kernel, const DeviceTarget &device, StringRef name) {
  Type *pointer = PointerType::getUnqual(kernel.getContext());
  Function *entry = createEntry(kernel, entryTypes(kernel, 0, {pointer}), name);
  if (device.isGpu())
    makeGpuKernel(*entry, device);
  IRBuilder<> b(BasicBlock::Create(kernel.getContext(), "entry", entry));
  SmallVector<Value *> slots, arguments;
  for (Argument &slot : drop_begin(entry->args()))
    slots.push_back(&slot);
  takeFromSlots(b, kernel, 0, slots, arguments);
  callKernel(b, kernel, arguments);
  b.CreateRetVoid();
  return entry;
}
