//===- ParseIR.h - modules written down in tests ----------------*- C++ -*-===//
#pragma once
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

/// The module \p text describes.  A mistake in it fails the test.
inline std::unique_ptr<llvm::Module> parseIR(llvm::LLVMContext &context, llvm::StringRef text) {
  llvm::SMDiagnostic error;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, error, context);
  std::string message;
  llvm::raw_string_ostream os(message);
  if (!module)
    error.print("", os);
  EXPECT_TRUE(module) << message;
  return module;
}
