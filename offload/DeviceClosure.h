//===- DeviceClosure.h - what a kernel can reach ----------------*- C++ -*-===//
#pragma once
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

using Globals = llvm::SetVector<llvm::GlobalValue *>;
using Blocks = llvm::SmallPtrSet<llvm::BasicBlock *, 16>;

/// The blocks from which every way ends the program or leaves by an exception.
Blocks blocksThatEnd(llvm::Function &);

/// The kernels and every function and variable that they can come to need on a device.
Globals deviceClosure(llvm::ArrayRef<llvm::Function *> kernels);

/// On calls of what throws an exception that the function caught, before its endings were cut.
constexpr llvm::StringLiteral caughtNote = "linkgrad.caught";

/// Makes blocks that end stop the device, and calls of what may throw plain calls.
void cutEndings(llvm::Function &);

} // namespace linkgrad
