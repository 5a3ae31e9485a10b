//===- HostStubs.h - launch functions try a device first --------*- C++ -*-===//
#pragma once
#include "offload/Launches.h"

namespace linkgrad {

/// Has a launch function run its kernel on a device, as the entry that \p region stands for, before its own loop.
void tryDeviceFirst(const Launch &, llvm::GlobalVariable &region);

/// What references of the run-time library are left become weak: without it a program runs on the host.
void makeRuntimeOptional(llvm::Module &);

} // namespace linkgrad
