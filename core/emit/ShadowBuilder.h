//===- ShadowBuilder.h - shadow pointers beside primal ones -----*- C++ -*-===//
//
// Clones the prepared primal into a derivative function and builds the shadow of
// each pointer that needs one, next to the pointer it belongs to.  Shared by the
// forward sweep of reverse mode and by forward mode; they differ in what happens
// to floating-point bytes.
//
//   q = gep p, i        q̄ = gep p̄, i
//   q = load p          q̄ = load p̄        shadow memory holds shadow pointers
//   store q, p          store q̄, p̄
//   p = alloca          p̄ = alloca, zeroed
//   p = malloc(n)       p̄ = malloc(n), zeroed
//
// Words (see ActivityAnalysis) have shadows made in the same way: a clone of the
// instruction with the shadows of its operands.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../analysis/MoveLayout.h"
#include "../plan/DerivativePlan.h"
#include "Runtime.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

namespace linkgrad {

/// One value per lane of a vector-mode derivative.
using Lanes = llvm::SmallVector<llvm::Value *, 1>;

/// The global that holds the shadow of \p global, made on first use.  \p number: of
/// lane and round, see TapeLevel.
llvm::GlobalVariable *shadowGlobal(llvm::GlobalVariable &global, unsigned number);
/// Shadow of a constant pointer: of an active global its shadow, else itself.
llvm::Constant *shadowConstant(llvm::Constant *constant, const llvm::DenseSet<const llvm::GlobalVariable *> &active,
                               unsigned number);
/// Where the shadow of a word is a shadow pointer, in the forward sweep: elsewhere it
/// is the adjoint of a number, and that is zero before the reverse sweep begins.  A
/// user may hand over adjoints that are not zero; none of normal size looks like an
/// address (of at most 47 bits).  An i1, or a vector of them for a vector of words.
llvm::Value *isShadowPointer(llvm::Value *shadow, llvm::IRBuilder<> &b);
/// \p otherwise where \p shadow is a shadow pointer, else \p number.
llvm::Value *unlessPointer(llvm::Value *shadow, llvm::Value *number, llvm::Value *otherwise, llvm::IRBuilder<> &b);
/// A copy of the flags of \p inst that a derivative may have too: never "no NaNs".
llvm::FastMathFlags derivativeFlags(const llvm::Instruction &inst);

/// \p mask without the lanes for which \p shadow is \p primal.
llvm::Value *lanesWithShadow(llvm::Value *mask, llvm::Value *shadow, llvm::Value *primal, llvm::IRBuilderBase &b);

class ShadowBuilder {
public:
  ShadowBuilder(const DerivativePlan &plan, llvm::Function &target, Diagnostics &diagnostics);
  virtual ~ShadowBuilder() = default;

  /// The clone of a primal value.
  llvm::Value *primal(const llvm::Value *value) const;
  /// The shadow of a primal pointer, one per lane; the pointer itself if it has none.
  Lanes shadow(const llvm::Value *pointer);

protected:
  /// Clones the body; \p arguments are the derivative's values for the primal's.
  void cloneBody(llvm::ArrayRef<llvm::Value *> arguments);
  /// Walks the clone and handles each instruction.
  void walk();

  // What differs between the modes.
  virtual void visitStore(llvm::StoreInst &store, llvm::IRBuilder<> &b) = 0;
  virtual void visitMove(llvm::CallBase &call, const llvm::Value *destination, const llvm::Value *source,
                         const llvm::Value *size, llvm::IRBuilder<> &b) = 0;
  virtual void visitFill(llvm::CallBase &call, const llvm::Value *destination, const llvm::Value *byte,
                         const llvm::Value *size, llvm::IRBuilder<> &b) = 0;
  virtual void visitRelease(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b) = 0;
  virtual void visitTapeRelease(llvm::CallBase &call) = 0;
  virtual void visitDerivedCall(llvm::CallBase &call, const PlannedCall &planned, llvm::IRBuilder<> &b) = 0;
  virtual void visitRuleCall(llvm::CallBase &call, const CustomRule &rule, llvm::IRBuilder<> &b) = 0;
  virtual void visitOther(llvm::Instruction &inst, llvm::IRBuilder<> &b) = 0;
  virtual llvm::Value *allocateLocalShadow(llvm::AllocaInst &alloca, unsigned lane, llvm::IRBuilder<> &b) = 0;
  /// The word is a value of forward mode, whose shadow is its tangent.
  virtual bool hasTangent(const llvm::Value *) const { return false; }
  virtual llvm::Value *tangentBits(const llvm::Value *, unsigned, llvm::Type *type) {
    return llvm::Constant::getNullValue(type);
  }
  /// Called after an instruction has been handled.
  virtual void finished(llvm::Instruction &) {}

