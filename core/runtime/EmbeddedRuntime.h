//===- EmbeddedRuntime.h - the support code as bitcode ----------*- C++ -*-===//
#pragma once
#include "llvm/ADT/StringRef.h"

namespace linkgrad {

/// The bitcode of all of core/runtime/*.c, linked into one module and not yet
/// optimised.  The build generates the definition.
llvm::StringRef embeddedRuntime();

} // namespace linkgrad
