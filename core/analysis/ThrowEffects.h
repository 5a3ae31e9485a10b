//===- ThrowEffects.h - what is written before an exception -----*- C++ -*-===//
//
// An exception that is caught inside a differentiated function cuts a callee short.
// The reverse sweep does not come through that callee, so what it had written to
// memory that is still there is not differentiated.  This finds the callees that
// can do such a thing: a number is written to memory of the caller or to a global, and
// something that throws can follow.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "MemoryGraph.h"
#include <functional>

namespace linkgrad {

class ThrowEffects {
public:
  using GraphOf = std::function<const MemoryGraph *(const llvm::Function &)>;
  ThrowEffects(const CallEffects &effects, GraphOf graphOf) : effects(effects), graphOf(std::move(graphOf)) {}

  /// \p function can leave by an exception after it has written numbers that outlive it.
  /// \p seenFrom: the graph of a caller, which knows the prepared body.
  bool writesBeforeThrow(const llvm::Function &function, const MemoryGraph &seenFrom) {
    return summary(function, seenFrom).writesThenThrows;
  }

private:
  struct Summary {
    bool writes = false, throws = false, writesThenThrows = false;
  };
  Summary summary(const llvm::Function &function, const MemoryGraph &seenFrom);
  Summary summarise(const llvm::Function &body, const MemoryGraph &graph);
  Summary effectOf(const llvm::Instruction &inst, const MemoryGraph &graph);
  Summary effectOfCall(const llvm::CallBase &call, const MemoryGraph &graph);

  const CallEffects &effects;
  GraphOf graphOf;
  llvm::DenseMap<const llvm::Function *, Summary> known;
};

} // namespace linkgrad