  /// The function that releases a shadow where the primal is released in another way.
  llvm::Value *releaseOf(const KnownCall &known, llvm::IRBuilder<> &b) {
    return module.getOrInsertFunction(known.forShadow, b.getVoidTy(), b.getPtrTy()).getCallee();
  }
  void visit(llvm::Instruction &inst);
  void visitCall(llvm::CallBase &call, llvm::IRBuilder<> &b);
  void visitAllocation(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b);
  void visitTapeMemory(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b);
  void visitAllocationByRef(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b);
  void visitKnownCall(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b);
  void returnPart(llvm::CallBase &call, const llvm::Value *whole, llvm::IRBuilder<> &b);
  void returnDestination(llvm::CallBase &call, const llvm::Value *destination, llvm::IRBuilder<> &b);
  void visitStructural(llvm::CallBase &call, llvm::IRBuilder<> &b);
  void visitRealloc(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b);
  void buildPointerShadow(llvm::Instruction &inst, llvm::IRBuilder<> &b);
  bool isShadowed(const llvm::Value &value) const;
  Lanes shadowOperand(const llvm::Instruction &user, const llvm::Use &operand);
  void storeWord(llvm::StoreInst &store, llvm::IRBuilder<> &b);
  void storeCounted(llvm::StoreInst &store, llvm::IRBuilder<> &b);
  llvm::Value *hadNoTangent(const llvm::Value &root, unsigned lane, llvm::IRBuilder<> &here);
  llvm::Value *tangentOfCounted(const llvm::BitCastInst &cast, unsigned lane, llvm::IRBuilder<> &b);
  llvm::Value *wordFromConstantMemory(const llvm::Instruction &inst, llvm::Value *loaded, unsigned lane,
                                      llvm::IRBuilder<> &b);
  llvm::Value *shadowOfIntToPtr(llvm::IntToPtrInst &cast, unsigned lane, llvm::IRBuilder<> &b);
  void declarePhis();
  void completePhis();
  void storePointer(llvm::StoreInst &store, llvm::IRBuilder<> &b);
  /// Moves or fills the members that are not floating point, in shadow memory.
  void moveOpaqueMembers(const MoveLayout &layout, llvm::Value *destination, llvm::Value *source, llvm::Value *bytes,
                         llvm::IRBuilder<> &b);
  void fillOpaqueMembers(const MoveLayout &layout, llvm::Value *destination, llvm::Value *byte, llvm::Value *bytes,
                         llvm::IRBuilder<> &b);
  /// Where to build what follows the clone of \p inst.
  llvm::BasicBlock::iterator after(const llvm::Instruction &inst) const;
  llvm::Instruction *clone(const llvm::Instruction &inst) const { return llvm::cast<llvm::Instruction>(primal(&inst)); }
  /// p̄ where it is a shadow, else \p otherwise: keeps primal memory untouched.
  llvm::Value *guarded(const llvm::Value *pointer, llvm::Value *shadow, llvm::Value *otherwise, llvm::IRBuilder<> &b);
  /// \p size, or 0 where the shadow at hand is the primal itself.
  llvm::Value *guardedSize(const llvm::Value *pointer, llvm::Value *shadow, const llvm::Value *size,
                           llvm::IRBuilder<> &b);
  /// \p mask without the lanes for which the shadow at hand is the primal itself.
  llvm::Value *guardedMask(const llvm::Value *pointer, llvm::Value *shadow, llvm::Value *mask, llvm::IRBuilder<> &b);
  /// What is stored where there is no shadow is lost, and must not be read back.
  void noteStore(const llvm::Value *pointer, llvm::IRBuilder<> &b);
  void checkLoad(const llvm::Instruction &inst, const llvm::Value *pointer, llvm::IRBuilder<> &b);
  /// Stops where a move covers more than what is known of its destination.
  void checkLimit(const MoveLayout &layout, const llvm::CallBase &call, const llvm::Value *destination,
                  const llvm::Value *size, llvm::IRBuilder<> &b);
  /// A location that may be read and written and means nothing.
  llvm::Value *scratch(llvm::Type *type);

  const DerivativePlan &plan;
  llvm::Function &target;
  Diagnostics &diagnostics;
  llvm::Module &module;
  Runtime runtime;
  unsigned width;
  llvm::ValueToValueMapTy values;
  llvm::DenseMap<const llvm::Value *, Lanes> shadows;
  llvm::DenseMap<llvm::Type *, llvm::Value *> scratches;
};

} // namespace linkgrad
