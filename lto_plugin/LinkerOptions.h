//===- LinkerOptions.h - what -plugin-opt= says -----------------*- C++ -*-===//
#pragma once
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace linkgrad {

/// The options of ld.lld that concern the optimising part of a link, for linkers
/// that leave this part to a plugin.
struct LinkerOptions {
  unsigned level = 2;        ///< O0 ... O3
  std::string cpu;           ///< mcpu=NAME
  unsigned partitions = 1;   ///< lto-partitions=N, jobs=N: objects generated in parallel
  bool saveTemps = false;    ///< save-temps: the program as bitcode after each step
  std::string remarksFile;   ///< opt-remarks-filename=FILE
  std::string remarksPasses; ///< opt-remarks-passes=REGEX
  /// embedded, no-embedded: use the bitcode in rustc's native objects; by default, from the first request on.
  std::optional<bool> embedded;
  std::vector<std::string> forLLVM; ///< everything with a dash, such as -linkgrad=report
};

/// Reads one option.
llvm::Error readLinkerOption(llvm::StringRef, LinkerOptions &);

/// Hands LLVM its options.
llvm::Error applyLLVMOptions(const LinkerOptions &);

} // namespace linkgrad
