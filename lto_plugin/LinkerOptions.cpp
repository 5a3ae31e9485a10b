//===- LinkerOptions.cpp - what -plugin-opt= says -------------------------===//
#include "lto_plugin/LinkerOptions.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"

using namespace llvm;
using namespace linkgrad;

/// What gcc tells its own plugin.  Linkers hand it to whichever plugin was named last.
static bool isForGcc(StringRef option) {
  return option.starts_with("-fresolution=") || option.starts_with("-pass-through=") ||
         option.ends_with("lto-wrapper") || option.starts_with("-linker-output");
}

/// `name=number`, above zero.
static bool readNumber(StringRef text, unsigned &number) { return !text.getAsInteger(10, number) && number > 0; }

/// False if there is no such option or this is no value for it.
static bool readOption(StringRef option, LinkerOptions &options) {
  auto [name, value] = option.split('=');
  if (option.size() == 2 && option[0] == 'O' && option[1] >= '0' && option[1] <= '3')
    return options.level = option[1] - '0', true;
  if (name == "lto-partitions" || name == "jobs")
    return readNumber(value, options.partitions);
  if (name == "mcpu")
    return options.cpu = value.str(), true;
  if (name == "opt-remarks-filename")
    return options.remarksFile = value.str(), true;
  if (name == "opt-remarks-passes")
    return options.remarksPasses = value.str(), true;
  if (option == "save-temps")
    return options.saveTemps = true;
  if (option == "embedded" || option == "no-embedded")
    return options.embedded = option == "embedded", true;
  // Short for -linkgrad=...
  if (name == "linkgrad")
    return options.forLLVM.push_back(("-" + option).str()), true;
  if (option.starts_with("-"))
    return options.forLLVM.push_back(option.str()), true;
  return false;
}

Error linkgrad::readLinkerOption(StringRef option, LinkerOptions &options) {
  if (isForGcc(option) || readOption(option, options))
    return Error::success();
  return createStringError("linkgrad: unknown option -plugin-opt=" + option +
                           "; known are: O0 to O3, mcpu=, lto-partitions=, save-temps, opt-remarks-filename=, "
                           "opt-remarks-passes=, embedded, no-embedded, linkgrad=, and -OPTION for LLVM");
}

Error linkgrad::applyLLVMOptions(const LinkerOptions &options) {
  if (options.forLLVM.empty())
    return Error::success();
  SmallVector<const char *> arguments = {"linkgrad"};
  for (const std::string &option : options.forLLVM)
    arguments.push_back(option.c_str());
  std::string complaint;
  raw_string_ostream os(complaint);
  if (cl::ParseCommandLineOptions(arguments.size(), arguments.data(), "", &os))
    return Error::success();
  return createStringError(StringRef(complaint).trim());
}
