//===- Reproducer.h - a link to look at again -------------------*- C++ -*-===//
#pragma once
#include "passes/Host.h"
#include "passes/Options.h"

namespace linkgrad {

/// Writes into the folder options.reproducer names what a run of the pipeline
/// depends on, and the command that repeats it.
llvm::Error writeReproducer(const llvm::Module &, const Options &, const Host &,
                            std::optional<llvm::OptimizationLevel> link);

} // namespace linkgrad
