//===- CustomSignature.h - shapes of registered derivatives -----*- C++ -*-===//
//
// Registered derivatives are C functions, so what they return has been through
// the platform's calling convention: small structs come as LLVM structs or
// vectors, larger ones through an sret pointer.  Here a result is a flat list of
// scalars, which is the same for all of these.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../request/Registrations.h"
#include "llvm/IR/IRBuilder.h"
#include <optional>
#include <string>

namespace linkgrad {

/// The scalars (floats, integers, pointers) a value of \p type consists of, in order.
void flattenType(llvm::Type *type, llvm::SmallVectorImpl<llvm::Type *> &scalars);
llvm::SmallVector<llvm::Value *> flatten(llvm::Value *value, llvm::IRBuilderBase &b);
/// The inverse: a value of \p type made of the next scalars of \p scalars.
llvm::Value *unflatten(llvm::Type *type, llvm::ArrayRef<llvm::Value *> &scalars, llvm::IRBuilderBase &b);

/// What \p function returns, by value or through sret; null for void.
llvm::Type *returnedType(const llvm::Function &function);
/// What an augmented rule leaves for the reverse rule; null if nothing.
llvm::Type *customTapeType(const llvm::CallBase &call, const CustomRule &rule);
/// Parameters behind a possible sret.
unsigned firstParameter(const llvm::Function &function);

enum class RulePart { Augmented, Reverse, Tangent };

/// The signature that a part of the rule for \p primal should have; nothing if it
/// has it.  What the platform's calling convention hides is not judged.
std::optional<std::string> missedSignature(const llvm::Function &primal, const CustomRule &rule, RulePart part);

} // namespace linkgrad
