//===- DeviceModule.cpp - the part of a program for one device ------------===//
//
// The program's module is copied as far as the closure reaches, then made to fit the
// device: what belongs to the host's link is dropped, endings are cut, kernels get
// their entries, and everything else becomes internal, so that the optimiser can do
// with it what it likes.
//
//===----------------------------------------------------------------------===//
#include "offload/DeviceModule.h"
#include "offload/AddressSpaces.h"
#include "offload/DeviceEntry.h"
#include "llvm/IR/AttributeMask.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/IPO/StripDeadPrototypes.h"
#include "llvm/Transforms/IPO/StripSymbols.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;
using namespace linkgrad;

static void dropWhatIsTheHosts(Module &device) {
  device.setModuleInlineAsm("");
  for (const char *name : {"llvm.global_ctors", "llvm.global_dtors", "llvm.used", "llvm.compiler.used"})
    if (GlobalVariable *list = device.getNamedGlobal(name))
      list->eraseFromParent();
  for (const char *name : {"llvm.linker.options", "llvm.dependent-libraries", "llvm.offloading.symbols",
                           "linkgrad.launches", "llvm.commandline", "llvm.ident"})
    if (NamedMDNode *node = device.getNamedMetadata(name))
      device.eraseNamedMetadata(node);
}

/// A definition that only this module sees.
static void makeInternal(GlobalValue &global) {
  global.setLinkage(GlobalValue::InternalLinkage);
  global.setVisibility(GlobalValue::DefaultVisibility);
  global.setDSOLocal(true);
  if (auto *object = dyn_cast<GlobalObject>(&global)) {
    object->setComdat(nullptr);
    object->setSection("");
  }
}

static void makeAllInternal(Module &device) {
  for (GlobalValue &global : device.global_values())
    if (!global.isDeclaration() && !global.getName().starts_with("llvm."))
      makeInternal(global);
}

static void removeTheUnused(Module &device) {
  ModuleAnalysisManager analyses;
  PassBuilder builder;
  builder.registerModuleAnalyses(analyses);
  FunctionAnalysisManager functions;
  builder.registerFunctionAnalyses(functions);
  LoopAnalysisManager loops;
  builder.registerLoopAnalyses(loops);
  CGSCCAnalysisManager components;
  builder.registerCGSCCAnalyses(components);
  builder.crossRegisterProxies(loops, functions, components, analyses);
  ModulePassManager passes;
  passes.addPass(GlobalDCEPass());
  passes.addPass(StripDeadPrototypesPass());
  passes.addPass(StripDeadDebugInfoPass());
  passes.run(device, analyses);
}

//===- GPUs ---------------------------------------------------------------===//

static bool isForTheGpu(StringRef attribute) {
  return attribute.starts_with("amdgpu-") || attribute.starts_with("nvvm.") || attribute == "uniform-work-group-size" ||
         attribute.starts_with("denormal-fp-math");
}

/// What a processor's code generator was told.
static AttributeMask hostAttributes(const AttributeSet &attributes) {
  AttributeMask mask;
  for (Attribute attribute : attributes)
    if (attribute.isStringAttribute() && !isForTheGpu(attribute.getKindAsString()))
      mask.addAttribute(attribute.getKindAsString());
  for (Attribute::AttrKind kind : {Attribute::UWTable, Attribute::StackProtect, Attribute::StackProtectStrong,
                                   Attribute::StackProtectReq, Attribute::NonLazyBind})
    mask.addAttribute(kind);
  return mask;
}

static bool isHostConvention(CallingConv::ID convention) {
  return convention == CallingConv::Fast || convention == CallingConv::Cold ||
         convention == CallingConv::PreserveMost || convention == CallingConv::PreserveAll;
}

