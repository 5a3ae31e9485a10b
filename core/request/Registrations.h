//===- Registrations.h - what the program says about its functions -*- C++ -*-===//
//
// Custom derivatives, inactive functions and globals, functions that behave like
// a known one: read once from the module's registration globals, annotate()
// attributes and function attributes.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/Module.h"

namespace linkgrad {

class Diagnostics;

/// Derivatives a program supplies for one function.  The signatures are those of
/// the calling convention; emitters check them where they use them.
struct CustomRule {
  llvm::Function *augmented = nullptr; ///< null: call the primal, there is no tape
  llvm::Function *reverse = nullptr;
  llvm::Function *tangent = nullptr;
};

struct Registrations {
  llvm::DenseMap<const llvm::Function *, CustomRule> customRules;
  llvm::DenseSet<const llvm::Value *> inactive; ///< functions and globals
  llvm::DenseMap<const llvm::Function *, std::string> functionLike;

  const CustomRule *customRule(const llvm::Function &function) const {
    auto found = customRules.find(&function);
    return found == customRules.end() ? nullptr : &found->second;
  }
};

/// Reads all registrations of \p module.  A malformed one is reported.
Registrations readRegistrations(llvm::Module &module, Diagnostics &diagnostics);

/// Whether \p global is there only to register something.
bool isRegistration(const llvm::GlobalVariable &global);

/// The functions that must keep their identity (not be inlined or dropped) until
/// the module has been differentiated.
llvm::SmallVector<llvm::Function *> registeredFunctions(llvm::Module &module);

/// Deletes the registration globals and what only they kept alive.
void eraseRegistrations(llvm::Module &module);

} // namespace linkgrad
