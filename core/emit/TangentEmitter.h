//===- TangentEmitter.h - forward mode --------------------------*- C++ -*-===//
//
// One pass: the primal with a tangent beside every active value and shadow memory
// that holds tangents.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "Adjoints.h"
#include "ShadowBuilder.h"
#include "Signatures.h"

namespace linkgrad {

class TangentEmitter : public ShadowBuilder {
public:
  using ShadowBuilder::ShadowBuilder;
  void emit(const Parameters &parameters);

protected:
  void visitStore(llvm::StoreInst &store, llvm::IRBuilder<> &b) override;
  void visitMove(llvm::CallBase &call, const llvm::Value *destination, const llvm::Value *source,
                 const llvm::Value *size, llvm::IRBuilder<> &b) override;
  void visitFill(llvm::CallBase &call, const llvm::Value *destination, const llvm::Value *byte, const llvm::Value *size,
                 llvm::IRBuilder<> &b) override;
  void visitTapeRelease(llvm::CallBase &) override {}
  void visitRelease(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b) override;
  void setDerivatives(const llvm::CallBase &call, const Lanes &lanes);
  void visitDerivedCall(llvm::CallBase &call, const PlannedCall &planned, llvm::IRBuilder<> &b) override;
  void visitRuleCall(llvm::CallBase &call, const CustomRule &rule, llvm::IRBuilder<> &b) override;
  void visitOther(llvm::Instruction &inst, llvm::IRBuilder<> &b) override;
  llvm::Value *allocateLocalShadow(llvm::AllocaInst &alloca, unsigned lane, llvm::IRBuilder<> &b) override;

private:
  /// Has a tangent: also a number that may be the bits of a pointer.
  bool active(const llvm::Value *v) const {
    return plan.activity().isActive(v) || (hasTangent(v) && plan.activity().isWord(v));
  }
  bool hasTangent(const llvm::Value *v) const override { return holdsReal(v->getType()); }
  llvm::Value *tangentBits(const llvm::Value *v, unsigned lane, llvm::Type *) override { return tangent(v, lane); }
  /// The tangent of a value, zero if it is constant.
  llvm::Value *tangent(const llvm::Value *value, unsigned lane);
  void setTangents(const llvm::Value *value, const Lanes &lanes) { tangents[value] = lanes; }
  llvm::Value *tangentOf(llvm::Instruction &inst, unsigned lane, llvm::IRBuilder<> &b);
  llvm::Value *tangentOfScalar(llvm::Instruction &inst, const ScalarRule &rule, unsigned lane, llvm::IRBuilder<> &b);
  llvm::Value *tangentOfIntrinsic(llvm::CallBase &call, unsigned lane, llvm::IRBuilder<> &b);
  llvm::Value *tangentOfReduction(llvm::CallBase &call, unsigned lane, llvm::IRBuilder<> &b);
  llvm::Value *loadTangent(const llvm::Value *pointer, llvm::Type *type, llvm::Align align, unsigned lane,
                           llvm::IRBuilder<> &b);
  void visitMaskedStore(llvm::CallBase &call, llvm::IRBuilder<> &b);
  void declareTangentPhis();
  void completeTangentPhis();
  void emitReturn();

  llvm::DenseMap<const llvm::Value *, Lanes> tangents;
};

} // namespace linkgrad