static void forgetHost(Function &function) {
  function.removeFnAttrs(hostAttributes(function.getAttributes().getFnAttrs()));
  if (isHostConvention(function.getCallingConv()))
    function.setCallingConv(CallingConv::C);
  for (Instruction &inst : instructions(function)) {
    auto *call = dyn_cast<CallBase>(&inst);
    if (!call)
      continue;
    call->removeFnAttrs(hostAttributes(call->getAttributes().getFnAttrs()));
    if (isHostConvention(call->getCallingConv()))
      call->setCallingConv(CallingConv::C);
  }
}

static void resetFlags(Module &device, const DeviceTarget &target) {
  if (NamedMDNode *flags = device.getModuleFlagsMetadata())
    device.eraseNamedMetadata(flags);
  if (device.getNamedMetadata("llvm.dbg.cu"))
    device.addModuleFlag(Module::Warning, "Debug Info Version", DEBUG_METADATA_VERSION);
  if (target.triple.isAMDGCN())
    device.addModuleFlag(Module::Error, "amdhsa_code_object_version", 600);
  else
    device.addModuleFlag(Module::Override, "nvvm-reflect-ftz", uint32_t(0));
}

/// Passes a copy, where the caller of a function on the host's processor has the code generator make one.
static void copyArgument(CallBase &call, unsigned index) {
  Type *type = call.getParamByValType(index);
  const DataLayout &layout = call.getModule()->getDataLayout();
  IRBuilder<> b(&*call.getFunction()->getEntryBlock().getFirstInsertionPt());
  AllocaInst *copy = b.CreateAlloca(type);
  MaybeAlign from = call.getParamAlign(index);
  if (from)
    copy->setAlignment(std::max(*from, copy->getAlign()));
  b.SetInsertPoint(&call);
  b.CreateMemCpy(copy, copy->getAlign(), call.getArgOperand(index), from,
                 layout.getTypeAllocSize(type).getFixedValue());
  call.setArgOperand(index, copy);
  call.removeParamAttr(index, Attribute::ByVal);
}

/// The inliner would put copies where variables of a processor are.
static void copyArguments(Function &function) {
  for (Argument &parameter : function.args())
    parameter.removeAttr(Attribute::ByVal);
  for (Instruction &inst : make_early_inc_range(instructions(function)))
    if (auto *call = dyn_cast<CallBase>(&inst))
      for (unsigned i = 0; i < call->arg_size(); ++i)
        if (call->isByValArgument(i))
          copyArgument(*call, i);
}

static void retarget(Module &device, const DeviceTarget &target) {
  resetFlags(device, target);
  for (Function &function : device) {
    forgetHost(function);
    copyArguments(function);
    if (!function.isDeclaration())
      function.addFnAttr("target-cpu", target.cpu);
  }
}

std::unique_ptr<Module> linkgrad::makeDeviceModule(Module &program, const Globals &closure,
                                                   ArrayRef<KernelEntry> entries, const DeviceTarget &target,
                                                   TargetMachine &machine) {
  ValueToValueMapTy copies;
  std::unique_ptr<Module> device = CloneModule(
      program, copies, [&](const GlobalValue *global) { return closure.contains(const_cast<GlobalValue *>(global)); });
  dropWhatIsTheHosts(*device);
  for (Function &function : *device)
    cutEndings(function);
  makeAllInternal(*device);
  for (const KernelEntry &entry : entries) {
    auto *kernel = cast<Function>(copies[entry.kernel]);
    (entry.isForeign ? addForeignEntry : addDeviceEntry)(*kernel, target, entry.name);
    if (!kernel->hasFnAttribute(Attribute::OptimizeNone)) {
      kernel->removeFnAttr(Attribute::NoInline);
      kernel->addFnAttr(Attribute::AlwaysInline);
    }
  }
  removeTheUnused(*device);
  if (target.isGpu())
    retarget(*device, target);
  device->setTargetTriple(target.triple);
  device->setDataLayout(machine.createDataLayout());
  if (target.triple.isAMDGCN())
    placeVariables(*device);
  return device;
}
