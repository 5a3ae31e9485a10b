//===- PassPluginEntry.cpp - how lld, clang and opt load us ---------------===//
//
// A shim: it says at which points of whose pipelines ours runs.
//
//   full LTO link     FullLinkTimeOptimizationEarly, reached at every level
//   ThinLTO link      no point sees the whole program: requests are refused
//   clang, no LTO     the one file is the whole program
//   opt               passes by name, see passes/PrinterPasses.cpp
//
//===----------------------------------------------------------------------===//
#include "lto_plugin/EarlyLoad.h"
#include "lto_plugin/PreemptPass.h"
#include "lto_plugin/WrapPass.h"
#include "passes/LinkChecks.h"
#include "passes/Pipeline.h"
#include "passes/PrinterPasses.h"
#include "llvm/Plugins/PassPlugin.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"

using namespace llvm;
using namespace linkgrad;

static void registerFullLink(PassBuilder &builder) {
  builder.registerFullLinkTimeOptimizationEarlyEPCallback(
      [&builder](ModulePassManager &passes, OptimizationLevel level) {
        passes.addPass(EarlyLoadPass());
        passes.addPass(WrapPass());
        passes.addPass(PreemptPass());
        passes.addPass(PipelinePass(hostOf(builder), level));
        passes.addPass(UnpreemptPass());
        // What was kept for registrations to survive; at -O0 nobody else drops it, undefined references and all.
        passes.addPass(GlobalDCEPass());
      });
  builder.registerFullLinkTimeOptimizationLastEPCallback(
      [](ModulePassManager &passes, OptimizationLevel) { passes.addPass(LeftoverCheckPass()); });
}

static void registerPerModule(PassBuilder &builder) {
  builder.registerPipelineEarlySimplificationEPCallback(
      [&builder](ModulePassManager &passes, OptimizationLevel, ThinOrFullLTOPhase phase) {
        if (phase == ThinOrFullLTOPhase::ThinLTOPostLink)
          passes.addPass(ThinLinkCheckPass());
        if (phase != ThinOrFullLTOPhase::None)
          return;
        passes.addPass(PreemptPass(/*isOneFile=*/true));
        passes.addPass(PipelinePass(hostOf(builder), std::nullopt));
        passes.addPass(UnpreemptPass());
      });
}

static void registerNames(PassBuilder &builder) {
  builder.registerPipelineParsingCallback(
      [&builder](StringRef name, ModulePassManager &passes, ArrayRef<PassBuilder::PipelineElement>) {
        return addNamedPass(name, passes, hostOf(builder));
      });
}

static void registerCallbacks(PassBuilder &builder) {
  registerFullLink(builder);
  registerPerModule(builder);
  registerNames(builder);
}

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "linkgrad", LINKGRAD_VERSION, registerCallbacks};
}
