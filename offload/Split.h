//===- Split.h - host and device images -------------------------*- C++ -*-===//
#pragma once
#include "offload/DeviceTarget.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

/// Whether the program launches kernels, or code of another compiler in it does.
bool hasKernels(llvm::Module &);

/// Makes the device images of the module's launch functions and has these use them.  Without targets, launches run on
/// the host.  False after what stands in the way was reported.
bool splitImages(llvm::Module &, const OffloadOptions &);

} // namespace linkgrad
