//===- OptimisePass.cpp - the nested pipelines ------------------------===//
//
// Before differentiation the program is simplified as far as O3 can: inlined,
// memory promoted to registers, redundancy gone, loops rotated and in simplify
// form.  Each operation saved here is saved two or three times in the derivative.
// Vectorising and unrolling wait, because they replicate code and hide trip
// counts; after differentiation they apply to primal and derivative alike.
//
// Programs for linkgrad are compiled without optimisation (see linkgrad-config), so
// a program that makes no request, built with the same flags, must still get from
// us what its compiler left out: lld's own pipeline builds on that.
//
// All pipelines are built by a fresh PassBuilder.  The host's own would call our
// extension points again, and again.
//
//===----------------------------------------------------------------------===//
#include "passes/OptimisePass.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/Utils/PromoteMemToReg.h"

using namespace llvm;
using namespace linkgrad;

void linkgrad::optimiseForDifferentiation(Module &module, ModuleAnalysisManager &analyses, const Host &host) {
  PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = false;
  tuning.LoopUnrolling = tuning.LoopInterleaving = false;
  PassBuilder builder(host.target, tuning, std::nullopt, host.instrumentation);
  ModulePassManager passes;
  // Whole libraries come in, Rust's for one, of which a program uses little.
  passes.addPass(GlobalDCEPass());
  passes.addPass(builder.buildModuleSimplificationPipeline(OptimizationLevel::O3, ThinOrFullLTOPhase::None));
  // Analyses of the whole module should not see what nobody uses.
  passes.addPass(GlobalDCEPass());
  passes.run(module, analyses);
}

void linkgrad::optimiseForExecution(Module &module, ModuleAnalysisManager &analyses, const Host &host) {
  PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = true;
  PassBuilder builder(host.target, tuning, std::nullopt, host.instrumentation);
  builder.buildPerModuleDefaultPipeline(OptimizationLevel::O3, ThinOrFullLTOPhase::None).run(module, analyses);
  // At -O0 the code generator would spill every value that O3 has put into a
  // register.  Functions that stayed optnone are still generated as at -O0.
  if (host.target && host.target->getOptLevel() < CodeGenOptLevel::Default)
    host.target->setOptLevel(CodeGenOptLevel::Default);
}

/// Every optimising compiler promotes the variables that can be, inlines what must
/// be and splits coroutines.
static bool wasNeverOptimised(const Function &function) {
  if (function.isDeclaration() || function.hasOptNone())
    return false;
  if (function.isPresplitCoroutine() || (function.hasFnAttribute(Attribute::AlwaysInline) && !function.use_empty()))
    return true;
  return any_of(function.getEntryBlock(), [](const Instruction &instruction) {
    auto *variable = dyn_cast<AllocaInst>(&instruction);
    return variable && isAllocaPromotable(variable);
  });
}

bool linkgrad::wasNeverOptimised(const Module &module) {
  return any_of(module, [](const Function &function) { return ::wasNeverOptimised(function); });
}

void linkgrad::optimiseAsCompiler(Module &module, ModuleAnalysisManager &analyses, const Host &host,
                                  OptimizationLevel level) {
  PassBuilder builder(host.target, PipelineTuningOptions(), std::nullopt, host.instrumentation);
  builder.buildPerModuleDefaultPipeline(level, ThinOrFullLTOPhase::FullLTOPreLink).run(module, analyses);
}
