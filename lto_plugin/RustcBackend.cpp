//===- RustcBackend.cpp - the backend nightly rustc loads for std::autodiff -===//
//
//   rustc -Zautodiff=Enable --sysroot=OVERLAY      (linkgrad-rustup lays the overlay)
//
// makes rustc load OVERLAY/lib/rustlib/HOST/lib/libEnzyme-22.so: this file and the
// engine.  It looks up 24 symbols by name, all of which must exist, and calls
//
//   EnzymeSetCLBool, EnzymeSetCLString       options, with the address of one of the data symbols
//   registerEnzymeAndPassPipeline(builder)   and then parses the pipeline "enzyme"
//
// The pass of that name stands at the end of rustc's fat LTO, which sees the whole program, std
// included, with vectorisation off.  Nothing optimises after it but our own stage 6.
//
// What must be seen before rustc optimises is seen with -Zllvm-plugins=libEnzyme-22.so: the pass
// plugin at the end, which runs first in each crate.
//
// rustc brings its own libLLVM.  A second one in the process would be a disaster, so this library
// is linked without: its symbols are found in the one that is there (same major version, so the
// same interface).  The functions about type trees are in RustcTypeTrees.cpp.
//
//===----------------------------------------------------------------------===//
#include "lto_plugin/RustcDiagnostics.h"
#include "passes/Options.h"
#include "passes/Pipeline.h"
#include "passes/RustSeeds.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Plugins/PassPlugin.h"

using namespace llvm;
using namespace linkgrad;

// NOLINTBEGIN(readability-identifier-naming): the names are rustc's
#define RUSTC_SYMBOL extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT

// The options of -Zautodiff.  rustc hands their addresses back to us; what lies there is ours.
// They keep their foreign names, because they are symbols.
RUSTC_SYMBOL bool EnzymePrintPerf = false;                  // PrintPerf
RUSTC_SYMBOL bool EnzymePrintActivity = false;              // PrintAA
RUSTC_SYMBOL bool EnzymePrintType = false;                  // PrintTA, PrintTAFn
RUSTC_SYMBOL bool EnzymePrint = false;                      // PrintSteps
RUSTC_SYMBOL bool EnzymeStrictAliasing = false;             // always off: types come from accesses
RUSTC_SYMBOL bool EnzymeInline = false;                     // Inline: stage 6 inlines in any case
RUSTC_SYMBOL bool RustTypeRules = false;                    // always on
RUSTC_SYMBOL bool looseTypeAnalysis = false;                // LooseTypes: we never guess
RUSTC_SYMBOL uint32_t EnzymeMaxTypeDepth = 6;               // read by rustc
RUSTC_SYMBOL const char *EnzymeFunctionToAnalyze = nullptr; // PrintTAFn

RUSTC_SYMBOL void EnzymeSetCLBool(void *option, uint8_t value) { *static_cast<bool *>(option) = value; }

/// The text is rustc's and may not outlive the call.
RUSTC_SYMBOL void EnzymeSetCLString(void *option, const char *value) {
  static std::string copy;
  copy = value;
  *static_cast<const char **>(option) = copy.c_str();
}

// NOLINTEND(readability-identifier-naming)

/// rustc's print options in our words.
static std::string optionsOfRustc() {
  SmallVector<std::string> words;
  if (EnzymePrintPerf)
    words.push_back("report");
  if (EnzymePrintActivity)
    words.push_back("print-plans");
  if (EnzymePrint)
    words.push_back("print-derivatives");
  if (EnzymePrintType)
    words.push_back(std::string("print-memory-graph=") + (EnzymeFunctionToAnalyze ? EnzymeFunctionToAnalyze : "*"));
  return join(words, ",");
}

namespace {

class RustcPass : public PassInfoMixin<RustcPass> {
public:
  explicit RustcPass(Host host) : host(host) {}
  PreservedAnalyses run(Module &module, ModuleAnalysisManager &analyses) {
    giveOptions(optionsOfRustc());
    RustcDiagnostics diagnostics(module);
    return PipelinePass(host, OptimizationLevel::O3).run(module, analyses);
  }
  static bool isRequired() { return true; }

private:
  Host host;
};

} // namespace

// NOLINTNEXTLINE(readability-identifier-naming)
RUSTC_SYMBOL PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "linkgrad", LINKGRAD_VERSION, [](PassBuilder &builder) {
            builder.registerPipelineStartEPCallback(
                [](ModulePassManager &passes, OptimizationLevel) { passes.addPass(RustSeedsPass()); });
          }};
}

// NOLINTNEXTLINE(readability-identifier-naming)
RUSTC_SYMBOL void registerEnzymeAndPassPipeline(PassBuilder &builder, bool) {
  builder.registerPipelineParsingCallback(
      [&builder](StringRef name, ModulePassManager &passes, ArrayRef<PassBuilder::PipelineElement>) {
        if (name == "enzyme")
          passes.addPass(RustcPass(hostOf(builder)));
        return name == "enzyme";
      });
}
