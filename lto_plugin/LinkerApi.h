//===- LinkerApi.h - what the linker lets us call ---------------*- C++ -*-===//
#pragma once
// The header asks its includer to have seen these.
#include <cstdint>
#define HAVE_STDINT_H 1
#include "llvm/ADT/Twine.h"
#include <plugin-api.h>
#include <string>

namespace linkgrad {

/// The linker's side of the plugin interface.  A host that is no linker (ar, nm)
/// leaves most of it null.
struct LinkerApi {
  ld_plugin_message message = nullptr;
  ld_plugin_register_claim_file registerClaimFile = nullptr;
  ld_plugin_register_all_symbols_read registerAllSymbolsRead = nullptr;
  ld_plugin_register_cleanup registerCleanup = nullptr;
  ld_plugin_add_symbols addSymbols = nullptr;
  ld_plugin_get_symbols getSymbols = nullptr; ///< the newest version there is
  ld_plugin_add_input_file addInputFile = nullptr;
  ld_plugin_add_input_library addInputLibrary = nullptr;
  ld_plugin_output_file_type output = LDPO_EXEC;
  std::string outputName;
  std::string program; ///< the linker's own name

  bool isLinker() const { return message && registerAllSymbolsRead && getSymbols && addInputFile; }

  /// Whether symbols of ours can be what other programs refer to at run time.
  bool makesExecutable() const { return output == LDPO_EXEC || output == LDPO_PIE; }

  /// Says something about an input or the program; LDPL_FATAL does not return.
  void say(ld_plugin_level level, const llvm::Twine &text) const {
    if (message)
      message(level, "%s", text.str().c_str());
  }
};

} // namespace linkgrad
