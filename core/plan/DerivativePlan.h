//===- DerivativePlan.h - every decision about one derivative ---*- C++ -*-===//
//
// Analyses know, the plan decides, emitters write.  A plan says
//   * what each call of the primal becomes,
//   * which primal values and shadow pointers the reverse sweep reads, and for
//     each whether the forward sweep keeps it on the tape or the reverse sweep
//     computes it again,
//   * where on the tape everything lies,
//   * which blocks the reverse sweep need not visit.
// It is immutable once made, and printable.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../analysis/ActivityAnalysis.h"
#include "../support/Diagnostics.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/PointerIntPair.h"
#include <memory>

namespace linkgrad {

class DerivativePlan;
class Overwrites;

/// One derivative function (or pair of them) and what its callers must know.
struct Derivative {
  DerivativeKey key;
  llvm::Function *jvp = nullptr;        ///< form Forward
  llvm::Function *gradient = nullptr;   ///< form Gradient
  llvm::Function *augmented = nullptr;  ///< form Split
  llvm::Function *pullback = nullptr;   ///< form Split
  std::unique_ptr<DerivativePlan> plan; ///< null while it is being made (recursion)
  bool failed = false;                  ///< refused; reported in `problems`
  Diagnostics problems;

  /// Whether the forward sweep leaves something on the tape.  Until the plan is
  /// made (recursion) the answer is yes.
  bool usesTape() const;
  /// Whether the pullback reads the primal value of argument \p index.
  bool needsArgument(unsigned index) const;
};

/// What a primal value or shadow pointer is to the reverse sweep.
enum class Decision : uint8_t {
  Free,      ///< at hand: a constant, an argument, or (one function) in a register
  Keep,      ///< on the tape
  Recompute, ///< from its operands, loads included
  Induction, ///< start + iteration * step
};

/// A primal value, or the shadow of one.
using Item = llvm::PointerIntPair<const llvm::Value *, 1, bool>;
inline Item primalItem(const llvm::Value *value) { return Item(value, false); }
inline Item shadowItem(const llvm::Value *value) { return Item(value, true); }

struct Induction {
  const llvm::Loop *loop;
  const llvm::Value *start;
  const llvm::Value *step; ///< an integer; bytes if the variable is a pointer
};

/// The place of one kept item: slot number \p index of \p scope's layout.
struct Slot {
  const llvm::Loop *scope; ///< null: the function
  unsigned index;
};

/// The tape of one scope (a loop, or the function: null).
///   Registers: the function scope of a gradient function; nothing is in memory.
///   Frame:     the function scope of an augmented or a large gradient function; pushed once.
///   Record:    an uncounted loop; one record per iteration.
///   Region:    a counted loop; one array per slot, indexed by the iteration.
struct ScopeLayout {
  enum Kind : uint8_t { Registers, Frame, Record, Region } kind = Registers;
  llvm::SmallVector<llvm::Type *> slots;
  llvm::SmallVector<uint64_t> offsets; ///< Frame, Record: bytes; Region: bytes per element before this slot
  uint64_t bytes = 0;                  ///< Frame, Record: size; Region: bytes per element
  /// More is pushed before this scope ends, so that its start must be found
  /// through a footer.
  bool dynamicInside = false;
  std::string name; ///< of what it holds on the tape
  /// Region: where the base pointer is kept, a slot of the scope around the region's root.
  Slot base{};
};

/// What a call to differentiated code becomes: one derivative per possible target.
struct PlannedCall {
  llvm::SmallVector<Derivative *, 1> targets;
};

/// Gives (and if necessary makes) the derivative for a key.
using DerivativeSource = llvm::function_ref<Derivative *(const DerivativeKey &)>;

class DerivativePlan {
public:
  /// Plans \p key; failures go to \p diagnostics.
  DerivativePlan(const DerivativeKey &key, const PreparedFunction &function, const MemoryGraph &graph,
                 const CallEffects &effects, const llvm::DenseSet<const llvm::GlobalVariable *> &activeGlobals,
                 const ActivityAnalysis::BodyOf &graphOf, DerivativeSource source, Diagnostics &diagnostics);

  ~DerivativePlan();

  const DerivativeKey &key() const { return planKey; }
  const PreparedFunction &function() const { return prepared; }
  const ActivityAnalysis &activity() const { return active; }
  const MemoryGraph &graph() const { return memory; }
  const CallEffects &effects() const { return calls; }
  const llvm::DenseSet<const llvm::GlobalVariable *> &activeGlobals() const { return shadowedGlobals; }
  const PlannedCall *plannedCall(const llvm::CallBase &call) const {
    auto found = plannedCalls.find(&call);
    return found == plannedCalls.end() ? nullptr : &found->second;
  }

