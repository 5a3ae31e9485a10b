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
//===----------------------------------------------------------------------===//
#pragma once
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
/// A copy of the flags of \p inst that a derivative may have too: never "no NaNs".
llvm::FastMathFlags derivativeFlags(const llvm::Instruction &inst);

/// The members of memory that an untyped move covers, told apart by kind.
struct MoveLayout {
  struct Member {
    llvm::Type *real; ///< null: bytes that are not floating point
    uint64_t offset, size;
  };
  uint64_t period = 1; ///< members repeat after this many bytes
  llvm::SmallVector<Member> members;
  bool conflict = false; ///< pointers and active reals share bytes
  bool anyReal() const {
    return llvm::any_of(members, [](const Member &m) { return m.real; });
  }
  bool allReal() const {
    return llvm::all_of(members, [](const Member &m) { return m.real; });
  }
};
/// \p mask without the lanes for which \p shadow is \p primal.
llvm::Value *lanesWithShadow(llvm::Value *mask, llvm::Value *shadow, llvm::Value *primal, llvm::IRBuilderBase &b);

/// What the memory graph knows of the bytes from \p pointer on.
MoveLayout layoutOfMove(const MemoryGraph &graph, const llvm::Value *pointer, std::optional<int64_t> size);

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
  /// Called after an instruction has been handled.
  virtual void finished(llvm::Instruction &) {}

  void visit(llvm::Instruction &inst);
  void visitCall(llvm::CallBase &call, llvm::IRBuilder<> &b);
  void visitAllocation(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b);
  void visitTapeMemory(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b);
  void visitAllocationByRef(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b);
  void visitKnownCall(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b);
  void returnDestination(llvm::CallBase &call, const llvm::Value *destination, llvm::IRBuilder<> &b);
  void visitStructural(llvm::CallBase &call, llvm::IRBuilder<> &b);
  void visitRealloc(llvm::CallBase &call, const KnownCall &known, llvm::IRBuilder<> &b);
  void buildPointerShadow(llvm::Instruction &inst, llvm::IRBuilder<> &b);
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
