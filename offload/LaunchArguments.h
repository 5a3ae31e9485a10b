//===- LaunchArguments.h - from `...` to a kernel's parameters --*- C++ -*-===//
#pragma once
#include "core/support/Diagnostics.h"
#include "llvm/IR/IRBuilder.h"

namespace linkgrad {

/// Appends, for each parameter of \p kernel but the first, its value in the call of __offload_launch.
/// False after a value was reported that is missing or does not fit.
bool readLaunchArguments(llvm::CallBase &call, const llvm::Function &kernel, llvm::SmallVectorImpl<llvm::Value *> &,
                         Diagnostics &);

/// Those attributes of a parameter that decide how it is passed.
llvm::AttrBuilder passingAttributes(const llvm::Argument &);

/// Calls \p kernel as it expects to be.
llvm::CallInst *callKernel(llvm::IRBuilder<> &, llvm::Function &kernel, llvm::ArrayRef<llvm::Value *> arguments);

} // namespace linkgrad
