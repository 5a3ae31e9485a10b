//===- Reproducer.cpp - a link to look at again ---------------------------===//
//
// LINKGRAD_REPRO=FOLDER makes a link write
//
//   FOLDER/module.bc   the program as the pipeline saw it
//   FOLDER/options     our options
//   FOLDER/command     a script with the opt-22 command that does what the link did after that,
//                      and writes FOLDER/result.bc
//
// Nothing else plays a part, so the result is the module of the link to the letter.
// That takes some care: passes look at the order of uses, which bitcode keeps on
// request, and at the target machine.
//
//===----------------------------------------------------------------------===//
#include "passes/Reproducer.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Target/TargetMachine.h"
#include <dlfcn.h>

using namespace llvm;
using namespace linkgrad;

/// Has \p write fill FOLDER/name.
static Error writeFile(StringRef folder, StringRef name, function_ref<void(raw_ostream &)> write) {
  SmallString<128> path(folder);
  sys::path::append(path, name);
  std::error_code error;
  raw_fd_ostream os(path, error);
  if (!error) {
    write(os);
    os.close();
    error = os.error();
    os.clear_error();
  }
  if (error)
    return createStringError("linkgrad: cannot write '" + path + "': " + error.message());
  return Error::success();
}

static std::string ownPath() {
  static const char ours = 0;
  Dl_info info;
  SmallString<128> path(dladdr(&ours, &info) ? info.dli_fname : "liblinkgrad.so");
  std::error_code error = sys::fs::make_absolute(path);
  return error ? "liblinkgrad.so" : path.str().str();
}

static StringRef nameOf(Reloc::Model model) {
  switch (model) {
  case Reloc::Static:
    return "static";
  case Reloc::PIC_:
    return "pic";
  case Reloc::DynamicNoPIC:
    return "dynamic-no-pic";
  case Reloc::ROPI:
    return "ropi";
  case Reloc::RWPI:
    return "rwpi";
  case Reloc::ROPI_RWPI:
    return "ropi-rwpi";
  }
  llvm_unreachable("a seventh relocation model");
}

static void writeTarget(const TargetMachine &target, raw_ostream &os) {
  os << " -relocation-model=" << nameOf(target.getRelocationModel());
  if (!target.getTargetCPU().empty())
    os << " -mcpu=" << target.getTargetCPU();
  if (!target.getTargetFeatureString().empty())
    os << " -mattr=" << target.getTargetFeatureString();
}

static void writeCommand(const Module &module, const Host &host, std::optional<OptimizationLevel> link,
                         raw_ostream &os) {
  os << "#!/bin/sh\n"
     << "cd \"$(dirname \"$0\")\" || exit 1\n"
     << "unset LINKGRAD_REPRO LINKGRAD_FLAGS\n"
     << "LINKGRAD_OPTIONS_FILE=options exec opt-22 -load-pass-plugin=" << ownPath();
  if (link)
    os << " -passes='lto<O" << link->getSpeedupLevel() << ">'";
  else
    os << " -passes=linkgrad";
  if (host.target)
    writeTarget(*host.target, os);
  if (module.getContext().shouldDiscardValueNames())
    os << " -discard-value-names";
  os << " module.bc -o result.bc\n";
}

Error linkgrad::writeReproducer(const Module &module, const Options &options, const Host &host,
                                std::optional<OptimizationLevel> link) {
  StringRef folder = options.reproducer;
  if (std::error_code error = sys::fs::create_directories(folder))
    return createStringError("linkgrad: cannot create '" + folder + "': " + error.message());
  if (Error error = writeFile(folder, "module.bc", [&](raw_ostream &os) {
        WriteBitcodeToFile(module, os, /*ShouldPreserveUseListOrder=*/true);
      }))
    return error;
  if (Error error = writeFile(folder, "options", [&](raw_ostream &os) { os << options.asGiven; }))
    return error;
  return writeFile(folder, "command", [&](raw_ostream &os) { writeCommand(module, host, link, os); });
}
