//===- DeviceEntry.h - what libomptarget calls ------------------*- C++ -*-===//
#pragma once
#include "offload/DeviceTarget.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

/// The threads of a group on a GPU.
constexpr unsigned threadsPerGroup = 256;

/// Adds void \p name(n, step, the kernel's slots), which runs the kernel on its share of the indices below n.
llvm::Function *addDeviceEntry(llvm::Function &kernel, const DeviceTarget &, llvm::StringRef name);

/// Adds void \p name(nothing, the kernel's slots), which runs the kernel once in every thread that is started, and on
/// the host's processor once.
llvm::Function *addForeignEntry(llvm::Function &kernel, const DeviceTarget &, llvm::StringRef name);

} // namespace linkgrad
