//===- RustRequests.h - std::autodiff's calls, as the convention has them -===//
#pragma once
#include "llvm/IR/Module.h"

namespace linkgrad {

/// Whether rustc makes requests for std::autodiff by this declaration.
bool isRustRequest(const llvm::Function &);

/// Rewrites the requests that rustc makes for std::autodiff so that operands and results stand in the order, and have
/// the types, of the convention.  Reports what cannot be told apart.
void adaptRustRequests(llvm::Module &);

} // namespace linkgrad
