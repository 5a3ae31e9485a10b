//===- Launches.h - parallel loops the program asks for ---------*- C++ -*-===//
#pragma once
#include "core/support/Diagnostics.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

/// A kernel and the function that runs it for every index.
struct Launch {
  llvm::Function *function; ///< i32 (i64 n, the kernel's parameters without the index); null: another compiler's
  llvm::Function *kernel;   ///< void (i64 index, ...)
  const llvm::CallBase *foreignCall = nullptr; ///< of __tgt_target_kernel, where there is no launch function
};

/// Makes each call of __offload_launch a call of the launch function of its kernel.  Why a call cannot be one is
/// reported; then the module must not be used any more.  See Launches.cpp.
/// Returns how many were refused.
/// \p onDevices: derivatives of launches shall be launches.
unsigned lowerLaunches(llvm::ArrayRef<llvm::CallBase *> calls, bool onDevices, unsigned maxErrors);

/// The launch function of a kernel.
llvm::Function *launchFunctionOf(llvm::Function &kernel);

/// The launch functions that are still there.
llvm::SmallVector<Launch> launchesOf(const llvm::Module &);

/// Where a launch function is called; null if nowhere.
const llvm::CallBase *firstCallOf(const Launch &);

/// What a launch function returns when it has run on the host becomes a constant, and the notes go.
void finishLaunches(llvm::Module &);

} // namespace linkgrad
