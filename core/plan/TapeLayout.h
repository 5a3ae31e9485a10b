//===- TapeLayout.h - where kept values lie ---------------------*- C++ -*-===//
#pragma once
#include "DerivativePlan.h"

namespace linkgrad {

/// Gives every kept item a slot in its scope, and every scope a layout.
class TapeLayoutBuilder {
public:
  explicit TapeLayoutBuilder(DerivativePlan &plan) : plan(plan) {}
  void build();

private:
  void assignSlots();
  void nameScopes();
  void layOut(const llvm::Loop *loop);
  void layOutFunction();
  void place(ScopeLayout &layout);
  bool callsUseTape(const llvm::Loop *scope) const;
  bool loopsUseTape(llvm::ArrayRef<llvm::Loop *> loops) const;

  DerivativePlan &plan;
  llvm::DenseMap<const llvm::Loop *, bool> scopeUsesTape;
};

/// How a value of \p type is stored on the tape (i1 as i8).
llvm::Type *tapeType(llvm::Type *type);
/// Everything on the tape is aligned to this.
constexpr uint64_t tapeAlignment = 16;
/// The alignment of a slot: what its type asks for, as far as the tape can give it.
llvm::Align slotAlignment(llvm::Type *type, const llvm::DataLayout &data);

} // namespace linkgrad
