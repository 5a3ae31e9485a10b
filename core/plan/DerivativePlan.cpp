#include "DerivativePlan.h"
#include "../analysis/AdjointTypes.h"
#include "../analysis/BitMoves.h"
#include "../analysis/Overwrites.h"
#include "../analysis/ThrowEffects.h"
#include "../support/LaunchMarks.h"
#include "KeepOrRecompute.h"
#include "Needed.h"
#include "TapeLayout.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace linkgrad;

bool Derivative::usesTape() const { return !plan || plan->usesTape(); }
bool Derivative::needsArgument(unsigned index) const { return !plan || plan->needsArgument(index); }

/// Values that are live across thousands of instructions cost the code generator
/// more than linear time, and end on the stack anyway.
static bool holdsMuchOutsideLoops(const PreparedFunction &function) {
  constexpr size_t much = 1500;
  size_t count = 0;
  for (const BasicBlock &block : function.body())
    if (!function.loops().getLoopFor(&block))
      count += block.size();
  return count > much;
}

DerivativePlan::DerivativePlan(const DerivativeKey &key, const PreparedFunction &function, const MemoryGraph &graph,
                               const CallEffects &effects, const DenseSet<const GlobalVariable *> &activeGlobals,
                               const ActivityAnalysis::BodyOf &graphOf, DerivativeSource source,
                               Diagnostics &diagnostics)
    : planKey(key), prepared(function), memory(graph), calls(effects), shadowedGlobals(activeGlobals),
      active(function, graph, planKey, effects, activeGlobals, graphOf), calleeGraph(graphOf),
      neededArguments(key.arguments.size()) {
  refuseUnsupported(diagnostics);
  if (!diagnostics.empty())
    return;
  if (key.form != DerivativeForm::Forward)
    overwrites = std::make_unique<Overwrites>(prepared, memory, calls, planKey);
  planCalls(source, diagnostics);
  if (!diagnostics.empty() || key.form == DerivativeForm::Forward || !prepared.exit())
    return;
  isLarge = holdsMuchOutsideLoops(prepared);
  NeedCollector(*this).findRelevant();
  findShortcuts();
  NeedCollector(*this).collect();
  KeepOrRecompute(*this).decide();
  TapeLayoutBuilder(*this).build();
  postponedReleases.insert_range(overwrites->postponed());
  overwrites.reset();
  findUnreadMemory();
  // Arguments the reverse sweep reads, directly or to compute something else.
  for (auto [index, argument] : enumerate(prepared.body().args()))
    if (decisions.contains(primalItem(&argument)) || (isLaunch() && index == 0))
      neededArguments.set(index);
}

DerivativePlan::~DerivativePlan() = default;

bool DerivativePlan::touchesTape() const {
  auto usesIt = [](const Derivative *target) { return !target->failed && target->usesTape(); };
  return any_of(layouts, [](const auto &entry) { return entry.second.kind != ScopeLayout::Registers; }) ||
         any_of(plannedCalls, [&](const auto &entry) { return any_of(entry.second.targets, usesIt); });
}

Decision DerivativePlan::decision(Item item) const {
  auto found = decisions.find(item);
  return found == decisions.end() ? Decision::Free : found->second;
}

/// Derivatives of derivatives see a loop: there the tape of the inner one is memory like any other.
bool DerivativePlan::isLaunch() const {
  return prepared.original().hasFnAttribute(launchMark) && planKey.level.isLast && planKey.level.order == 0;
}

const CallBase *DerivativePlan::launchedCall() const {
  if (!isLaunch() || plannedCalls.size() != 1)
    return nullptr;
  const auto &[call, planned] = *plannedCalls.begin();
  const DerivativeKey &kernel = planned.targets.front()->key;
  // The sum of adjoints that travel as integers is taken where their type is known.
  for (auto [argument, activity] : zip(kernel.primal->args(), kernel.arguments))
    if (activity.activity == Activity::Active && !holdsReal(argument.getType()))
      return nullptr;
  return planned.targets.size() == 1 ? call : nullptr;
}

// --- calls ------------------------------------------------------------------

