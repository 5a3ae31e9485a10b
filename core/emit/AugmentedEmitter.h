//===- AugmentedEmitter.h - the forward sweep of reverse mode ---*- C++ -*-===//
//
// The primal, with shadow pointers beside pointers and with stores to the tape
// wherever the plan keeps a value.  Floating-point bytes of shadow memory hold
// adjoints and are not touched here; pointer bytes hold shadow pointers and are
// kept up to date.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "ShadowBuilder.h"

namespace linkgrad {

class AugmentedEmitter : public ShadowBuilder {
public:
  using ShadowBuilder::ShadowBuilder;

  /// Fills `target`.  \p arguments and \p shadows are the derivative's values for
  /// the primal's arguments; a pullback may follow in the same function.
  void emit(llvm::ArrayRef<llvm::Value *> arguments, llvm::ArrayRef<Lanes> argumentShadows);

  /// The return instruction of the clone, which the caller replaces.
  llvm::ReturnInst *exit() const { return exitClone; }
  /// One function: where slot \p index of the function's scope lives.
  llvm::AllocaInst *registerSlot(unsigned index);
  /// What a call that has to be reversed left behind beside the plan's slots (null: nothing).
  llvm::Value *ruleTape(const llvm::CallBase &call) const { return ruleTapes.lookup(&call); }
  /// What the function scope keeps, where that is not in registers.
  llvm::Value *functionFrame() const { return frame; }
  /// Ends the frame: to be called where the augmented function returns.
  void closeFrame(llvm::IRBuilder<> &b);

protected:
  void visitStore(llvm::StoreInst &store, llvm::IRBuilder<> &b) override;
  void clearOrPassWord(llvm::StoreInst &store, llvm::IRBuilder<> &b);
  void visitMove(llvm::CallBase &call, const llvm::Value *destination, const llvm::Value *source,
                 const llvm::Value *size, llvm::IRBuilder<> &b) override;
  void visitFill(llvm::CallBase &call, const llvm::Value *destination, const llvm::Value *byte, const llvm::Value *size,
                 llvm::IRBuilder<> &b) override;
  void visitTapeRelease(llvm::CallBase &call) override;
  void visitRelease(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b) override;
  void visitDerivedCall(llvm::CallBase &call, const PlannedCall &planned, llvm::IRBuilder<> &b) override;
  void visitRuleCall(llvm::CallBase &call, const CustomRule &rule, llvm::IRBuilder<> &b) override;
  void visitOther(llvm::Instruction &, llvm::IRBuilder<> &) override {}
  llvm::Value *allocateLocalShadow(llvm::AllocaInst &alloca, unsigned lane, llvm::IRBuilder<> &b) override;
  void finished(llvm::Instruction &inst) override;

private:
  void openScopes();
  void openRegion(const llvm::Loop *loop);
  void rewindWhereCaught();
  void openRecord(const llvm::Loop *loop, const ScopeLayout &layout);
  void postpone(llvm::CallBase &call);
  void deferRelease(llvm::CallBase &release, llvm::Value *pointer, llvm::IRBuilder<> &b);
  void keep(Item item);
  llvm::Value *keptValue(Item item, llvm::function_ref<void(llvm::Value *)> placeBehind, llvm::IRBuilder<> &b);
  void storeSlot(const Slot &slot, llvm::Value *value, llvm::IRBuilder<> &b);
  llvm::Value *address(const Slot &slot, llvm::IRBuilder<> &b);
  llvm::Value *regionIndex(const llvm::Loop *loop, llvm::IRBuilder<> &b);
  void replaceCall(llvm::CallBase &call, llvm::Value *result, llvm::IRBuilder<> &b);

  llvm::ReturnInst *exitClone = nullptr;
  llvm::Value *frame = nullptr;
  llvm::DenseMap<const llvm::Loop *, llvm::Value *> records, regions, regionCounts;
  llvm::DenseMap<unsigned, llvm::AllocaInst *> registers;
  llvm::DenseMap<const llvm::CallBase *, llvm::Value *> ruleTapes;
};

/// Number of elements of a region: the product of the trip counts of the loops
/// from its root to \p loop.  \p value maps primal values to what holds them.
llvm::Value *regionCount(const PreparedFunction &function, const llvm::Loop *loop,
                         llvm::function_ref<llvm::Value *(const llvm::Value *)> value, llvm::IRBuilder<> &b);
/// Where element \p index of a region's slot lies.
llvm::Value *regionAddress(const ScopeLayout &layout, unsigned slot, llvm::Value *base, llvm::Value *count,
                           llvm::Value *index, const Runtime &runtime, llvm::IRBuilder<> &b);
/// The arguments of a derivative: each primal argument, its shadows behind it.
llvm::SmallVector<llvm::Value *> derivativeArguments(const Derivative &callee,
                                                     llvm::function_ref<llvm::Value *(unsigned)> primal,
                                                     llvm::function_ref<Lanes(unsigned)> shadow);
bool isIndirect(const llvm::CallBase &call);
/// Marks accesses to the tape: they overlap with nothing else.
void markTapeAccess(llvm::Instruction &access);

} // namespace linkgrad
