//===- Speculation.h - operations executed without need ---------*- C++ -*-===//
//
// From
//
//   if (y != 0) r = x / y;                for (i...) if (y != 0) s += x / y * i;
//
// the optimiser makes a division that is executed always, and a select or a use
// deep in a loop that ignores its result when y is zero.  To the primal that is
// harmless.  In the reverse sweep the adjoint of the ignored result is zero, but
// zero times the slope is not a number: the slope is infinite.  So the operands of
// an operation whose result may be ignored receive a true zero then.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Instruction.h"

namespace linkgrad {

/// Whether \p inst may be executed although nobody uses its result: every use is an
/// arm of a select, takes some of its lanes, lies in a loop that \p inst is not in, or is by an operation of
/// which the same is true.
bool mayBeIgnored(const llvm::Instruction &inst, const llvm::LoopInfo &loops);

} // namespace linkgrad
