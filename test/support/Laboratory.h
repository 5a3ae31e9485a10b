//===- Laboratory.h - a differentiated module one can run -------*- C++ -*-===//
#pragma once
#include "test/support/Forms.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include <memory>

/// Collects the errors reported through \p context as text.
void collectErrors(llvm::LLVMContext &context, std::string &errors);

/// Runs the stages of the pipeline that produce a derivative; empty or what went wrong.
std::string differentiateModule(llvm::Module &module, bool optimised, const std::string &errors);

/// Everything a form reads and writes.  Adjoints and tangents lane after lane.
struct State {
  Numbers x, dx, y, dy;
};

class Laboratory {
public:
  /// Compiles the module.
  Laboratory(std::unique_ptr<llvm::Module> module, std::unique_ptr<llvm::LLVMContext> context);
  /// Why it could not.
  const std::string &complaint() const { return problem; }
  State run(const Example &example, const Form &form, State state, long rounds = 1);

private:
  std::unique_ptr<llvm::orc::LLJIT> jit;
  std::string problem;
};
