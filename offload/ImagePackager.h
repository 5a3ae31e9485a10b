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

/// Adds the images to the program and registers them, and the entries by \p names, with libomptarget.
/// Returns for each name the global that stands for it.
llvm::Expected<llvm::SmallVector<llvm::GlobalVariable *>> packImages(llvm::Module &, std::vector<DeviceImage>,
                                                                     llvm::ArrayRef<std::string> names);

} // namespace linkgrad
