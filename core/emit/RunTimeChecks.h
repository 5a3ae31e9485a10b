//===- RunTimeChecks.h - messages of checks at run time ---------*- C++ -*-===//
#pragma once
#include "../plan/DerivativePlan.h"

namespace linkgrad {

/// \p text with the place of \p inst and the function's name before it.
std::string runTimeMessage(const DerivativePlan &plan, const llvm::Instruction &inst, llvm::StringRef text);
/// Of a store or a cast that ActivityAnalysis::countedRoots knows.
std::string countedMessage(const DerivativePlan &plan, const llvm::Instruction &inst);

} // namespace linkgrad
