//===- Report.h - what was done and how long it took ------------*- C++ -*-===//
#pragma once
#include "core/Engine.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace linkgrad {

/// What a run of the pipeline tells about itself.
struct Report {
  struct Stage {
    llvm::StringRef name;
    double seconds;
  };
  llvm::SmallVector<Stage> stages;
  EngineResult result;

  void print(llvm::raw_ostream &) const;
};

} // namespace linkgrad
