//===- CaughtCalls.h - exceptions of callees as results ---------*- C++ -*-===//
#pragma once
#include "CallEffects.h"

namespace linkgrad {

/// In everything that \p roots can run: a call whose exception is caught, and after
/// whose handler the function goes on, becomes a call of a copy that returns that
/// it threw.  \p willChange is called before a function is changed.
void returnCaughtExceptions(llvm::ArrayRef<llvm::Function *> roots, const CallEffects &effects,
                            llvm::function_ref<void(llvm::Function &)> willChange);

} // namespace linkgrad