void DerivativePlan::planCalls(DerivativeSource source, Diagnostics &diagnostics) {
  for (BasicBlock &block : prepared.body())
    for (Instruction &inst : block)
      if (auto *call = dyn_cast<CallBase>(&inst))
        planCall(*call, source, diagnostics);
}

void DerivativePlan::planCall(const CallBase &call, DerivativeSource source, Diagnostics &diagnostics) {
  CallEffect effect = calls.classify(call);
  if ((effect.kind != CallClass::Derived && effect.kind != CallClass::Indirect) || !active.isActiveCall(call))
    return;
  for (const Use &argument : call.args())
    if (argument->getType()->isIntOrIntVectorTy() && active.isActive(argument) && !memory.realBits(argument) &&
        passesBits(call, call.getArgOperandNo(&argument)))
      return diagnostics.report(DiagnosticId::FloatBits, call, {userName(prepared.original()), describe(call)});
  if (effect.kind == CallClass::Derived && effect.callee->isVarArg()) {
    // A log line: it may be handed numbers, but nothing differentiable comes of it.
    if (!leavesNothingActive(call, *effect.callee))
      diagnostics.report(DiagnosticId::Variadic, call, {userName(prepared.original()), userName(*effect.callee)});
    return;
  }
  PlannedCall planned;
  SmallVector<Function *> targets = calls.targets(call);
  for (Function *target : targets) {
    if (std::optional<unsigned> blind = blindArgument(call, *target))
      return diagnostics.report(DiagnosticId::BlindCopy, call,
                                {userName(prepared.original()), userName(*target), std::to_string(*blind + 1)});
  }
  if (writesBeforeThrow(call, targets))
    return diagnostics.report(DiagnosticId::CaughtMemory, call,
                              {userName(prepared.original()), userName(*targets.front())});
  for (Function *target : targets) {
    Derivative *derivative = source(keyFor(call, *target));
    // One of several possible targets may be refused: reaching it then stops the program.
    if (derivative->failed && targets.size() == 1)
      return diagnostics.merge(derivative->problems);
    planned.targets.push_back(derivative);
  }
  if (targets.empty() || all_of(planned.targets, [](Derivative *d) { return d->failed; })) {
    for (Derivative *derivative : planned.targets)
      diagnostics.merge(derivative->problems);
    if (targets.empty())
      diagnostics.report(DiagnosticId::UnknownIndirect, call, {userName(prepared.original())});
    return;
  }
  plannedCalls[&call] = std::move(planned);
}

/// An exception is caught here and work goes on, but what the callee has written before
/// is not undone in the reverse sweep.
bool DerivativePlan::writesBeforeThrow(const CallBase &call, ArrayRef<Function *> targets) const {
  auto *invoke = dyn_cast<InvokeInst>(&call);
  if (!invoke || planKey.form == DerivativeForm::Forward || !prepared.returns(invoke->getUnwindDest()))
    return false;
  auto givesMemory = [&](const Value *argument) {
    return holdsPointer(argument->getType()) && active.isActiveMemory(argument, std::nullopt);
  };
  if (none_of(call.args(), givesMemory) && !active.touchesActiveGlobal(call))
    return false;
  ThrowEffects effects(calls, calleeGraph);
  return any_of(targets, [&](Function *target) { return effects.writesBeforeThrow(*target, memory); });
}

/// Whether a function that \p call may reach does anything with an integer argument but count with it.
bool DerivativePlan::passesBits(const CallBase &call, unsigned argument) const {
  return any_of(calls.targets(call), [&](const Function *target) {
    const Function *body = memory.bodyOf(*target);
    return !body || argument >= body->arg_size() || isMovedOn(*body->getArg(argument));
  });
}

/// The call has no active result and writes no number that is differentiated.
bool DerivativePlan::leavesNothingActive(const CallBase &call, const Function &target) const {
  if (active.isActive(&call) || (holdsPointer(call.getType()) && active.hasShadow(&call)))
    return false;
  for (const Value *argument : call.args())
    if (holdsPointer(argument->getType()) && active.hasShadow(argument) &&
        memory.node(memory.of(argument)).origin.written)
      return false;
  const MemoryGraph *callee = calleeGraph(target);
  return callee && none_of(callee->globals(), [&](const GlobalVariable *global) {
           const auto &cells = callee->node(callee->of(global)).cells;
           return shadowedGlobals.contains(global) &&
                  any_of(cells, [](const auto &entry) { return entry.second.real != nullptr; });
         });
}

