//===- ComputedGoto.h - jumps through tables of labels ----------*- C++ -*-===//
#pragma once

namespace llvm {
class Function;
}

namespace linkgrad {

/// Replaces the addresses of labels by numbers and computed gotos by switches.
void replaceComputedGotos(llvm::Function &function);

} // namespace linkgrad
