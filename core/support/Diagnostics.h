//===- Diagnostics.h - located errors, collected per link -------*- C++ -*-===//
//
// Nothing is printed while the engine works: failures are collected so that one
// link reports all of them.  Engine.cpp hands them to the LLVMContext, which
// makes the linker print them, exit with 1 and leave no output file.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/Instruction.h"
#include <set>
#include <string>
#include <vector>

namespace linkgrad {

enum class DiagnosticId {
#define DIAGNOSTIC(NAME, ID, TEXT) NAME,
#include "Diagnostics.def"
};

/// Where a failure is shown: an instruction, or a function as a whole.
struct Location {
  const llvm::Function *function;
  llvm::DebugLoc debugLoc;
  Location(const llvm::Function &function);
  Location(const llvm::Instruction &instruction);
};

/// The failures of one request, and the chain of requests that led there.
class Diagnostics {
public:
  /// Records a failure; {0}, {1}, ... in its text are replaced by \p arguments.
  /// The same failure at the same place is recorded once.
  void report(DiagnosticId id, const Location &location, llvm::ArrayRef<std::string> arguments);
  bool empty() const { return records.empty(); }
  /// Takes over the records of \p other.
  void merge(const Diagnostics &other);
  size_t size() const { return records.size(); }

  /// Gives every record, followed by "requested here", to the context.
  /// Stops after \p limit records; returns how many were given.
  unsigned emit(const Location &request, llvm::StringRef requestText, unsigned limit) const;

private:
  struct Record {
    DiagnosticId id;
    Location location;
    std::string text;
  };
  std::vector<Record> records;
  std::set<std::string> seen;
};

/// The name a user knows a function by (demangled, without our suffixes).
std::string userName(const llvm::Function &function);
/// One instruction in one line, without metadata.
std::string describe(const llvm::Value &value);
std::string describe(const llvm::Type &type);

} // namespace linkgrad
