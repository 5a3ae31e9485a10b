//===- Options.h - what a user can decide -----------------------*- C++ -*-===//
#pragma once
#include "core/Engine.h"
#include "offload/DeviceTarget.h"
#include "llvm/Support/Error.h"

namespace linkgrad {

/// All options of one run, read once at its beginning.
struct Options {
  EngineOptions engine;
  OffloadOptions offload;
  bool report = false;    ///< one line on stderr about what was done and how long each stage took
  std::string saveStages; ///< folder that receives the module after each stage, as text
  std::string reproducer; ///< folder that receives what is needed to repeat this run (LINKGRAD_REPRO)
  std::string asGiven;    ///< the options in their own words, one list a line
};

/// Reads LINKGRAD_OPTIONS_FILE, LINKGRAD_FLAGS and -linkgrad=, in this order;
/// later ones win.  An unknown option is an error.
llvm::Expected<Options> readOptions();

/// Reads one list of options, separated by commas or white space.
llvm::Error parseOptions(llvm::StringRef list, Options &);

/// Has readOptions() find one more list on the command line: what a host says in its own words.
void giveOptions(llvm::StringRef list);

/// The names, values and meanings of all options, for people.
void printOptions(llvm::raw_ostream &);

} // namespace linkgrad
