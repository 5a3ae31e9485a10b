//===- Split.h - host and device images -------------------------*- C++ -*-===//
#pragma once
#include "offload/DeviceTarget.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

/// Makes the device images of the module's launch functions and has these use them.  Without targets, launches run on
/// the host.  False after what stands in the way was reported.
bool splitImages(llvm::Module &, const OffloadOptions &);

} // namespace linkgrad
