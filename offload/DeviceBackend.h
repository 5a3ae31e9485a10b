//===- DeviceBackend.h - from a device's module to its image ----*- C++ -*-===//
#pragma once
#include "offload/ImagePackager.h"

namespace llvm {
class TargetMachine;
}

namespace linkgrad {

/// Optimises the module for its device, compiles and links it.
llvm::Expected<DeviceImage> compileForDevice(llvm::Module &, const DeviceTarget &, llvm::TargetMachine &,
                                             const OffloadOptions &);

} // namespace linkgrad
