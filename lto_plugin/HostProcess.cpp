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

SmallVector<std::string> linkgrad::wrappedSymbols() {
  SmallVector<std::string> given = argumentsOfHost();
  SmallVector<const char *> arguments;
  for (const std::string &argument : given)
    arguments.push_back(argument.c_str());
  // A long command line stands in a file.
  BumpPtrAllocator storage;
  StringSaver saver(storage);
  cl::ExpandResponseFiles(saver, cl::TokenizeGNUCommandLine, arguments);

  SmallVector<std::string> symbols;
  bool isNext = false;
  for (StringRef argument : arguments) {
    bool dashed = argument.consume_front("--") || argument.consume_front("-");
    if (isNext || (dashed && argument.consume_front("wrap=")))
      symbols.push_back(argument.str());
    isNext = dashed && argument == "wrap";
  }
  return symbols;
}
