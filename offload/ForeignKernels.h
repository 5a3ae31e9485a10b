//===- ForeignKernels.h - kernels of other compilers ------------*- C++ -*-===//
#pragma once
#include "offload/Launches.h"

namespace linkgrad {

/// A kernel that code of another compiler launches on a device without having an image of it.
struct ForeignKernel {
  llvm::GlobalVariable *entry;  ///< what libomptarget was to be told
  llvm::GlobalVariable *region; ///< what stands for the kernel in launches
  std::string name;
  llvm::Function *kernel;             ///< null: it is not in this link
  const llvm::CallBase *launchedHere; ///< a launch, or null
};

llvm::SmallVector<ForeignKernel> foreignKernels(llvm::Module &);

/// Drops what the other compiler had libomptarget be told of its kernels.
void dropForeignEntries(llvm::Module &, llvm::ArrayRef<ForeignKernel>);

} // namespace linkgrad
