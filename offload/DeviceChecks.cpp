//===- DeviceChecks.cpp - what a device cannot do -------------------------===//
//
// Some of it would end the linker: code generators stop the process where they meet what
// they cannot do.  The rest would be worse, a program that runs and computes something
// else: a variable of which every device has a copy of its own, a struct whose members
// lie elsewhere.  So everything a kernel reaches is looked at before any code is
// generated, kernel by kernel along the calls, and refused with the chain that led to it.
//
// The host's own processor can do nearly everything.  Its image is a shared library in
// the same process, which finds what the C library and libm define, and nothing of
// the program's native code.
//
//===----------------------------------------------------------------------===//
#include "offload/DeviceChecks.h"
#include "offload/DeviceClosure.h"
#include "offload/DeviceMath.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Operator.h"
#include <dlfcn.h>

using namespace llvm;
using namespace linkgrad;

namespace {

class KernelCheck {
public:
  KernelCheck(const DataLayout &host, const DataLayout &layout, const DeviceTarget &target,
              const SmallPtrSetImpl<const Function *> &launchFunctions, SmallPtrSetImpl<const Value *> &seen,
              Diagnostics &diagnostics)
      : host(host), layout(layout), target(target), launchFunctions(launchFunctions), seen(seen),
        diagnostics(diagnostics) {}

  void run(const Function &kernel);

private:
  void checkFunction(const Function &function);
  void check(const Instruction &inst);
  void checkCall(const CallBase &call);
  void checkOperand(const Value &operand, const Instruction &at);
  void checkConstant(const Constant &constant, const Instruction &at);
  void checkVariable(const GlobalVariable &variable, const Instruction &at);
  void checkType(Type *type, const Instruction &at);
  void report(DiagnosticId id, const Instruction &at, std::string subject);
  std::string chainTo(const Function &function) const;

  const DataLayout &host, &layout;
  const DeviceTarget &target;
  const SmallPtrSetImpl<const Function *> &launchFunctions;
  SmallPtrSetImpl<const Value *> &seen; ///< for all kernels: each thing is reported once
  Diagnostics &diagnostics;
  SmallVector<const Function *> work;
  DenseMap<const Function *, const Function *> callers;
  SmallPtrSet<Type *, 16> seenTypes;
};

} // namespace

/// kern -> helper -> deeper
std::string KernelCheck::chainTo(const Function &function) const {
  SmallVector<std::string> chain;
  for (const Function *link = &function; link; link = callers.lookup(link))
    chain.push_back(userName(*link));
  return join(reverse(chain), " -> ");
}

void KernelCheck::report(DiagnosticId id, const Instruction &at, std::string subject) {
  diagnostics.report(id, at, {std::move(subject), target.name, chainTo(*at.getFunction())});
}

bool linkgrad::isInCLibrary(StringRef name) {
  static void *const libraries[] = {dlopen("libm.so.6", RTLD_LAZY), dlopen("libc.so.6", RTLD_LAZY)};
  return any_of(libraries, [&](void *library) { return library && dlsym(library, name.str().c_str()); });
}

/// Types that no GPU has, and types that lie differently in memory there.
void KernelCheck::checkType(Type *type, const Instruction &at) {
  if (!type->isSized() || type->isScalableTy() || !seenTypes.insert(type).second)
    return;
  if (type->isX86_FP80Ty() || type->isFP128Ty() || type->isPPC_FP128Ty())
    return report(DiagnosticId::DeviceLongDouble, at, "long double");
  for (Type *member : type->subtypes())
    checkType(member, at);
  // The device's own kinds of pointers are in no memory that both see.
  if (type->isPointerTy() && type->getPointerAddressSpace())
    return;
  if (host.getTypeAllocSize(type) != layout.getTypeAllocSize(type) ||
      host.getABITypeAlign(type) != layout.getABITypeAlign(type))
    report(DiagnosticId::DeviceLayout, at, describe(*type));
}

void KernelCheck::checkVariable(const GlobalVariable &variable, const Instruction &at) {
  if (!seen.insert(&variable).second || variable.getName().starts_with("llvm."))
    return;
  std::string name = variable.getName().str();
  if (variable.isThreadLocal())
    return report(DiagnosticId::DeviceThreadLocal, at, name);
  if (!variable.hasInitializer()) {
    if (target.isGpu() || !isInCLibrary(name))
      report(DiagnosticId::DeviceUndefined, at, name);
    return;
  }
  if (!variable.isConstant())
    return report(DiagnosticId::DeviceVariable, at, name);
  if (target.isGpu())
    checkType(variable.getValueType(), at);
  checkConstant(*variable.getInitializer(), at);
}