/// An argument whose memory holds active numbers here, but which the callee handles
/// as bytes without ever saying what they are: its derivative would be silently zero.
std::optional<unsigned> DerivativePlan::blindArgument(const CallBase &call, const Function &target) const {
  const MemoryGraph *callee = calleeGraph(target);
  if (!callee || callee == &memory)
    return std::nullopt;
  const Function *body = memory.bodyOf(target);
  if (!body)
    return std::nullopt;
  for (unsigned i = 0; i < call.arg_size() && i < body->arg_size(); ++i) {
    const Value *argument = call.getArgOperand(i);
    if (!argument->getType()->isPointerTy() || !active.hasShadow(argument))
      continue;
    NodeRef formal = callee->of(body->getArg(i));
    if (!formal || !active.isActiveMemory(argument, std::nullopt))
      continue;
    const MemoryGraph::Node &node = callee->node(formal);
    bool touched = node.origin.read || node.origin.written;
    bool known = any_of(node.cells, [](const auto &entry) { return entry.second.real || entry.second.pointer; });
    bool holdsReals = false;
    memory.forEachCell(memory.of(argument), std::nullopt,
                       [&](int64_t, const Cell &cell) { holdsReals |= cell.real != nullptr; });
    if (touched && !known && holdsReals && node.origin.copied)
      return i;
  }
  return std::nullopt;
}

DerivativeKey DerivativePlan::keyFor(const CallBase &call, Function &target) const {
  DerivativeKey key;
  key.primal = &target;
  bool forward = planKey.form == DerivativeForm::Forward;
  key.form = forward ? DerivativeForm::Forward : DerivativeForm::Split;
  key.width = planKey.width;
  key.level = planKey.level;
  if (isLaunch())
    key.concurrency = Concurrency::Kernel;
  else if (planKey.concurrency != Concurrency::None)
    key.concurrency = Concurrency::Callee;
  Activity byValue = forward ? Activity::Duplicated : Activity::Active;
  for (const Value *argument : call.args()) {
    if (key.arguments.size() == target.arg_size())
      break;
    ArgumentActivity activity;
    if (holdsPointer(argument->getType()) && active.hasShadow(argument)) {
      activity.activity = Activity::Duplicated;
      activity.mayBeConstant = active.mayBeConstant(argument);
    } else if (active.isActive(argument) && (holdsReal(argument->getType()) || memory.realBits(argument))) {
      activity.activity = byValue;
    }
    activity.stable = overwrites && holdsPointer(argument->getType()) && overwrites->isStable(call, argument);
    key.arguments.push_back(activity);
  }
  if (holdsPointer(call.getType()) && active.hasShadow(&call))
    key.result = Activity::Duplicated;
  else if (active.isActive(&call) && (holdsReal(call.getType()) || memory.realBits(&call)))
    key.result = byValue;
  return key;
}

// --- refusals ---------------------------------------------------------------

void DerivativePlan::refuseUnsupported(Diagnostics &diagnostics) {
  std::string name = userName(prepared.original());
  if (!prepared.unsupportedControlFlow().empty() && planKey.form != DerivativeForm::Forward)
    return diagnostics.report(DiagnosticId::ControlFlow, prepared.original(),
                              {name, prepared.unsupportedControlFlow().str()});
  for (BasicBlock &block : prepared.body())
    for (Instruction &inst : block)
      refuseInstruction(inst, diagnostics);
}

/// Integer instructions that only move the bits of a float, if it can be seen of which.
static bool isRepairable(const Instruction &inst) {
  return isa<PHINode, SelectInst, FreezeInst>(inst) ? adjointType(&inst) != nullptr
                                                    : isa<BitCastInst, ExtractValueInst>(inst);
}

