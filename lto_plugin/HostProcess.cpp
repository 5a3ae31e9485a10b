//===- HostProcess.cpp - the process that loaded us -----------------------===//
#include "lto_plugin/HostProcess.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

using namespace llvm;
using namespace linkgrad;

std::string linkgrad::nameOfHost() {
  SmallString<128> program;
  return sys::fs::real_path("/proc/self/exe", program) ? "ld" : sys::path::filename(program).str();
}

bool linkgrad::isLld() { return StringRef(nameOfHost()).contains("lld"); }

SmallVector<std::string> linkgrad::argumentsOfHost() {
  SmallVector<std::string> arguments;
  // Its size is not known beforehand, hence a stream.
  auto buffer = MemoryBuffer::getFileAsStream("/proc/self/cmdline");
  if (buffer)
    for (StringRef argument : split((*buffer)->getBuffer().drop_back(), '\0'))
      arguments.push_back(argument.str());
  return arguments;
}

/// Its arguments, with those that a long command line has in a file.
static SmallVector<std::string> allArguments() {
  SmallVector<std::string> given = argumentsOfHost();
  SmallVector<const char *> arguments;
  for (const std::string &argument : given)
    arguments.push_back(argument.c_str());
  BumpPtrAllocator storage;
  StringSaver saver(storage);
  cl::ExpandResponseFiles(saver, cl::TokenizeGNUCommandLine, arguments);
  return SmallVector<std::string>(arguments.begin(), arguments.end());
}

static bool hasOption(ArrayRef<std::string> arguments, std::initializer_list<StringRef> spellings) {
  return any_of(arguments, [&](StringRef argument) { return is_contained(spellings, argument); });
}

static bool makesObject(ArrayRef<std::string> arguments) {
  return hasOption(arguments, {"-r", "-i", "-Ur", "--relocatable", "-relocatable"});
}

bool linkgrad::makesObject() { return ::makesObject(allArguments()); }

bool linkgrad::definitionsAreFinal() {
  SmallVector<std::string> arguments = allArguments();
  if (::makesObject(arguments))
    return false;
  bool isLibrary = hasOption(arguments, {"-shared", "--shared", "-Bshareable"});
  return !isLibrary ||
         hasOption(arguments, {"-Bsymbolic", "--Bsymbolic", "-Bsymbolic-functions", "--Bsymbolic-functions"});
}

SmallVector<std::string> linkgrad::wrappedSymbols() {
  SmallVector<std::string> symbols;
  bool isNext = false;
  for (StringRef argument : allArguments()) {
    bool dashed = argument.consume_front("--") || argument.consume_front("-");
    if (isNext || (dashed && argument.consume_front("wrap=")))
      symbols.push_back(argument.str());
    isNext = dashed && argument == "wrap";
  }
  return symbols;
}
