//===- Laws.h - what must hold of every derivative --------------*- C++ -*-===//
//
//   * the primal's results are the same in every form
//   * the written value and gradient, in reverse and along each unit direction
//   * J ẋ agrees with central differences along a random direction
//   * ⟨ȳ, J ẋ⟩ = ⟨Jᵀ ȳ, ẋ⟩ for random ẋ and ȳ, as a callee, in a loop, split
//   * every form and lane gives the same numbers
//
//===----------------------------------------------------------------------===//
#pragma once
#include "test/support/Laboratory.h"

/// Empty, or all that is wrong with \p text, an IR file with examples.  A refusal
/// leaves the module it was about in \p printed, like a success.
std::string checkExamples(llvm::StringRef text, std::string *printed = nullptr);

/// Runs \p work in a process of its own: crashes and time-outs become text.
std::string inChild(unsigned seconds, llvm::function_ref<std::string()> work);
