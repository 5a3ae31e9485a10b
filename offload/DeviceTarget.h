//===- DeviceTarget.h - the devices images are made for ---------*- C++ -*-===//
#pragma once
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace linkgrad {

/// What a user can decide about device images.  passes/Options.cpp fills it.
struct OffloadOptions {
  std::vector<std::string> targets; ///< such as x86_64 or nvptx64:sm_90; none: launches run on the host
  std::string cuda;                 ///< folder of the CUDA toolkit; empty: where it usually is
  std::string saveFolder;           ///< receives what goes to NVIDIA's assembler; empty: it is not kept
  unsigned maxErrors = 20;          ///< how many failures are reported in one link
  uint64_t maxImage = 1 << 30;      ///< bytes an image may have; what is near 2 GiB no code can address
};

struct DeviceTarget {
  std::string name; ///< as the user wrote it
  std::string cpu;  ///< sm_90, gfx90a; empty for the host's
  llvm::Triple triple;

  bool isGpu() const { return triple.isGPU(); }
};

/// GPUs first: libomptarget numbers devices in the order of the images, and device 0 is the default.
llvm::Expected<std::vector<DeviceTarget>> parseTargets(llvm::ArrayRef<std::string> names, const llvm::Triple &host);

llvm::Expected<std::unique_ptr<llvm::TargetMachine>> targetMachineFor(const DeviceTarget &);

} // namespace linkgrad
