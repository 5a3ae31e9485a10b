//===- EarlyLoad.cpp - be there before lld drops registrations ------------===//
//
// Before it runs any pass, lld drops what no root of the program reaches.  Nothing
// reaches a registration such as
//
//   void *__enzyme_register_gradient_f[] = {f, augmented, reverse};
//
// and a program that loses one computes a wrong gradient without a word.  An
// option of LLVM turns the dropping off (GlobalDCE does the same job after we have
// looked), so it only has to be set in time:
//
//   -mllvm -load=liblinkgrad.so       loads us while options are parsed, and a
//                                     static constructor sets it
//   --load-pass-plugin=liblinkgrad.so alone loads us after the dropping
//
// In the second case we do something drastic: the linker has written nothing yet,
// so we replace the process by the same linker with the same arguments and the
// -load added.  That happens once, since then the first case holds, and only for
// programs that make a request.
//
//===----------------------------------------------------------------------===//
#include "lto_plugin/EarlyLoad.h"
#include "lto_plugin/HostProcess.h"
#include "passes/EntryPoints.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
// We only read the option -load, the linker has defined it.
#define DONT_GET_PLUGIN_LOADER_OPTION
#include "llvm/Support/PluginLoader.h"
#include <dlfcn.h>
#include <unistd.h>

using namespace llvm;
using namespace linkgrad;

namespace {

struct KeepRegistrations {
  KeepRegistrations() {
    if (cl::Option *computeDead = cl::getRegisteredOptions().lookup("compute-dead"))
      static_cast<cl::opt<bool> *>(computeDead)->setValue(false);
  }
};

} // namespace

static const KeepRegistrations keepRegistrations;

static std::string pathOfPlugin() {
  Dl_info info;
  return dladdr(&keepRegistrations, &info) ? info.dli_fname : std::string();
}

/// Whether an option -load named us.
static bool wasLoadedEarly(StringRef plugin) {
  for (unsigned i = 0; i < PluginLoader::getNumPlugins(); ++i)
    if (sys::fs::equivalent(PluginLoader::getPlugin(i), plugin))
      return true;
  return false;
}

/// Returns only if it fails.
static void restartLinker(StringRef plugin) {
  SmallVector<std::string> arguments = argumentsOfHost();
  if (arguments.empty())
    return;
  arguments.append({"-mllvm", ("-load=" + plugin).str()});
  SmallVector<char *> pointers;
  for (std::string &argument : arguments)
    pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  outs().flush();
  errs().flush();
  execv("/proc/self/exe", pointers.data());
}

PreservedAnalyses EarlyLoadPass::run(Module &module, ModuleAnalysisManager &) {
  std::string plugin = pathOfPlugin();
  if (!hasRequests(module) || !isLld() || wasLoadedEarly(plugin))
    return PreservedAnalyses::all();
  restartLinker(plugin);
  module.getContext().emitError("linkgrad: registrations may have been dropped; link with -Wl,-mllvm,-load=" + plugin +
                                " [late-load]");
  return PreservedAnalyses::all();
}
