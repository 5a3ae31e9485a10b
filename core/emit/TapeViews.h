//===- TapeViews.h - the tape as differentiated code sees it ----*- C++ -*-===//
#pragma once
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

/// The variable that stands for the memory named \p name, made on first use.
llvm::GlobalVariable *tapeDescriptor(llvm::Module &module, llvm::StringRef name);
/// What LLVM may know of the support function \p function.
void describeTapeFunction(llvm::Function &function);
/// Marks a derivative that leaves the tape as it found it.
void markBalanced(llvm::Function &function);

/// When nothing is differentiated any more: views become addresses, descriptors go.
/// \p mirrors: how many copies of the tape there are; \p limit: its greatest size, 0 for any.
void lowerTapeViews(llvm::Module &module, uint64_t mirrors, uint64_t limit);
/// Sets in \p runtime, if there is one, what lowerTapeViews decided for \p module.
void settleTape(llvm::Module &module, llvm::Module *runtime);

} // namespace linkgrad
