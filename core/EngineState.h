//===- EngineState.h - one round of differentiation -------------*- C++ -*-===//
//
// A request whose function contains other requests is made after them, so the
// engine works in rounds: a round differentiates every request that contains no
// other.  All analyses of a round are shared by its requests.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "Engine.h"
#include "plan/DerivativePlan.h"
#include "request/DerivativeRequest.h"
#include "llvm/Passes/PassBuilder.h"
#include <map>
#include <memory>

namespace linkgrad {

class EngineRound {
public:
  EngineRound(llvm::Module &module, const EngineOptions &options, const Registrations &registrations);
  ~EngineRound();

  /// Analyses everything that \p requests can reach.
  void analyse(llvm::ArrayRef<DerivativeRequest> requests);
  /// The derivative for \p key, planned on first demand.
  Derivative *derivative(const DerivativeKey &key);
  /// Emits every planned derivative.  Defects are reported to \p diagnostics.
  void emit(Diagnostics &diagnostics);
  const llvm::DenseSet<const llvm::GlobalVariable *> &activeGlobals() const { return globals; }

private:
  void prepare(llvm::Function &function);
  void buildGraph(llvm::ArrayRef<llvm::Function *> component);
  void retype(llvm::ArrayRef<llvm::Function *> component);
  void tellCallees(llvm::ArrayRef<llvm::SmallVector<llvm::Function *>> components,
                   llvm::ArrayRef<DerivativeRequest> requests);
  void tellCallees(const llvm::CallBase &call, llvm::ArrayRef<llvm::Function *> caller);
  void findActiveGlobals();
  void findReadExceptions();
  void emitOne(Derivative &derivative, Diagnostics &diagnostics);
  void emitBody(Derivative &derivative, Diagnostics &diagnostics);
  void emitGradient(Derivative &derivative, Diagnostics &diagnostics);
  void emitSplit(Derivative &derivative, Diagnostics &diagnostics);
  const MemoryGraph *graphOf(const llvm::Function &function) const { return graphs.lookup(&function); }

  llvm::Module &module;
  const EngineOptions &options;
  CallEffects effects;
  llvm::PassBuilder passBuilder;
  llvm::LoopAnalysisManager loopAnalyses;
  llvm::FunctionAnalysisManager functionAnalyses;
  llvm::CGSCCAnalysisManager componentAnalyses;
  llvm::ModuleAnalysisManager moduleAnalyses;
  llvm::DenseMap<const llvm::Function *, std::unique_ptr<PreparedFunction>> prepared;
  std::vector<std::unique_ptr<MemoryGraph>> ownedGraphs;       ///< one per component
  llvm::DenseMap<const llvm::Function *, size_t> graphNumbers; ///< by the first function of the component
  /// What callers know of the arguments of a function.
  llvm::DenseMap<const llvm::Function *, llvm::SmallVector<MemoryGraph::Import>> imports;
  llvm::DenseMap<const llvm::Function *, MemoryGraph *> graphs;
  llvm::DenseSet<const llvm::GlobalVariable *> globals;
  std::map<DerivativeKey, std::unique_ptr<Derivative>> derivatives;
  std::vector<Derivative *> order;
};

} // namespace linkgrad