  Decision decision(Item item) const;
  const Induction &induction(const llvm::Value *phi) const { return inductions.find(phi)->second; }
  const Slot *slot(Item item) const {
    auto found = slots.find(item);
    return found == slots.end() ? nullptr : &found->second;
  }
  const llvm::MapVector<Item, Slot> &keptItems() const { return slots; }
  const ScopeLayout *layout(const llvm::Loop *scope) const {
    auto found = layouts.find(scope);
    return found == layouts.end() ? nullptr : &found->second;
  }
  /// The block whose reverse follows the reverse of \p block when nothing that
  /// lies between matters; null if each predecessor must be visited.
  const llvm::BasicBlock *shortcut(const llvm::BasicBlock *block) const { return shortcuts.lookup(block); }
  bool usesTape() const { return tapeUsed; }
  /// What a gradient function computes outside of loops stays in registers; but not
  /// where that would be thousands of values, live from one sweep to the other.
  bool keepsInRegisters() const { return planKey.form == DerivativeForm::Gradient && !isLarge; }
  /// In a large function later passes should not search the whole of it for the store
  /// behind each slot that is read: such accesses are volatile.
  bool hidesSlots(const llvm::Loop *scope) const { return isLarge && !scope; }
  /// Whether anything of this function or its callees lies on the tape at any time.
  bool touchesTape() const;
  bool needsArgument(unsigned index) const { return neededArguments.test(index); }
  /// A call of its kernel for every index, whose derivative is that of a launch.
  bool isLaunch() const;
  /// The call of the kernel in a launch; null if this is none, or the kernel has no derivative.
  const llvm::CallBase *launchedCall() const;
  /// An instruction the reverse sweep has work for.
  bool hasReverse(const llvm::Instruction &inst) const { return relevant.contains(&inst); }
  /// Type of the tape that the custom augmented function of \p call returns, or null.
  llvm::Type *ruleTapeType(const llvm::CallBase &call) const { return ruleTapeTypes.lookup(&call); }
  /// A load or store of bytes whose shadow is a shadow pointer at one time and an
  /// adjoint at another: whoever changes its kind clears it.
  bool sharesBytesWithPointer(const llvm::Instruction &inst) const;
  /// A release that must wait until the reverse sweep is over, because that reads the memory.
  bool isPostponed(const llvm::CallBase &call) const { return postponedReleases.contains(&call); }
  /// A store whose result nobody reads, because the request says so.
  bool isUnread(const llvm::StoreInst &store) const;
  /// Offset in the frame of the shadow of a local variable (form Split).
  std::optional<uint64_t> shadowStorage(const llvm::AllocaInst &alloca) const {
    auto found = storage.find(&alloca);
    return found == storage.end() ? std::nullopt : std::optional<uint64_t>(found->second);
  }
  const llvm::MapVector<const llvm::AllocaInst *, uint64_t> &shadowStorages() const { return storage; }

  void print(llvm::raw_ostream &os) const;

private:
  friend class NeedCollector;
  friend class KeepOrRecompute;
  friend class TapeLayoutBuilder;

  void planCalls(DerivativeSource source, Diagnostics &diagnostics);
  void planCall(const llvm::CallBase &call, DerivativeSource source, Diagnostics &diagnostics);
  bool writesBeforeThrow(const llvm::CallBase &call, llvm::ArrayRef<llvm::Function *> targets) const;
  bool passesBits(const llvm::CallBase &call, unsigned argument) const;
  bool leavesNothingActive(const llvm::CallBase &call, const llvm::Function &target) const;
  std::optional<unsigned> blindArgument(const llvm::CallBase &call, const llvm::Function &target) const;
  DerivativeKey keyFor(const llvm::CallBase &call, llvm::Function &target) const;
  void refuseUnsupported(Diagnostics &diagnostics);
  bool refuseInstruction(const llvm::Instruction &inst, Diagnostics &diagnostics);
  bool refuseCall(const llvm::CallBase &call, Diagnostics &diagnostics);
  bool copiesMixedReals(const llvm::LoadInst &load) const;
  void findShortcuts();
  void findUnreadMemory();

  DerivativeKey planKey;
  const PreparedFunction &prepared;
  const MemoryGraph &memory;
  const CallEffects &calls;
  const llvm::DenseSet<const llvm::GlobalVariable *> &shadowedGlobals;
  ActivityAnalysis active;
  ActivityAnalysis::BodyOf calleeGraph;

  llvm::DenseMap<const llvm::CallBase *, PlannedCall> plannedCalls;
  llvm::DenseSet<const llvm::Instruction *> relevant;
  llvm::DenseMap<const llvm::BasicBlock *, const llvm::BasicBlock *> shortcuts;
  llvm::SetVector<Item> needed;
  llvm::DenseMap<Item, Decision> decisions;
  llvm::DenseMap<const llvm::Value *, Induction> inductions;
  llvm::MapVector<Item, Slot> slots;
  llvm::DenseMap<const llvm::Loop *, ScopeLayout> layouts;
  llvm::MapVector<const llvm::AllocaInst *, uint64_t> storage;
  llvm::DenseMap<const llvm::CallBase *, llvm::Type *> ruleTapeTypes;
  llvm::DenseSet<const llvm::CallBase *> postponedReleases;
  llvm::DenseSet<unsigned> unreadNodes;
  std::unique_ptr<Overwrites> overwrites; ///< null once the plan is made, and in forward mode
  llvm::BitVector neededArguments;
  bool tapeUsed = false;
  bool isLarge = false;
};

} // namespace linkgrad
