//===- Adjoints.h - the adjoint of each primal value ------------*- C++ -*-===//
//
// An adjoint that nothing has been added to is a symbolic zero and costs nothing.
// A value whose uses all lie in its own block has its adjoint in an SSA value; the
// others have a variable (an alloca that mem2reg dissolves), emptied when taken.
//
// Where a variable gets its first zero is decided last: as near to its uses as can be.
// Were it in the entry, every adjoint would be live through both sweeps.
//
// The zero is -0.0: -0.0 + x is x for every x, so that LLVM can drop the addition
// without any fast-math flag.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../analysis/AdjointTypes.h"
#include "../plan/DerivativePlan.h"
#include "ShadowBuilder.h"

namespace linkgrad {

/// Between functions the adjoint of a number that travels as an integer does, too.
llvm::Value *asTransported(llvm::Value *adjoint, llvm::Type *type, llvm::IRBuilder<> &b);
/// The reverse: what has been handed over, in the type of the adjoint of \p value.
llvm::Value *asAdjoint(llvm::Value *transported, const llvm::Value *value, llvm::IRBuilder<> &b);
/// The additive identity of a real type, a vector or an aggregate of them.
llvm::Constant *adjointZero(llvm::Type *type);
/// a + b, member by member.
llvm::Value *addAdjoints(llvm::Value *a, llvm::Value *b, llvm::IRBuilder<> &builder);

class Adjoints {
public:
  Adjoints(llvm::Function &target, unsigned width) : target(target), width(width) {}

  void add(const llvm::Value *value, unsigned lane, llvm::Value *term, llvm::IRBuilder<> &b);
  /// What has been added since the last time; null for a symbolic zero.
  llvm::Value *take(const llvm::Value *value, unsigned lane, llvm::IRBuilder<> &b);
  /// To be called when the function is complete.
  void initialise();

private:
  static bool isLocal(const llvm::Value *value);
  llvm::AllocaInst *variable(const llvm::Value *value, unsigned lane);

  llvm::Function &target;
  unsigned width;
  llvm::DenseMap<const llvm::Value *, Lanes> local;
  llvm::MapVector<const llvm::Value *, llvm::SmallVector<llvm::AllocaInst *, 1>> variables;
};

} // namespace linkgrad
