//===- ImagePackager.h - images become part of the program ------*- C++ -*-===//
#pragma once
#include "offload/DeviceTarget.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"

namespace linkgrad {

enum class ImageForm { Object, Cubin, Ptx };

struct DeviceImage {
  const DeviceTarget *device;
  ImageForm form;
  std::unique_ptr<llvm::MemoryBuffer> bytes;
};

/// A kernel, by its name in the images and by the global that stands for it in the program.
struct HostEntry {
  std::string name;
  llvm::GlobalVariable *region = nullptr; ///< null: it is made
};

/// Adds the images to the program and registers them and the entries with libomptarget.
llvm::Error packImages(llvm::Module &, std::vector<DeviceImage>, llvm::MutableArrayRef<HostEntry>);

} // namespace linkgrad
