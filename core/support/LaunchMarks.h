//===- LaunchMarks.h - what the engine and offload/ tell each other -------===//
//
// The engine knows no devices, and offload/ no derivatives.  A launch is a function that calls
// its kernel for every index, in any order (see offload/Launches.cpp).  Its derivatives are
// launches again, of the derivatives of the kernel:
//
//   @kernel.launch            marked `launchMark`; its first parameter says how many indices there are
//   @kernel.launch.augmented  { checks; call __linkgrad_defer(.., null, ..); call @kernel.augmented(n, ...); ret -1 }
//   @kernel.launch.pullback   { %adjoints = call @kernel.pullback(n, ...); ret parts of %adjoints }
//   @kernel.launch.jvp        { checks; call @kernel.jvp(n, ...); ret -1 }
//
// The call of a derivative of the kernel stands for all indices below n; in the pullback its
// value is the sum of what the calls return.  The deferred release is there if the
// kernel uses the tape, for the memory of a tape on a device.  Named metadata lists them:
// {kernel, jvp} or {kernel, augmented, pullback}.  offload/DerivedLaunches.cpp makes loops or
// launches of them.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/StringRef.h"

namespace linkgrad {

/// On a function: it calls its kernel for every index, and may be differentiated as one that runs at once.
constexpr llvm::StringLiteral launchMark = "linkgrad-launch";
/// The list of derivatives of launches.
constexpr llvm::StringLiteral derivedLaunches = "linkgrad.derived.launches";
/// On a derivative that must not run for many indices at once; its value says why.
constexpr llvm::StringLiteral oneByOneMark = "linkgrad-one-by-one";

} // namespace linkgrad
