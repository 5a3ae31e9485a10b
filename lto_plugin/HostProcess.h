//===- HostProcess.h - the process that loaded us ---------------*- C++ -*-===//
#pragma once
#include "llvm/ADT/SmallVector.h"
#include <string>

namespace linkgrad {

/// The file name of its program, such as ld.lld.
std::string nameOfHost();

/// Whether it is some name of ld.lld.
bool isLld();

/// Its arguments, as it was started.
llvm::SmallVector<std::string> argumentsOfHost();

/// Whether it makes an object that is to be linked again (-r).
bool makesObject();

/// Whether what is defined in this link cannot be replaced later: it makes an executable, or a shared
/// library that uses its own definitions (-Bsymbolic).
bool definitionsAreFinal();

/// The symbols of its --wrap=SYMBOL options.
llvm::SmallVector<std::string> wrappedSymbols();

} // namespace linkgrad
