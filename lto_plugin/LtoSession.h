//===- LtoSession.h - the optimising part of a link -------------*- C++ -*-===//
#pragma once
#include "lto_plugin/LinkerApi.h"
#include "lto_plugin/LinkerOptions.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/LTO/LTO.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/StringSaver.h"
#include <deque>
#include <mutex>

namespace linkgrad {

/// An input file that is ours to compile.
struct ClaimedFile {
  void *handle;
  std::unique_ptr<llvm::MemoryBuffer> bitcode;
  std::vector<ld_plugin_symbol> symbols; ///< in the order of lto::InputFile::symbols()
};

/// One link: collects bitcode while the linker reads its input, then compiles the
/// whole program.  Everything that is the user's affair is returned as an error or
/// reported through the linker.
class LtoSession {
public:
  LtoSession(const LinkerApi &api, const LinkerOptions &options, std::string plugin)
      : api(api), options(options), plugin(std::move(plugin)), names(nameStorage) {}

  /// Takes a file if there is bitcode in it, and tells the linker its symbols.
  llvm::Expected<bool> claim(const ld_plugin_input_file &);

  /// Compiles what was claimed, now that the linker knows who uses what, and gives
  /// it the objects.
  llvm::Error compile();

  void removeTemporaryFiles();

private:
  bool wantsEmbedded(llvm::StringRef name) const;
  ld_plugin_symbol describe(const llvm::lto::InputFile &, const llvm::lto::InputFile::Symbol &);
  llvm::Error addTo(llvm::lto::LTO &, ClaimedFile &);
  llvm::lto::Config configuration();
  void report(const llvm::DiagnosticInfo &);
  llvm::Error emit(llvm::ArrayRef<llvm::SmallString<0>> objects);
  llvm::Error emit(llvm::StringRef object);

  const LinkerApi &api;
  const LinkerOptions &options;
  std::string plugin; ///< our own path
  std::deque<ClaimedFile> files;
  llvm::BumpPtrAllocator nameStorage;
  llvm::StringSaver names;
  std::vector<std::string> temporaryFiles;
  bool requestSeen = false;
  unsigned errors = 0;
  std::mutex mutex; ///< mold reads its input in parallel
};

} // namespace linkgrad
