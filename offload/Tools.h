//===- Tools.h - programs that finish images --------------------*- C++ -*-===//
#pragma once
#include "offload/DeviceTarget.h"
#include "llvm/Support/MemoryBuffer.h"

namespace linkgrad {

using Image = llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>;

/// Links one object into a shared object of this machine's kind, by the running linker if this is one.
Image linkForHost(llvm::StringRef object);
/// The same for amdgcn, by ld.lld.
Image linkForAmd(llvm::StringRef object);
/// Path of NVIDIA's assembler, or empty.
std::string findPtxas(const OffloadOptions &);
/// Assembles PTX.
Image assemblePtx(llvm::StringRef ptxas, llvm::StringRef ptx, const DeviceTarget &);

} // namespace linkgrad