/// Bytes that are a pointer at one time and an active number at another.
bool DerivativePlan::sharesBytesWithPointer(const Instruction &inst) const {
  const Value *pointer = getLoadStorePointerOperand(&inst);
  if (!pointer || !active.hasShadow(pointer))
    return false;
  int64_t size = inst.getDataLayout().getTypeStoreSize(getLoadStoreType(&inst)).getKnownMinValue();
  bool shared = false;
  memory.forEachCell(memory.of(pointer), size, [&](int64_t, const Cell &cell) { shared |= cell.real && cell.pointer; });
  return shared;
}

/// A copy of bytes that are numbers of different sizes at different times.
bool DerivativePlan::copiesMixedReals(const LoadInst &load) const {
  if (planKey.form == DerivativeForm::Forward || !active.isActive(&load) || !isPassedOn(load))
    return false;
  int64_t size = load.getDataLayout().getTypeStoreSize(load.getType()).getKnownMinValue();
  bool mixed = false;
  memory.forEachCell(memory.of(load.getPointerOperand()), size,
                     [&](int64_t, const Cell &cell) { mixed |= cell.mixedReals; });
  return mixed;
}

bool DerivativePlan::refuseInstruction(const Instruction &inst, Diagnostics &diagnostics) {
  std::string name = userName(prepared.original());
  if (auto *load = dyn_cast<LoadInst>(&inst); load && copiesMixedReals(*load)) {
    diagnostics.report(DiagnosticId::MixedTypes, inst, {name, describe(inst)});
    return true;
  }
  bool isTextWithShadow =
      libraryMemberOf(inst) == LibraryMember::Text && isa<LoadInst>(inst) && active.hasShadow(&inst);
  if (isTextWithShadow || (inst.getType()->isPointerTy() && active.isLostText(&inst))) {
    diagnostics.report(DiagnosticId::MixedTypes, inst, {name, describe(inst)});
    return true;
  }
  if (auto *call = dyn_cast<CallBase>(&inst); call && !movesBits(inst))
    return refuseCall(*call, diagnostics);
  if (auto *store = dyn_cast<StoreInst>(&inst)) {
    if (!active.isLostStore(*store))
      return false;
    std::string pointer = store->getPointerOperand()->getNameOrAsOperand();
    diagnostics.report(DiagnosticId::ConstOverwritten, inst, {name, "'" + pointer + "'"});
    return true;
  }
  if (!active.isActive(&inst))
    return false;
  if (inst.getType()->isIntOrIntVectorTy()) {
    // In forward mode bits and their tangents are moved alike.
    bool moved = planKey.form == DerivativeForm::Forward && active.isWord(&inst) &&
                 (isa<LoadInst>(inst) || movesWholeBytes(inst));
    bool anchored = isa<CallBase>(inst) && !movesBits(inst) && memory.realBits(&inst);
    if (isRepairable(inst) || moved || anchored)
      return false;
    diagnostics.report(DiagnosticId::FloatBits, inst, {name, describe(inst)});
    return true;
  }
  bool known =
      findScalarRule(inst) || isa<LoadInst, PHINode, SelectInst, FreezeInst, BitCastInst, ExtractElementInst,
                                  InsertElementInst, ShuffleVectorInst, ExtractValueInst, InsertValueInst>(inst);
  if (auto *rmw = dyn_cast<AtomicRMWInst>(&inst))
    known = (rmw->getOperation() == AtomicRMWInst::FAdd || rmw->getOperation() == AtomicRMWInst::FSub);
  if (known)
    return false;
  diagnostics.report(DiagnosticId::NoRuleInstruction, inst, {name, describe(inst)});
  return true;
}

bool DerivativePlan::refuseCall(const CallBase &call, Diagnostics &diagnostics) {
  CallEffect effect = calls.classify(call);
  std::string name = userName(prepared.original());
  if (effect.kind == CallClass::InlineAsm && active.isActiveCall(call)) {
    // Assembly that touches memory only through "memory" (a compiler fence) is harmless.
    if (call.arg_size() == 0 && call.getType()->isVoidTy())
      return false;
    diagnostics.report(DiagnosticId::InlineAsm, call, {name});
    return true;
  }
  if (effect.kind != CallClass::Unknown || !active.isActiveCall(call))
    return false;
  diagnostics.report(DiagnosticId::NoRuleCall, call, {name, userName(*effect.callee)});
  return true;
}

// --- shortcuts --------------------------------------------------------------

