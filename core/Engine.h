//===- Engine.h - LLVM IR in, differentiated LLVM IR out --------*- C++ -*-===//
//
// The three calls the passes make, in this order.  Between the first and the
// second the module may be optimised in any way; between the second and the
// third it must not be.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/IR/PassManager.h"
#include <cstdint>
#include <string>

namespace linkgrad {

/// What a user can decide about differentiation.  passes/Options.cpp fills it.
struct EngineOptions {
  unsigned maxErrors = 20;       ///< how many failures are reported in one link
  bool verify = true;            ///< check the AD invariants of every function emitted
  bool printPlans = false;       ///< print each DerivativePlan to stderr
  bool printTypes = false;       ///< print what debug information says of each function to stderr
  bool printDerivatives = false; ///< print each derivative function to stderr
  uint64_t maxTape = 0;          ///< bytes a tape may take, 0 for no limit
  std::string printMemoryGraph;  ///< name of a function whose memory graph is printed
};

struct EngineResult {
  unsigned requests = 0; ///< derivative requests found in the module
  unsigned failed = 0;   ///< of these, refused with a diagnostic
};

/// Makes the module safe to optimise before it is differentiated: markers that
/// the program defines itself cannot be folded to their value, functions with a
/// custom derivative cannot be inlined.
/// Returns whether the module asks for any derivative at all.
bool protectRequests(llvm::Module &module);

/// Keeps library code that is inactive by name from being inlined, which would lose the name; has code inlined that
/// moves bytes without knowing what they are.
void protectLibraryCode(llvm::Module &module);

/// Has functions of mathematical libraries written in Rust differentiated by the rules of C's functions of that name.
void nameMathLibraries(llvm::Module &module);

/// Has unoptimised code of C++ library classes say which members it accesses.  To be called before it is inlined.
void declareLibraryMembers(llvm::Module &module);

/// Has unoptimised code say which of its accesses are of integers.  To be called first.
void declareIntegers(llvm::Module &module);

/// Has accesses of numbers say so, for when they become accesses of their bits.
void declareReals(llvm::Module &module);

/// Replaces every request by calls of generated derivatives.  Failures are
/// reported through the module's LLVMContext as located errors, all at once;
/// a request that fails leaves the functions it names as they were.
EngineResult differentiate(llvm::Module &module, const EngineOptions &options);

/// Removes what only differentiation needed: markers, registrations, entry
/// point declarations, the linkage changes of protectRequests.
void removeRequestLeftovers(llvm::Module &module);

/// Links the parts of the embedded support code (core/runtime) that the module
/// now calls, with internal linkage.
llvm::Error linkRuntime(llvm::Module &module);

} // namespace linkgrad
