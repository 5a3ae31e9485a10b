//===- DeviceChecks.h - what a device cannot do -----------------*- C++ -*-===//
#pragma once
#include "offload/DeviceTarget.h"
#include "offload/Launches.h"

namespace linkgrad {

/// Reports what kernels in \p device (a module made for \p target) use that the device does not have, with the chain
/// of calls that leads there.  Returns the number of launches refused; \p reported counts the messages given.
unsigned checkForDevice(const llvm::Module &device, llvm::ArrayRef<Launch>, const llvm::DataLayout &host,
                        const DeviceTarget &target, unsigned maxErrors, unsigned &reported);

/// Whether the host's image finds a function or variable when it is loaded.
bool isInCLibrary(llvm::StringRef name);

} // namespace linkgrad
