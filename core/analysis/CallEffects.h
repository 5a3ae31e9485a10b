//===- CallEffects.h - what a call is to the engine -------------*- C++ -*-===//
//
// One classification, made in one place and used by every analysis and emitter.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../request/Registrations.h"
#include "../rules/KnownCalls.h"
#include "../rules/ScalarRules.h"
#include "VirtualTables.h"
#include "llvm/IR/InstrTypes.h"

namespace linkgrad {

enum class CallClass {
  Inactive,  ///< executed as it stands, carries no derivatives
  Scalar,    ///< has a line in ScalarRules.def
  Known,     ///< has a line in KnownCalls.def (allocation, transfer, ...)
  Custom,    ///< derivative registered by the program (or a runtime rule)
  Derived,   ///< defined in this module: we differentiate the body
  Indirect,  ///< through a pointer
  Intrinsic, ///< an intrinsic with a rule of its own (DataflowRules)
  InlineAsm,
  Unknown, ///< nothing is known: refused where active
};

struct CallEffect {
  CallClass kind = CallClass::Unknown;
  const KnownCall *known = nullptr;
  const ScalarRule *scalar = nullptr;
  llvm::Function *callee = nullptr; ///< null for Indirect and InlineAsm
};

class CallEffects {
public:
  CallEffects(llvm::Module &module, const Registrations &registrations);

  CallEffect classify(const llvm::CallBase &call) const;
  /// The defined functions a call may run: one, or every function of this
  /// program whose address is taken and whose type fits, unless virtual tables say more.
  llvm::SmallVector<llvm::Function *> targets(const llvm::CallBase &call) const;
  const Registrations &registrations() const { return known; }
  /// Handlers of exceptions read numbers in what they catch.  Where they do not, numbers
  /// may be put into exceptions: nobody asks for them.
  bool exceptionsAreRead() const { return exceptionsRead; }
  /// A variable that the program, or what is known of a library, says is inactive.
  bool isInactive(const llvm::Value *variable) const;
  /// The program knows floating-point numbers of two bytes.
  bool anySmallReals() const { return smallReals; }
  void noteThatExceptionsAreRead() { exceptionsRead = true; }

private:
  const Registrations &known;
  llvm::DenseMap<const llvm::FunctionType *, llvm::SmallVector<llvm::Function *>> addressTaken;
  VirtualTables virtualTables;
  bool exceptionsRead = false, smallReals = false;
};

} // namespace linkgrad