/// If nothing between a block and a dominator in the same loop has a reverse, the
/// reverse sweep goes straight to the dominator: no choice to remember, no loop
/// to run backwards.
void DerivativePlan::findShortcuts() {
  const DominatorTree &dt = prepared.dominators();
  const LoopInfo &loops = prepared.loops();
  DenseSet<const BasicBlock *> busy;
  for (const Instruction *inst : relevant)
    busy.insert(inst->getParent());
  for (const BasicBlock &block : prepared.body()) {
    if (!prepared.returns(&block) || loops.isLoopHeader(&block) || pred_empty(&block))
      continue;
    const BasicBlock *only = block.getSinglePredecessor();
    if (only && loops.getLoopFor(only) == loops.getLoopFor(&block))
      continue;
    if (any_of(block.phis(), [&](const PHINode &phi) { return relevant.contains(&phi); }))
      continue;
    auto *node = dt.getNode(&block)->getIDom();
    while (node && loops.getLoopFor(node->getBlock()) != loops.getLoopFor(&block))
      node = node->getIDom();
    if (!node)
      continue;
    const BasicBlock *dominator = node->getBlock();
    // Everything on a path from the dominator to the block, found backwards.
    DenseSet<const BasicBlock *> between;
    SmallVector<const BasicBlock *> worklist(predecessors(&block));
    bool quiet = true;
    while (quiet && !worklist.empty()) {
      const BasicBlock *next = worklist.pop_back_val();
      if (next == dominator || !between.insert(next).second)
        continue;
      quiet = !busy.contains(next);
      append_range(worklist, predecessors(next));
    }
    // An invoke that ends the dominator is reversed on its edge, so the edge must be taken.
    if (quiet && !(isa<InvokeInst>(dominator->getTerminator()) && busy.contains(dominator)))
      shortcuts[&block] = dominator;
  }
}

/// What is written through an argument whose primal the request does not need, if
/// this function does not read it either: neither itself, nor in a callee, nor
/// through another pointer (the argument is noalias).
void DerivativePlan::findUnreadMemory() {
  if (planKey.form != DerivativeForm::Gradient)
    return;
  DenseSet<unsigned> elsewhere;
  for (auto [argument, activity] : zip(prepared.body().args(), planKey.arguments))
    if (NodeRef ref = memory.of(&argument)) {
      const Origin &origin = memory.node(ref).origin;
      bool onlyWritten = !origin.read && !origin.stack && !origin.heap && !origin.global && !origin.unknown;
      if (activity.primalUnread && argument.hasNoAliasAttr() && onlyWritten && !memory.anyPointer(ref))
        unreadNodes.insert(ref.node);
      else
        memory.reachable(ref, elsewhere);
    }
  if (unreadNodes.empty())
    return;
  for (const BasicBlock &block : prepared.body())
    for (const Instruction &inst : block)
      for (const Value *operand : inst.operands())
        if (holdsPointer(operand->getType()) && !isa<StoreInst, GetElementPtrInst, PHINode, SelectInst>(inst))
          memory.reachable(memory.of(operand), elsewhere);
  for (unsigned id : elsewhere)
    unreadNodes.erase(id);
}

bool DerivativePlan::isUnread(const StoreInst &store) const {
  if (unreadNodes.empty() || !store.isSimple() || holdsPointer(store.getValueOperand()->getType()))
    return false;
  NodeRef ref = memory.of(store.getPointerOperand());
  return ref && unreadNodes.contains(ref.node);
}

void DerivativePlan::print(raw_ostream &os) const {
  static const char *names[] = {"free", "keep", "recompute", "induction"};
  os << "plan for " << prepared.original().getName() << "\n";
  active.print(os);
  for (Item item : needed)
    os << "  needs " << (item.getInt() ? "shadow of " : "") << item.getPointer()->getNameOrAsOperand() << ": "
       << names[unsigned(decision(item))] << "\n";
  for (auto &[item, slot] : slots)
    os << "  keeps " << (item.getInt() ? "shadow of " : "") << item.getPointer()->getNameOrAsOperand() << " in "
       << (slot.scope ? slot.scope->getHeader()->getName() : "function") << " slot " << slot.index << "\n";
}
