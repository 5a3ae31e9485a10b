//===- PrinterPasses.h - the stages as passes of opt ------------*- C++ -*-===//
#pragma once
#include "passes/Host.h"

namespace linkgrad {

/// Adds the pass of ours that `opt -passes=<name>` asks for; false if it is none.
bool addNamedPass(llvm::StringRef name, llvm::ModulePassManager &, const Host &);

} // namespace linkgrad
