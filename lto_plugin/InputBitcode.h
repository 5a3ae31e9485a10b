//===- InputBitcode.h - the bitcode inside an input file --------*- C++ -*-===//
#pragma once
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

namespace linkgrad {

/// Where the bitcode of a file lies.
enum class BitcodeForm {
  None,     ///< nowhere: it is native code
  File,     ///< the file is bitcode
  Fat,      ///< in section .llvm.lto, next to the native code (clang -ffat-lto-objects)
  Embedded, ///< in section .llvmbc, next to the native code (rustc)
  GccSlim,  ///< nowhere, and there is no native code either (gcc -flto)
};

struct InputBitcode {
  BitcodeForm form = BitcodeForm::None;
  llvm::StringRef bytes; ///< of the file
};

InputBitcode findBitcode(llvm::MemoryBufferRef file);

/// A copy of the bitcode, as the full-LTO form of what it was.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> fullLtoBitcode(llvm::StringRef bytes, llvm::StringRef name);

/// The version of LLVM that wrote bitcode, such as "LLVM21.1.0"; empty if it does not say.
std::string producerOf(llvm::StringRef bitcode);

} // namespace linkgrad
