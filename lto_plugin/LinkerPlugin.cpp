//===- LinkerPlugin.cpp - how ld.bfd, ld.gold and mold load us ------------===//
//
// These linkers know no bitcode.  They offer each input file to a plugin, which may
// claim it, and ask the plugin for objects in its place:
//
//   onload(vector)       we learn what the linker can do and register three hooks
//   claim file           once per input file and archive member: ours if it holds
//                        bitcode; we tell its symbols
//   all symbols read     symbols are resolved: the program is compiled
//   cleanup              the objects have been read: temporary files go
//
// Things the interface does not say:
//
// * ar, nm and ranlib load plugins too, to list the symbols of bitcode.  They offer
//   claim-file and add-symbols and no more.
// * gcc passes its own plugin before ours; both are offered every file.  mold uses
//   the last plugin only, and hands it the options of the first.
// * mold starts itself once more to do LTO, so all this happens twice.
// * A plugin that is named twice is loaded twice; the second time brings only options.
// * After an error ld.gold goes on and complains of everything that is missing
//   because of it.  Hence the last word on a failure is LDPL_FATAL, which ends the
//   linker and removes its output.
// * The same goes for errors inside LLVM, which would abort the process.
//
//===----------------------------------------------------------------------===//
#include "lto_plugin/HostProcess.h"
#include "lto_plugin/LtoSession.h"
#include "llvm/CodeGen/CommandFlags.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/TargetSelect.h"
#include <dlfcn.h>

using namespace llvm;
using namespace linkgrad;

// The hooks are handed no context, so here is a global.  A process links once.
static LinkerApi *linker;
static LtoSession *session;

static ld_plugin_status fail(Error error) {
  linker->say(LDPL_FATAL, toString(std::move(error)));
  return LDPS_ERR;
}

static ld_plugin_status claimFile(const ld_plugin_input_file *file, int *claimed) {
  Expected<bool> result = session->claim(*file);
  *claimed = result && *result;
  return result ? LDPS_OK : fail(result.takeError());
}

static void failInsideLLVM(void *, const char *reason, bool) {
  session->removeTemporaryFiles();
  linker->say(LDPL_FATAL, reason);
}

static ld_plugin_status allSymbolsRead() {
  // Should we crash, nobody takes an unfinished program for a finished one.
  sys::RemoveFileOnSignal(linker->outputName);
  sys::PrintStackTraceOnErrorSignal("linkgrad");
  install_fatal_error_handler(failInsideLLVM);
  Error error = session->compile();
  remove_fatal_error_handler();
  sys::DontRemoveFileOnSignal(linker->outputName);
  if (!error)
    return LDPS_OK;
  session->removeTemporaryFiles();
  return fail(std::move(error));
}

static ld_plugin_status cleanUp() {
  session->removeTemporaryFiles();
  return LDPS_OK;
}

/// Stores one entry of the vector.  What we have no use for is left out.
static Error readEntry(const ld_plugin_tv &entry, LinkerApi &api, LinkerOptions &options) {
  const auto &value = entry.tv_u;
  switch (entry.tv_tag) {
  case LDPT_MESSAGE:
    api.message = value.tv_message;
    break;
  case LDPT_OPTION:
    return readLinkerOption(value.tv_string, options);
  case LDPT_LINKER_OUTPUT:
    api.output = static_cast<ld_plugin_output_file_type>(value.tv_val);
    break;
  case LDPT_OUTPUT_NAME:
    api.outputName = value.tv_string;
    break;
  case LDPT_REGISTER_CLAIM_FILE_HOOK:
    api.registerClaimFile = value.tv_register_claim_file;
    break;
  case LDPT_REGISTER_ALL_SYMBOLS_READ_HOOK:
    api.registerAllSymbolsRead = value.tv_register_all_symbols_read;
    break;
  case LDPT_REGISTER_CLEANUP_HOOK:
    api.registerCleanup = value.tv_register_cleanup;
    break;
  case LDPT_ADD_SYMBOLS:
    api.addSymbols = value.tv_add_symbols;
    break;
  // The versions come in ascending order.
  case LDPT_GET_SYMBOLS_V2:
  case LDPT_GET_SYMBOLS_V3:
    api.getSymbols = value.tv_get_symbols;
    break;
  case LDPT_ADD_INPUT_FILE:
    api.addInputFile = value.tv_add_input_file;
    break;
  case LDPT_ADD_INPUT_LIBRARY:
    api.addInputLibrary = value.tv_add_input_library;
    break;
  default: // their enumeration grows
    break;
  }
  return Error::success();
}

static void initialiseLLVM() {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmParsers();
  InitializeAllAsmPrinters();
  // Options of code generation; in lld the linker has them.
  static codegen::RegisterCodeGenFlags flags;
}

static std::string ownPath() {
  static const char ours = 0;
  Dl_info info;
  return dladdr(&ours, &info) ? info.dli_fname : std::string();
}

static void registerLinkHooks(const LinkerApi &api) {
  // ar and nm only want to know symbols.
  if (!api.isLinker())
    return;
  initialiseLLVM();
  api.registerAllSymbolsRead(allSymbolsRead);
  if (api.registerCleanup)
    api.registerCleanup(cleanUp);
}

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT ld_plugin_status onload(ld_plugin_tv *vector) {
  static LinkerApi api;
  static LinkerOptions options;
  Error errors = Error::success();
  for (; vector->tv_tag != LDPT_NULL; ++vector)
    errors = joinErrors(std::move(errors), readEntry(*vector, api, options));
  linker = &api;
  if (errors)
    return fail(std::move(errors));
  // Without these it is too old for any plugin, and will say that it cannot read bitcode.
  if (!api.registerClaimFile || !api.addSymbols || (session && api.isLinker()))
    return LDPS_OK;
  if (!session) {
    api.program = nameOfHost();
    registerLinkHooks(api);
    static LtoSession ofThisProcess(api, options, ownPath());
    session = &ofThisProcess;
  }
  api.registerClaimFile(claimFile);
  return LDPS_OK;
}
