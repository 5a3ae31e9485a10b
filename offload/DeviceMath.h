//===- DeviceMath.h - mathematics on GPUs -----------------------*- C++ -*-===//
#pragma once
#include "offload/DeviceTarget.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

/// On declarations of functions that the device's library defines.
constexpr llvm::StringLiteral mathNote = "linkgrad-device-math";

/// Has the module call functions of a GPU's library where it calls the C library's or intrinsics that the code
/// generator cannot select.  Returns the path of that library, or nothing if there are no such calls.
llvm::Expected<std::string> renameDeviceMath(llvm::Module &device, const DeviceTarget &, const OffloadOptions &);

/// Brings those functions.
llvm::Error linkDeviceMath(llvm::Module &device, const DeviceTarget &, llvm::StringRef path);

/// Whether a GPU's library defines what \p function is called in the C library.
bool hasDeviceMath(const llvm::Function &function);

} // namespace linkgrad
