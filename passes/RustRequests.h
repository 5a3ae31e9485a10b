//===- RustRequests.h - std::autodiff's calls, as the convention has them -===//
#pragma once
#include "llvm/IR/Module.h"

namespace linkgrad {

/// Rewrites the requests that rustc makes for std::autodiff so that operands and results stand in the order, and have
/// the types, of the convention.  Reports what cannot be told apart; returns how many requests were refused.
unsigned adaptRustRequests(llvm::Module &);

} // namespace linkgrad