void KernelCheck::checkConstant(const Constant &constant, const Instruction &at) {
  if (auto *variable = dyn_cast<GlobalVariable>(&constant))
    return checkVariable(*variable, at);
  if (auto *function = dyn_cast<Function>(&constant)) {
    if (launchFunctions.contains(function))
      return report(DiagnosticId::DeviceConstruct, at, "a launch inside a kernel");
    if (function->isDeclaration()) {
      bool exists = function->isIntrinsic() || function->hasFnAttribute(mathNote) ||
                    (!target.isGpu() && isInCLibrary(function->getName()));
      if (!exists && seen.insert(function).second)
        report(DiagnosticId::DeviceUndefined, at, userName(*function));
    } else if (seen.insert(function).second) {
      callers[function] = at.getFunction();
      work.push_back(function);
    }
    return;
  }
  for (const Value *operand : constant.operands())
    if (auto *part = dyn_cast<Constant>(operand))
      checkConstant(*part, at);
}

/// Whether an address comes from constants of the device's own module.
static bool isKnownFunction(const Value *callee) {
  SmallVector<const Value *> objects;
  getUnderlyingObjects(callee, objects);
  return all_of(objects, [](const Value *object) {
    if (auto *load = dyn_cast<LoadInst>(object)) {
      auto *table = dyn_cast<GlobalVariable>(getUnderlyingObject(load->getPointerOperand()));
      return table && table->isConstant() && table->hasInitializer();
    }
    return isa<Constant>(object);
  });
}

void KernelCheck::checkCall(const CallBase &call) {
  if (call.getMetadata(caughtNote))
    report(DiagnosticId::DeviceCatch, call, "");
  if (!target.isGpu())
    return;
  if (auto *assembly = dyn_cast<InlineAsm>(call.getCalledOperand())) {
    if (!assembly->getAsmString().empty())
      report(DiagnosticId::DeviceAssembly, call, "");
    return;
  }
  const Function *callee = call.getCalledFunction();
  if (!callee && !isKnownFunction(call.getCalledOperand()))
    return report(DiagnosticId::DeviceIndirect, call, "");
  std::string its = ("llvm." + Triple::getArchTypePrefix(target.triple.getArch()) + ".").str();
  if (callee && callee->isTargetIntrinsic() && !callee->getName().starts_with(its))
    report(DiagnosticId::DeviceIntrinsic, call, callee->getName().str());
}

void KernelCheck::check(const Instruction &inst) {
  if (auto *call = dyn_cast<CallBase>(&inst))
    checkCall(*call);
  for (const Value *operand : inst.operands())
    if (auto *constant = dyn_cast<Constant>(operand))
      checkConstant(*constant, inst);
  if (!target.isGpu())
    return;
  checkType(inst.getType(), inst);
  for (const Value *operand : inst.operands())
    checkType(operand->getType(), inst);
  if (auto *variable = dyn_cast<AllocaInst>(&inst))
    checkType(variable->getAllocatedType(), inst);
  if (auto *address = dyn_cast<GetElementPtrInst>(&inst))
    checkType(address->getSourceElementType(), inst);
  if (isa<IndirectBrInst>(inst))
    report(DiagnosticId::DeviceConstruct, inst, "a computed goto");
}

void KernelCheck::checkFunction(const Function &function) {
  for (const Instruction &inst : instructions(function))
    check(inst);
}

void KernelCheck::run(const Function &kernel) {
  if (!seen.insert(&kernel).second)
    return;
  work.push_back(&kernel);
  while (!work.empty())
    checkFunction(*work.pop_back_val());
}

unsigned linkgrad::checkForDevice(const Module &device, ArrayRef<Launch> launches, const DataLayout &host,
                                  const DeviceTarget &target, unsigned maxErrors, unsigned &reported) {
  SmallPtrSet<const Value *, 16> seen;
  SmallPtrSet<const Function *, 16> launchFunctions;
  for (const Launch &launch : launches)
    if (launch.function)
      if (const Function *function = device.getFunction(launch.function->getName()))
        launchFunctions.insert(function);
  unsigned refused = 0;
  for (const Launch &launch : launches) {
    Diagnostics diagnostics;
    KernelCheck(host, device.getDataLayout(), target, launchFunctions, seen, diagnostics)
        .run(*device.getFunction(launch.kernel->getName()));
    if (diagnostics.empty())
      continue;
    ++refused;
    const CallBase *call = firstCallOf(launch);
    Location where = call ? Location(*call) : Location(launch.function ? *launch.function : *launch.kernel);
    reported += diagnostics.emit(where, "'" + userName(*launch.kernel) + "' is launched here", maxErrors - reported);
  }
  return refused;
}
