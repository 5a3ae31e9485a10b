//===- DeviceModule.h - the part of a program for one device ----*- C++ -*-===//
#pragma once
#include "offload/DeviceClosure.h"
#include "offload/DeviceTarget.h"

namespace llvm {
class TargetMachine;
}

namespace linkgrad {

/// A kernel, and the name of its entry in device images.
struct KernelEntry {
  llvm::Function *kernel;
  std::string name;
  bool isForeign = false; ///< another compiler launches it
};

/// A copy of \p closure with an entry for each kernel; nothing else is left in it.
std::unique_ptr<llvm::Module> makeDeviceModule(llvm::Module &program, const Globals &closure,
                                               llvm::ArrayRef<KernelEntry>, const DeviceTarget &,
                                               llvm::TargetMachine &);

} // namespace linkgrad
