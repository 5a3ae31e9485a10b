//===- Pipeline.cpp - the seven stages ------------------------------------===//
//
// What happens to a program between the linker reading its bitcode and the code
// generator:
//
//   1 Prepare        requests, markers and registrations are made safe to
//                    optimise; no pass may speculate; nothing is left alone
//   2 Optimise       O3 without vectorisation and unrolling; launches of kernels
//                    become calls of loops
//   3 Differentiate  every request becomes calls of generated derivatives
//   4 Strip          nothing of ours is left
//   5 Split          those loops get device images, if the user named devices
//   6 Reoptimise     full O3, at every link level
//   7 Report
//
// A program that asks for nothing is left exactly as it was, unless its compiler
// left optimising to us.  That also makes it
// harmless to run the pipeline twice, which happens when a linker is given the
// plugin twice: the first run leaves no request.  Should it have refused one, it
// leaves a note that keeps the second from saying the same again; the link fails
// and the note is never seen.
//
//===----------------------------------------------------------------------===//
#include "passes/Pipeline.h"
#include "offload/DerivedLaunches.h"
#include "offload/ForeignKernels.h"
#include "offload/Launches.h"
#include "offload/Split.h"
#include "passes/DifferentiatePass.h"
#include "passes/EntryPoints.h"
#include "passes/GuardPass.h"
#include "passes/OptimisePass.h"
#include "passes/Options.h"
#include "passes/RepairPass.h"
#include "passes/Report.h"
#include "passes/Reproducer.h"
#include "passes/RequestWrappers.h"
#include "passes/RustRequests.h"
#include "passes/StageRunner.h"
#include "passes/StripPass.h"

using namespace llvm;
using namespace linkgrad;

static constexpr StringLiteral refusedNote = "linkgrad.refused";

bool linkgrad::wasRefused(const Module &module) { return module.getNamedMetadata(refusedNote); }

/// Leaves the note.  The reason has been reported as an error.
static PreservedAnalyses refuse(Module &module) {
  module.getOrInsertNamedMetadata(refusedNote);
  return PreservedAnalyses::none();
}

/// Does what the flags of linkgrad-config kept the compiler from doing.
static PreservedAnalyses finishCompilation(Module &module, ModuleAnalysisManager &analyses, const Host &host,
                                           std::optional<OptimizationLevel> link) {
  if (!link || !wasNeverOptimised(module))
    return PreservedAnalyses::all();
  optimiseAsCompiler(module, analyses, host, *link);
  return PreservedAnalyses::none();
}

/// Returns how many requests were refused.
static unsigned prepare(Module &module) {
  declareIntegers(module);
  declareReals(module);
  unsigned refused = adaptRustRequests(module);
  // First, because protecting a request may put `noinline` where it is needed.
  repairDifferentiatedFunctions(module, inlineRequestWrappers(module));
  protectRequests(module);
  protectLibraryCode(module);
  nameMathLibraries(module);
  declareLibraryMembers(module);
  addGuards(module);
  return refused;
}

static void strip(Module &module) {
  stripLeftovers(module);
  assert(findLeftover(module).empty() && "the engine left something of ours behind");
}

static SmallVector<CallBase *> launchCalls(Module &module) {
  SmallVector<CallBase *> calls = entryCalls(module);
  erase_if(calls, [](const CallBase *call) {
    auto *callee = dyn_cast<Function>(call->getCalledOperand()->stripPointerCasts());
    return entryOf(*callee) != Entry::Launch;
  });
  return calls;
}

/// Options, or null after an error was reported.
static std::optional<Options> optionsFor(Module &module) {
  Expected<Options> options = readOptions();
  if (options)
    return *options;
  module.getContext().emitError(toString(options.takeError()));
  return std::nullopt;
}

/// False after an error was reported.
static bool reproducerIsWritten(Module &module, const Options &options, const Host &host,
                                std::optional<OptimizationLevel> link) {
  if (options.reproducer.empty())
    return true;
  Error error = writeReproducer(module, options, host, link);
  if (!error)
    return true;
  module.getContext().emitError(toString(std::move(error)));
  return false;
}

PreservedAnalyses PipelinePass::run(Module &module, ModuleAnalysisManager &analyses) {
  if (wasRefused(module))
    return PreservedAnalyses::all();
  // A program without requests is none of our business, unless it lacks images for devices that were named.
  bool isForeign = !hasRequests(module) && !foreignKernels(module).empty();
  if (!hasRequests(module) && !isForeign)
    return finishCompilation(module, analyses, host, link);
  std::optional<Options> options = optionsFor(module);
  if (options && isForeign && options->offload.targets.empty())
    return finishCompilation(module, analyses, host, link);
  if (!options || !reproducerIsWritten(module, *options, host, link))
    return refuse(module);

  Report report;
  StageRunner stage(module, analyses, *options, report);

  // 1. Requests, markers and registrations must come through stage 2 unharmed.
  unsigned refused = 0;
  stage("prepare", [&] { refused = prepare(module); });
  if (refused)
    return refuse(module);

  // 2. Every operation saved now is saved again in the derivative.
  stage("optimise", [&] { optimiseForDifferentiation(module, analyses, host); });

  SmallVector<CallBase *> launches = launchCalls(module);
  if (!launches.empty())
    stage("launches",
          [&] { refused = lowerLaunches(launches, !options->offload.targets.empty(), options->engine.maxErrors); });
  if (refused)
    return refuse(module);

  // 3. Every failure has been reported as an error when this returns, so the link fails.
  stage("differentiate", [&] {
    report.result = differentiateModule(module, options->engine, [&] {
      lowerDerivedLaunches(module, options->offload, options->report ? &errs() : nullptr);
    });
  });
  if (report.result.failed)
    return refuse(module);

  // 4. From here on it is an ordinary program.
  stage("strip", [&] { strip(module); });

  // 5. Before anything is vectorised for the host.
  bool isSplit = true;
  if (hasKernels(module))
    stage("split", [&] { isSplit = splitImages(module, options->offload); });
  if (!isSplit)
    return refuse(module);

  // 6. Derivatives and primal alike get what stage 2 withheld.
  stage("reoptimise", [&] { optimiseForExecution(module, analyses, host); });

  // 7. On request, because a linker that succeeds is silent.
  if (options->report)
    report.print(errs());
  return PreservedAnalyses::none();
}

PreservedAnalyses PrepareOptimisePass::run(Module &module, ModuleAnalysisManager &analyses) {
  if (!hasRequests(module))
    return PreservedAnalyses::all();
  prepare(module);
  analyses.invalidate(module, PreservedAnalyses::none());
  optimiseForDifferentiation(module, analyses, host);
  return PreservedAnalyses::none();
}

PreservedAnalyses DifferentiatePass::run(Module &module, ModuleAnalysisManager &) {
  std::optional<Options> options = optionsFor(module);
  if (!options || !protectRequests(module))
    return PreservedAnalyses::all();
  if (!differentiateModule(module, options->engine).failed)
    strip(module);
  return PreservedAnalyses::none();
}
