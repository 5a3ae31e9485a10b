//===- BetweenRounds.cpp - derivatives become ordinary code ---------------===//
//
// What one round emits the next one differentiates.  Two things make that possible
// and cheap: the support code that derivatives call, except the tape itself, gets its
// bodies and is differentiated like the rest; and derivatives are simplified as
// the program was before the first round, since each operation saved is saved again in their
// derivatives.
//
//===----------------------------------------------------------------------===//

#include "BetweenRounds.h"
#include "rules/KnownCalls.h"
#include "runtime/EmbeddedRuntime.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"

using namespace llvm;
using namespace linkgrad;

DenseSet<const Function *> linkgrad::definedFunctions(const Module &module) {
  DenseSet<const Function *> defined;
  for (const Function &function : module)
    if (!function.isDeclaration())
      defined.insert(&function);
  return defined;
}

/// Support functions that have a rule are left for the end of the link.
static Error bringSupportCode(Module &module) {
  Expected<std::unique_ptr<Module>> runtime =
      parseBitcodeFile(MemoryBufferRef(embeddedRuntime(), "linkgrad runtime"), module.getContext());
  if (!runtime)
    return runtime.takeError();
  bool any = false;
  for (Function &function : **runtime) {
    const Function *here = module.getFunction(function.getName());
    if (!here || !here->isDeclaration() || function.isDeclaration())
      continue;
    if (findKnownCall(*here))
      function.deleteBody();
    else
      any = true;
  }
  if (!any)
    return Error::success();
  (*runtime)->setTargetTriple(module.getTargetTriple());
  (*runtime)->setDataLayout(module.getDataLayout());
  auto internalise = [](Module &linked, const StringSet<> &names) {
    for (const auto &name : names)
      if (GlobalValue *value = linked.getNamedValue(name.getKey()); value && !value->isDeclaration())
        value->setLinkage(GlobalValue::InternalLinkage);
  };
  if (Linker::linkModules(module, std::move(*runtime), Linker::LinkOnlyNeeded, internalise))
    return createStringError("the support code does not fit the module");
  return Error::success();
}

static void simplify(ArrayRef<Function *> functions) {
  PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = false;
  tuning.LoopUnrolling = tuning.LoopInterleaving = false;
  PassBuilder builder(nullptr, tuning);
  LoopAnalysisManager loops;
  FunctionAnalysisManager analyses;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(analyses);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, analyses, components, modules);
  FunctionPassManager passes =
      builder.buildFunctionSimplificationPipeline(OptimizationLevel::O2, ThinOrFullLTOPhase::None);
  for (Function *function : functions)
    passes.run(*function, analyses);
}

Error linkgrad::prepareNextRound(Module &module, const DenseSet<const Function *> &before,
                                 ArrayRef<Function *> touched) {
  if (Error error = bringSupportCode(module))
    return error;
  SmallSetVector<Function *, 16> fresh(touched.begin(), touched.end());
  for (Function &function : module)
    if (!function.isDeclaration() && !before.contains(&function))
      fresh.insert(&function);
  simplify(fresh.getArrayRef());
  return Error::success();
}
