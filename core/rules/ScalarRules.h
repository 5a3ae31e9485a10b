//===- ScalarRules.h - what the engine knows of ScalarRules.def -*- C++ -*-===//
//
// The interface of the table: plain data, no templates.  How the table becomes
// this data is explained in ScalarRules.cpp.
//
// A scalar rule describes an operation without side effects whose result is one
// floating-point value (or a vector of them, elementwise): an instruction, an
// intrinsic, or a call to a libm function, which is matched by name.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/IRBuilder.h"

namespace linkgrad {

/// The primal values an expression reads, as a set.
enum class Reads : unsigned { Nothing = 0, A = 1, B = 2, C = 4, Result = 8 };
constexpr Reads operator|(Reads l, Reads r) { return Reads(unsigned(l) | unsigned(r)); }
constexpr bool contains(Reads set, Reads element) { return (unsigned(set) & unsigned(element)) != 0; }

/// One line of the table.
struct ScalarRule {
  const char *name;
  unsigned arity; ///< how many operands the operation has, integer ones included (at most 3)

  /// Emits d(result)/d(operand i) at the builder's insertion point, in the type
  /// of the result (scalar or vector).  Null for an operand that has no
  /// derivative because it is an integer.
  using Emit = llvm::Value *(llvm::IRBuilderBase &, llvm::ArrayRef<llvm::Value *> operands, llvm::Value *result);
  Emit *partial[3];
  /// What partial[i] reads, i.e. what must survive until the reverse sweep.
  Reads reads[3];
  /// partial[i] is zero wherever it exists (floor, round): the operand is never active through this rule.
  bool zero[3];

  // For tests and documentation.
  using Eval = double(double a, double b, double c, double y);
  Eval *value, *slope[3];
  const char *formula[4]; ///< value, d/da, d/db, d/dc
  double domain[3][2];

  /// Emits partial[i] * factor in the type of \p factor, which is the type of the result, as cheaply as the formula
  /// allows: nothing for a partial of 1, a negation for -1, one division shared by the operands of a quotient.
  using Product = llvm::Value *(llvm::IRBuilderBase &, llvm::ArrayRef<llvm::Value *> operands, llvm::Value *result,
                                llvm::Value *factor);
  Product *product[3];
};

llvm::ArrayRef<ScalarRule> scalarRules();

/// The rule for an instruction: by opcode, by intrinsic, or by the name of the libm function it calls
/// (`sin`, `sinf`, `sinl`, `__sin_finite`, ...; never a function that has a body).  Null if there is none.
/// The operands of the rule are the instruction's operands (a call's arguments) in order.
const ScalarRule *findScalarRule(const llvm::Instruction &);
/// The rule for calls of a function that is only declared, or whose attribute
/// "enzyme_math" names the libm function it behaves like (it may have a body).
const ScalarRule *findScalarRule(const llvm::Function &);

/// Forward: tangent of the result = sum over active operands of partial * tangent.
/// A null tangent means the operand is constant; returns null if all are, or if
/// the rule is flat in those that are not.
///
/// Here and in emitAdjoint, \p operands may have more elements than the rule has
/// operands, and an operand or result that the partial does not read may be null
/// or poison (but a cast's operand says the type of the adjoint).  Fast-math
/// flags are the builder's.
llvm::Value *emitTangent(const ScalarRule &, llvm::IRBuilderBase &, llvm::ArrayRef<llvm::Value *> operands,
                         llvm::Value *result, llvm::ArrayRef<llvm::Value *> tangents);

/// Reverse: what operand \p i receives when the result's adjoint is \p adjoint.
llvm::Value *emitAdjoint(const ScalarRule &, unsigned i, llvm::IRBuilderBase &, llvm::ArrayRef<llvm::Value *> operands,
                         llvm::Value *result, llvm::Value *adjoint);

} // namespace linkgrad
