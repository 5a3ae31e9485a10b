//===- RequestTypes.h - what a request passes and gets back -----*- C++ -*-===//
//
// A request is a call of a C function whose declaration says little about the
// types: variable argument lists widen, small structs come in registers and large
// ones through memory.  The rules by which an operand becomes an argument and
// the derivatives become the call's result are here, once: a request is refused
// by them before anything is emitted, and emitted by them.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../request/DerivativeRequest.h"
#include "llvm/IR/IRBuilder.h"

namespace linkgrad {

/// Reports operands and results of \p request that cannot be converted.
void checkRequestTypes(const DerivativeRequest &request, Diagnostics &diagnostics);

/// An operand of \p request as a value of \p type.
llvm::Value *convertOperand(const DerivativeRequest &request, llvm::Value *operand, llvm::Type *type,
                            llvm::IRBuilder<> &b);
/// A scalar of a derivative's result as the type that the request's caller expects.
llvm::Value *convertScalar(llvm::Value *scalar, llvm::Type *type, llvm::IRBuilder<> &b);

/// What the call of \p request is declared to return, by value or through memory.
llvm::Type *declaredResult(const DerivativeRequest &request);
/// The pointer through which it returns, or null.
llvm::Value *resultPlace(const DerivativeRequest &request);

/// The scalars that an adjoint of the primal's result consists of.
llvm::SmallVector<llvm::Type *> seedScalars(const DerivativeRequest &request);

} // namespace linkgrad
