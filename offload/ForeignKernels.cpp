//===- ForeignKernels.cpp - kernels of other compilers --------------------===//
//
// rustc with -Zoffload=Test makes the host's half of a program that launches kernels,
//
//   entry of f = {kind OpenMP, region of f, "f", size 0}       in section llvm_offload_entries
//   __tgt_target_kernel(..., region of f, {version 3, slots})
//   a descriptor of the program's images, of which there are none, which it registers
//
// and nothing that could run.  The function f itself is in the program if something else
// refers to it.  So its image is made here, as for our own launches; only the entry is
// called otherwise: version 3 puts a pointer that nobody needs before the slots, and there
// is neither an index nor a number of indices.
//
// Entries of clang's OpenMP look the same and have their images; their names are reserved
// for them, and they come without an empty descriptor.
//
//===----------------------------------------------------------------------===//
#include "offload/ForeignKernels.h"
#include "llvm/IR/Constants.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;
using namespace linkgrad;

static constexpr StringLiteral entrySection = "llvm_offload_entries";

/// Calls of \p function with a descriptor of no images.
static SmallVector<CallInst *> callsWithoutImages(const Module &module, StringRef function) {
  SmallVector<CallInst *> calls;
  const Function *callee = module.getFunction(function);
  if (!callee)
    return calls;
  for (const User *user : callee->users()) {
    auto *call = dyn_cast<CallInst>(user);
    if (!call || call->getCalledFunction() != callee || call->arg_size() != 1)
      continue;
    auto *descriptor = dyn_cast<GlobalVariable>(call->getArgOperand(0)->stripPointerCasts());
    if (descriptor && descriptor->hasInitializer() && descriptor->getInitializer()->isNullValue())
      calls.push_back(const_cast<CallInst *>(call));
  }
  return calls;
}

static const CallBase *launchOf(const GlobalVariable &region) {
  for (const User *user : region.users())
    if (auto *call = dyn_cast<CallBase>(user);
        call && call->getCalledFunction() && call->getCalledFunction()->getName() == "__tgt_target_kernel")
      return call;
  return nullptr;
}

/// Reads {i64, i16 version, i16 kind, i32 flags, ptr region, ptr name, i64 size, i64, ptr}.
static std::optional<ForeignKernel> readEntry(GlobalVariable &entry) {
  auto *record = entry.hasInitializer() ? dyn_cast<ConstantStruct>(entry.getInitializer()) : nullptr;
  if (!record || record->getNumOperands() != 9)
    return std::nullopt;
  auto *kind = dyn_cast<ConstantInt>(record->getOperand(2)), *size = dyn_cast<ConstantInt>(record->getOperand(6));
  auto *region = dyn_cast<GlobalVariable>(record->getOperand(4)->stripPointerCasts());
  auto *name = dyn_cast<GlobalVariable>(record->getOperand(5)->stripPointerCasts());
  auto *text = name && name->hasInitializer() ? dyn_cast<ConstantDataArray>(name->getInitializer()) : nullptr;
  constexpr uint64_t openMp = 1;
  if (!kind || kind->getZExtValue() != openMp || !size || !size->isZero() || !region || !text || !text->isCString())
    return std::nullopt;
  StringRef symbol = text->getAsCString();
  if (symbol.starts_with("__omp_offloading_"))
    return std::nullopt;
  Function *kernel = entry.getParent()->getFunction(symbol);
  return ForeignKernel{&entry, region, symbol.str(), kernel && !kernel->isDeclaration() ? kernel : nullptr,
                       launchOf(*region)};
}

SmallVector<ForeignKernel> linkgrad::foreignKernels(Module &module) {
  SmallVector<ForeignKernel> kernels;
  if (callsWithoutImages(module, "__tgt_register_lib").empty())
    return kernels;
  for (GlobalVariable &global : module.globals())
    if (global.getSection() == entrySection)
      if (std::optional<ForeignKernel> kernel = readEntry(global))
        kernels.push_back(std::move(*kernel));
  return kernels;
}

/// The devices are made ready when there is something for them.
static void dropRegistration(CallInst &call) {
  for (Instruction &inst : make_early_inc_range(*call.getParent()))
    if (auto *other = dyn_cast<CallInst>(&inst);
        other && other->getCalledFunction() && other->getCalledFunction()->getName() == "__tgt_init_all_rtls")
      other->eraseFromParent();
  call.eraseFromParent();
}

void linkgrad::dropForeignEntries(Module &module, ArrayRef<ForeignKernel> kernels) {
  SmallPtrSet<Constant *, 8> entries;
  for (const ForeignKernel &kernel : kernels)
    entries.insert(kernel.entry);
  removeFromUsedLists(module, [&](Constant *used) { return entries.contains(used->stripPointerCasts()); });
  for (const ForeignKernel &kernel : kernels)
    kernel.entry->eraseFromParent();
  for (CallInst *call : callsWithoutImages(module, "__tgt_register_lib"))
    dropRegistration(*call);
  for (CallInst *call : callsWithoutImages(module, "__tgt_unregister_lib"))
    call->eraseFromParent();
}
