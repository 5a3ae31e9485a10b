#include "ActivityAnalysis.h"
#include "../rules/TapeMarks.h"
#include "BitMoves.h"
#include "CountedBits.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace linkgrad;

ActivityAnalysis::ActivityAnalysis(const PreparedFunction &function, const MemoryGraph &graph, const DerivativeKey &key,
                                   const CallEffects &effects, const DenseSet<const GlobalVariable *> &activeGlobals,
                                   BodyOf graphOf)
    : function(function), graph(graph), key(key), effects(effects), activeGlobals(activeGlobals),
      graphOf(std::move(graphOf)), nodeFacts(graph.size()) {
  seedOrigins();
  solve(/*forVaried=*/true);
  solve(/*forVaried=*/false);
  computeShadowed();
  computeWords();
}

// --- origins ----------------------------------------------------------------

void ActivityAnalysis::seedReachable(NodeRef ref, function_ref<void(NodeFacts &)> mark) {
  DenseSet<unsigned> found;
  graph.reachable(ref, found);
  for (unsigned id : found)
    mark(nodeFacts[id]);
}

/// Memory that consists of globals which the program has declared inactive.
bool ActivityAnalysis::isDeclaredInactive(const MemoryGraph::Node &node) const {
  const Origin &origin = node.origin;
  return !origin.stack && !origin.heap && !origin.argument && !origin.unknown &&
         all_of(node.sites, [&](const Value *site) { return effects.isInactive(site); });
}

void ActivityAnalysis::seedOrigins() {
  for (auto [argument, activity] : zip(function.body().args(), key.arguments)) {
    if (activity.activity == Activity::Active ||
        (activity.activity == Activity::Duplicated && !holdsPointer(argument.getType())))
      varied.insert(&argument);
    if (!holdsPointer(argument.getType()))
      continue;
    seedReachable(graph.of(&argument), [&](NodeFacts &facts) {
      bool duplicated = activity.activity == Activity::Duplicated;
      facts.allVaried |= duplicated;
      facts.allUseful |= duplicated;
      facts.shadowOrigin |= duplicated;
      facts.constantOrigin |= !duplicated || activity.mayBeConstant;
      facts.maybe |= activity.mayBeConstant;
    });
  }
  for (const GlobalVariable *global : graph.globals()) {
    if (isTapeDescriptor(*global)) {
      seedTape(graph.of(global));
      continue;
    }
    bool active = activeGlobals.contains(global);
    NodeFacts &own = nodeFacts[graph.of(global).node];
    seedReachable(graph.of(global), [&](NodeFacts &facts) {
      // What an active global points to when differentiation starts has no shadow.
      facts.maybe |= active && &facts != &own;
      facts.allVaried |= active;
      facts.allUseful |= active;
      facts.shadowOrigin |= active;
      facts.constantOrigin |= !active;
    });
    nodeFacts[graph.of(global).node].inactive = isDeclaredInactive(graph.node(graph.of(global)));
  }
  for (unsigned id = 0; id < graph.size(); ++id) {
    const Origin &origin = graph.node({id, 0}).origin;
    nodeFacts[id].shadowOrigin |= origin.stack || origin.heap || origin.tape;
    nodeFacts[id].constantOrigin |= (origin.unknown && !origin.argument) || origin.constantGlobal;
    if (graph.isText(id)) {
      nodeFacts[id] = NodeFacts();
      nodeFacts[id].constantOrigin = nodeFacts[id].inactive = true;
    }
  }
  if (Type *type = function.body().getReturnType(); holdsPointer(type) && key.result == Activity::Duplicated)
    seedReachable(graph.returned(function.body()), [](NodeFacts &facts) { facts.allVaried = facts.allUseful = true; });
}

/// What one function keeps on the tape another reads.  Neither knows what the other
/// does with it, so everything there is active; pointers there may have shadows or not.
void ActivityAnalysis::seedTape(NodeRef descriptor) {
  if (isBalanced(function.body()))
    return; // both are called from here
  DenseSet<unsigned> found;
  graph.reachable(descriptor, found);
  for (unsigned id : found) {
    NodeFacts &facts = nodeFacts[id];
    bool elsewhere = !graph.node({id, 0}).origin.tape;
    facts.allVaried = facts.allUseful = facts.shadowOrigin = true;
    facts.constantOrigin |= elsewhere;
    facts.maybe |= elsewhere;
  }
}

/// A node needs a shadow if it has active cells or leads to a node that does.
void ActivityAnalysis::computeShadowed() {
  std::vector<SmallVector<unsigned, 2>> pointedFrom(graph.size());
  SmallVector<unsigned> worklist;
  auto add = [&](unsigned id) {
    if (!nodeFacts[id].shadowed && nodeFacts[id].shadowOrigin) {
      nodeFacts[id].shadowed = true;
      worklist.push_back(id);
    }
  };
  for (unsigned id = 0; id < graph.size(); ++id) {
    const MemoryGraph::Node &node = graph.node({id, 0});
    if (node.parent != id)
      continue;
    bool active = nodeFacts[id].allVaried && nodeFacts[id].allUseful;
    for (const auto &entry : node.cells) {
      if (NodeRef target = graph.resolve(entry.second.target))
        pointedFrom[target.node].push_back(id);
      active |= hasFlag(entry.second, id, Varied) && hasFlag(entry.second, id, Useful);
    }
    if (active)
      add(id);
  }
  auto follow = [&] {
    while (!worklist.empty())
      for (unsigned id : pointedFrom[worklist.pop_back_val()])
        add(id);
  };
  follow();
  // A part of the tape is born with the whole.
  auto isActiveTape = [&](unsigned id) { return nodeFacts[id].shadowed && graph.node({id, 0}).origin.tape; };
  if (any_of(seq(graph.size()), isActiveTape))
    for (unsigned id = 0; id < graph.size(); ++id)
      if (graph.node({id, 0}).parent == id && graph.node({id, 0}).origin.tapeStart)
        add(id);
  follow();
}

// --- cells ------------------------------------------------------------------

bool ActivityAnalysis::hasFlag(const Cell &cell, unsigned node, uint8_t flags) const {
  uint8_t have = cellFlags.lookup(&cell);
  if (nodeFacts[node].allVaried)
    have |= Varied;
  if (nodeFacts[node].allUseful)
    have |= Useful;
  if (nodeFacts[node].inactive)
    return false;
  return (have & flags) == flags;
}

/// A number that is more than an integer's reason.  Of memory that only this function
/// and its callees know, they know everything.
bool ActivityAnalysis::holdsNumber(const Cell &cell, unsigned node) const {
  const Origin &origin = graph.node({node, 0}).origin;
  bool ours = !origin.argument && !origin.global && !origin.unknown && !origin.tape;
  return cell.real && !(cell.decides && ours);
}

/// Whether the number in \p cell, which starts at \p offset from what is asked about, ends before
/// it: a word that a float was moved with is longer.
static bool endsBefore(const Cell &cell, int64_t offset) {
  return cell.real && !cell.mixedReals && offset < 0 && int64_t(cell.real->getPrimitiveSizeInBits() / 8) <= -offset;
}

bool ActivityAnalysis::anyCell(NodeRef ref, std::optional<int64_t> size, uint8_t flags, bool onlyReals) const {
  ref = graph.resolve(ref);
  bool found = false;
  graph.forEachCell(ref, size, [&](int64_t offset, const Cell &cell) {
    if (!onlyReals || (holdsNumber(cell, ref.node) && !endsBefore(cell, offset)))
      found |= hasFlag(cell, ref.node, flags);
  });
  return found;
}

bool ActivityAnalysis::markCells(NodeRef ref, std::optional<int64_t> size, CellFlag flag, bool onlyReals) {
  ref = graph.resolve(ref);
  bool changed = false;
  graph.forEachCell(ref, size, [&](int64_t offset, const Cell &cell) {
    if (onlyReals && (!holdsNumber(cell, ref.node) || endsBefore(cell, offset)))
      return;
    uint8_t &flags = cellFlags[&cell];
    changed |= !(flags & flag);
    flags |= flag;
  });
  return changed;
}

bool ActivityAnalysis::copyFlags(NodeRef from, NodeRef to, std::optional<int64_t> size, CellFlag flag) {
  from = graph.resolve(from);
  to = graph.resolve(to);
  bool changed = false;
  if (!from || !to)
    return false;
  graph.forEachCell(from, size, [&](int64_t offset, const Cell &cell) {
    if (!hasFlag(cell, from.node, flag) || !cell.real)
      return;
    changed |= markCells({to.node, to.offset + offset}, std::max<int64_t>(cell.size, 1), flag, true);
  });
  return changed;
}

// --- varied -----------------------------------------------------------------

void ActivityAnalysis::solve(bool forVaried) {
  ReversePostOrderTraversal<const Function *> order(&function.body());
  bool changed = true;
  while (changed) {
    changed = false;
    if (forVaried) {
      for (const BasicBlock *block : order)
        for (const Instruction &inst : *block)
          changed |= addVaried(inst);
      continue;
    }
    for (const BasicBlock *block : post_order(&function.body()))
      for (const Instruction &inst : reverse(*block))
        changed |= addUseful(inst);
  }
}

static std::optional<int64_t> accessSize(Type *type, const Instruction &inst) {
  return inst.getDataLayout().getTypeStoreSize(type).getKnownMinValue();
}

static std::optional<int64_t> constantSize(const Value *size) {
  if (auto *constant = dyn_cast<ConstantInt>(size))
    return constant->getSExtValue();
  return std::nullopt;
}

/// In forward mode bits and their tangents are moved alike, as long as they are only moved.
bool ActivityAnalysis::isInteger(const LoadInst &load) const {
  bool isOnlyMoved = none_of(load.users(), [](const User *user) {
    auto *inst = dyn_cast<Instruction>(user);
    return inst && movesBits(*inst) && !movesWholeBytes(*inst) && !countsWithBits(*inst);
  });
  return !(key.form == DerivativeForm::Forward && isOnlyMoved) && graph.isInteger(load);
}

bool ActivityAnalysis::addVaried(const Instruction &inst) {
  if (auto *store = dyn_cast<StoreInst>(&inst)) {
    const Value *value = store->getValueOperand();
    return varied.contains(value) && markCells(graph.of(store->getPointerOperand()), accessSize(value->getType(), inst),
                                               Varied, !holdsReal(value->getType()));
  }
  if (auto *call = dyn_cast<CallBase>(&inst); call && !movesBits(inst))
    return addVariedCall(*call);
  if (varied.contains(&inst))
    return false;
  if (auto *rmw = dyn_cast<AtomicRMWInst>(&inst)) {
    NodeRef ref = graph.of(rmw->getPointerOperand());
    auto size = accessSize(rmw->getType(), inst);
    bool changed = varied.contains(rmw->getValOperand()) && markCells(ref, size, Varied, !holdsReal(rmw->getType()));
    if (holdsReal(rmw->getType()) && anyCell(ref, size, Varied, true))
      changed |= varied.insert(&inst).second;
    return changed;
  }
  if (auto *load = dyn_cast<LoadInst>(&inst)) {
    if (load->getType()->isPtrOrPtrVectorTy())
      return false;
    if (!holdsReal(load->getType()) && (isInteger(*load) || !isMovedAsNumber(*load)))
      return false;
    bool isVaried = anyCell(graph.of(load->getPointerOperand()), accessSize(load->getType(), inst), Varied, true);
    return isVaried && varied.insert(&inst).second;
  }
  bool carries = holdsReal(inst.getType()) || movesBits(inst) || movesStructOfBits(inst);
  if (!carries || isa<SIToFPInst, UIToFPInst, LandingPadInst>(inst))
    return false;
  if (auto *operation = dyn_cast<BinaryOperator>(&inst);
      operation && inst.getType()->isIntOrIntVectorTy() && countsInMemory(*operation))
    return false;
  // The integer of a struct that holds numbers too is none.
  if (isa<ExtractValueInst>(inst) && !holdsReal(inst.getType()) && !graph.realBits(&inst))
    return false;
  if (auto *cast = dyn_cast<BitCastInst>(&inst); cast && !rootsCountedWith(*cast).empty())
    return varied.insert(&inst).second;
  const ScalarRule *rule = findScalarRule(inst);
  for (unsigned i = 0; i < inst.getNumOperands(); ++i) {
    if (!varied.contains(inst.getOperand(i)) || (isa<SelectInst>(inst) && i == 0))
      continue;
    if (rule && i < 3 && (rule->zero[i] || !rule->partial[i]))
      continue;
    return varied.insert(&inst).second;
  }
  return false;
}

void ActivityAnalysis::callNodes(const CallBase &call, DenseSet<unsigned> &found) const {
  for (const Value *argument : call.args())
    if (holdsPointer(argument->getType()))
      graph.reachable(graph.of(argument), found);
}

bool ActivityAnalysis::touchesActiveGlobal(const CallBase &call) const {
  for (Function *target : effects.targets(call))
    if (const MemoryGraph *callee = graphOf(*target))
      for (const GlobalVariable *global : callee->globals())
        if (activeGlobals.contains(global) || (isTapeDescriptor(*global) && !isBalanced(*target)))
          return true;
  return false;
}

/// Whether a call is given memory of which some real cell has \p flag.
bool ActivityAnalysis::reaches(const CallBase &call, uint8_t flag) const {
  DenseSet<unsigned> found;
  callNodes(call, found);
  // What the callee made and returns matters as what it was given does.
  if ((flag & Useful) && holdsPointer(call.getType()))
    graph.reachable(graph.of(&call), found);
  for (unsigned id : found) {
    if ((flag & Varied) && nodeFacts[id].allVaried)
      return true;
    for (const auto &entry : graph.node({id, 0}).cells)
      if ((entry.second.real || !entry.second.pointer) && hasFlag(entry.second, id, flag))
        return true;
  }
  return false;
}

bool ActivityAnalysis::markReachable(const CallBase &call, CellFlag flag) {
  DenseSet<unsigned> found;
  callNodes(call, found);
  if (holdsPointer(call.getType()))
    graph.reachable(graph.of(&call), found);
  bool changed = false;
  for (unsigned id : found) {
    const Origin &origin = graph.node({id, 0}).origin;
    bool concerned = flag == Varied ? origin.written : origin.read || origin.written;
    if (concerned)
      for (const auto &entry : graph.node({id, 0}).cells) {
        uint8_t &flags = cellFlags[&entry.second];
        changed |= !(flags & flag);
        flags |= flag;
      }
  }
  return changed;
}

bool ActivityAnalysis::addVariedCall(const CallBase &call) {
  CallEffect effect = effects.classify(call);
  if (effect.kind == CallClass::Inactive)
    return false;
  if (effect.kind == CallClass::Scalar) {
    for (unsigned i = 0; i < call.arg_size() && i < effect.scalar->arity; ++i)
      if (varied.contains(call.getArgOperand(i)) && effect.scalar->partial[i] && !effect.scalar->zero[i])
        return varied.insert(&call).second;
    return false;
  }
  if (auto *transfer = dyn_cast<AnyMemTransferInst>(&call))
    return copyFlags(graph.of(transfer->getRawSource()), graph.of(transfer->getRawDest()),
                     constantSize(transfer->getLength()), Varied);
  if (effect.kind == CallClass::Intrinsic) {
    if (call.getIntrinsicID() == Intrinsic::masked_load || call.getIntrinsicID() == Intrinsic::masked_gather) {
      bool isVaried =
          holdsReal(call.getType()) && (anyCell(graph.of(call.getArgOperand(0)), std::nullopt, Varied, true) ||
                                        varied.contains(call.getArgOperand(call.arg_size() - 1)));
      return isVaried && varied.insert(&call).second;
    }
    if (call.getIntrinsicID() == Intrinsic::masked_store || call.getIntrinsicID() == Intrinsic::masked_scatter)
      return varied.contains(call.getArgOperand(0)) &&
             markCells(graph.of(call.getArgOperand(1)), std::nullopt, Varied, true);
    for (const Value *argument : call.args())
      if (varied.contains(argument) && holdsReal(call.getType()))
        return varied.insert(&call).second;
    return false;
  }
  if (effect.kind == CallClass::Known) {
    if (effect.known->kind == CallKind::Transfer)
      return copyFlags(graph.of(call.getArgOperand(effect.known->source)),
                       graph.of(call.getArgOperand(effect.known->pointer)),
                       constantSize(call.getArgOperand(effect.known->size)), Varied);
    if (effect.known->kind != CallKind::RuntimeRule)
      return false;
  }
  bool any = any_of(call.args(), [&](const Use &argument) { return varied.contains(argument.get()); }) ||
             reaches(call, Varied) || touchesActiveGlobal(call);
  if (!any)
    return false;
  bool changed = markReachable(call, Varied);
  if (holdsReal(call.getType()) || graph.realBits(&call))
    changed |= varied.insert(&call).second;
  return changed;
}

// --- useful -----------------------------------------------------------------

bool ActivityAnalysis::addUseful(const Instruction &inst) {
  if (auto *ret = dyn_cast<ReturnInst>(&inst)) {
    const Value *value = ret->getReturnValue();
    return value && key.result != Activity::Constant && useful.insert(value).second;
  }
  if (auto *store = dyn_cast<StoreInst>(&inst)) {
    const Value *value = store->getValueOperand();
    if (useful.contains(value) || value->getType()->isPtrOrPtrVectorTy())
      return false;
    bool matters = anyCell(graph.of(store->getPointerOperand()), accessSize(value->getType(), inst), Useful, true);
    return matters && useful.insert(value).second;
  }
  if (auto *call = dyn_cast<CallBase>(&inst); call && !movesBits(inst))
    return addUsefulCall(*call);
  if (auto *rmw = dyn_cast<AtomicRMWInst>(&inst)) {
    NodeRef ref = graph.of(rmw->getPointerOperand());
    auto size = accessSize(rmw->getType(), inst);
    bool changed = useful.contains(&inst) && holdsReal(rmw->getType()) && markCells(ref, size, Useful, true);
    if (anyCell(ref, size, Useful, true))
      changed |= useful.insert(rmw->getValOperand()).second;
    return changed;
  }
  if (!useful.contains(&inst))
    return false;
  if (auto *load = dyn_cast<LoadInst>(&inst))
    return !load->getType()->isPtrOrPtrVectorTy() &&
           markCells(graph.of(load->getPointerOperand()), accessSize(load->getType(), inst), Useful,
                     !holdsReal(load->getType()));
  // A number made of an integer does not depend on the bits it came from.
  bool carries = holdsReal(inst.getType()) || movesBits(inst) || movesStructOfBits(inst);
  if (!carries || isa<SIToFPInst, UIToFPInst>(inst))
    return false;
  bool changed = false;
  const ScalarRule *rule = findScalarRule(inst);
  for (unsigned i = 0; i < inst.getNumOperands(); ++i) {
    const Value *operand = inst.getOperand(i);
    if ((isa<SelectInst>(inst) && i == 0) || (rule && i < 3 && (rule->zero[i] || !rule->partial[i])))
      continue;
    if (holdsReal(operand->getType()) || carriesBits(operand->getType()))
      changed |= useful.insert(operand).second;
  }
  return changed;
}

bool ActivityAnalysis::addUsefulCall(const CallBase &call) {
  CallEffect effect = effects.classify(call);
  auto useArguments = [&] {
    bool changed = false;
    for (const Value *argument : call.args())
      changed |= !argument->getType()->isPtrOrPtrVectorTy() && useful.insert(argument).second;
    return changed;
  };
  if (effect.kind == CallClass::Inactive)
    return false;
  if (effect.kind == CallClass::Scalar)
    return useful.contains(&call) && useArguments();
  if (auto *transfer = dyn_cast<AnyMemTransferInst>(&call))
    return copyFlags(graph.of(transfer->getRawDest()), graph.of(transfer->getRawSource()),
                     constantSize(transfer->getLength()), Useful);
  if (effect.kind == CallClass::Intrinsic) {
    Intrinsic::ID id = call.getIntrinsicID();
    if (id == Intrinsic::masked_store || id == Intrinsic::masked_scatter)
      return anyCell(graph.of(call.getArgOperand(1)), std::nullopt, Useful, true) &&
             useful.insert(call.getArgOperand(0)).second;
    if (!useful.contains(&call))
      return false;
    bool changed = useArguments();
    if (id == Intrinsic::masked_load || id == Intrinsic::masked_gather)
      changed |= markCells(graph.of(call.getArgOperand(0)), std::nullopt, Useful, true);
    return changed;
  }
  if (effect.kind == CallClass::Known) {
    if (effect.known->kind == CallKind::Transfer)
      return copyFlags(graph.of(call.getArgOperand(effect.known->pointer)),
                       graph.of(call.getArgOperand(effect.known->source)),
                       constantSize(call.getArgOperand(effect.known->size)), Useful);
    if (effect.known->kind != CallKind::RuntimeRule)
      return false;
  }
  if (!useful.contains(&call) && !reaches(call, Useful) && !touchesActiveGlobal(call))
    return false;
  bool changed = useArguments();
  changed |= markReachable(call, Useful);
  return changed;
}

// --- words ------------------------------------------------------------------

bool ActivityAnalysis::isSourceOfWord(const Instruction &inst) const {
  if (auto *cast = dyn_cast<PtrToIntInst>(&inst))
    return hasShadow(cast->getPointerOperand());
  bool forward = key.form == DerivativeForm::Forward;
  if (isa<CallBase>(inst))
    return forward && isActive(&inst) && !holdsReal(inst.getType()) && carriesBits(inst.getType());
  if (auto *extract = dyn_cast<ExtractValueInst>(&inst))
    return forward && isActive(&inst) && inst.getType()->isIntOrIntVectorTy() &&
           holdsReal(extract->getAggregateOperand()->getType());
  if (auto *cast = dyn_cast<BitCastInst>(&inst))
    return forward && cast->getType()->isIntOrIntVectorTy() && isActive(cast->getOperand(0));
  auto *load = dyn_cast<LoadInst>(&inst);
  if (!load)
    return false;
  bool anyMixed = false;
  auto size = accessSize(load->getType(), inst);
  graph.forEachCell(graph.of(load->getPointerOperand()), size,
                    [&](int64_t, const Cell &cell) { anyMixed |= cell.real && cell.pointer; });
  if (load->getType()->isFPOrFPVectorTy())
    return anyMixed && isPassedOn(*load);
  return forward && hasShadow(load->getPointerOperand()) && carriesBits(load->getType()) && isMovedOn(*load);
}

/// From where they are loaded along everything that passes bits on.
void ActivityAnalysis::computeWords() {
  SmallVector<const Value *> worklist;
  auto add = [&](const Value &value) {
    if (words.insert(&value).second)
      worklist.push_back(&value);
  };
  if (key.form == DerivativeForm::Forward)
    for (auto [argument, activity] : zip(function.body().args(), key.arguments))
      if (activity.activity == Activity::Duplicated && argument.getType()->isIntOrIntVectorTy())
        add(argument);
  for (const BasicBlock &block : function.body())
    for (const Instruction &inst : block)
      if (isSourceOfWord(inst))
        add(inst);
  while (!worklist.empty())
    for (const User *user : worklist.pop_back_val()->users()) {
      auto *inst = dyn_cast<Instruction>(user);
      if (!inst)
        continue;
      bool passesReal = inst->getType()->isFPOrFPVectorTy() && isa<BitCastInst, PHINode, SelectInst, FreezeInst>(inst);
      bool tags = isa<BinaryOperator>(inst) && isa<Constant>(inst->getOperand(1)); // p | 1, p - 1
      if (passesReal || movesStructOfBits(*inst) || (movesBits(*inst) && (!countsWithBits(*inst) || tags)))
        add(*inst);
    }
}

// --- queries ----------------------------------------------------------------

bool ActivityAnalysis::isActiveMemory(const Value *pointer, std::optional<int64_t> size) const {
  return hasShadow(pointer) && anyCell(graph.of(pointer), size, Varied | Useful, false);
}

bool ActivityAnalysis::hasShadow(const Value *pointer) const {
  if (words.contains(pointer))
    return true;
  NodeRef ref = graph.of(pointer);
  return ref && nodeFacts[ref.node].shadowed;
}

bool ActivityAnalysis::mayBeConstant(const Value *pointer) const {
  NodeRef ref = graph.of(pointer);
  return ref && (nodeFacts[ref.node].constantOrigin || nodeFacts[ref.node].maybe);
}

/// A call that gives nothing active back and writes nothing it is handed (an
/// assertion, a log line) has no derivative to speak of.
bool ActivityAnalysis::onlyLooks(const CallBase &call) const {
  CallEffect effect = effects.classify(call);
  if (effect.kind != CallClass::Derived || touchesActiveGlobal(call))
    return false;
  DenseSet<unsigned> found;
  for (const Value *argument : call.args())
    if (holdsPointer(argument->getType()) && hasShadow(argument))
      graph.reachable(graph.of(argument), found);
  const MemoryGraph *callee = graphOf(*effect.callee);
  return callee && none_of(found, [&](unsigned id) {
           const Origin &origin = graph.node({id, 0}).origin;
           return origin.written || origin.freed || origin.unknown;
         });
}

bool ActivityAnalysis::isActiveCall(const CallBase &call) const {
  if (isActive(&call))
    return true;
  if (holdsPointer(call.getType()) && hasShadow(&call))
    return true;
  if (onlyLooks(call))
    return false;
  for (const Value *argument : call.args()) {
    if (holdsPointer(argument->getType()) && hasShadow(argument))
      return true;
    if (isActive(argument))
      return true;
  }
  return touchesActiveGlobal(call);
}

bool ActivityAnalysis::isLostStore(const StoreInst &store) const {
  const Value *value = store.getValueOperand();
  NodeRef ref = graph.of(store.getPointerOperand());
  if (hasShadow(store.getPointerOperand()) || (ref && nodeFacts[ref.node].inactive))
    return false;
  // What lies in memory made by code we cannot see may be read back through that code
  // too; what lies in an exception, by who catches it.
  const Origin origin = ref ? graph.node(ref).origin : Origin();
  bool readable = origin.unknown && !(origin.exception && !effects.exceptionsAreRead());
  bool hidden = readable && !origin.argument && !origin.global && holdsReal(value->getType()) && varied.contains(value);
  // What nobody reads is not lost.
  return hidden || (isActive(value) && anyCell(ref, accessSize(value->getType(), store), Useful, false));
}

/// Active numbers lie there, and no pointers.
bool ActivityAnalysis::mayHoldNumber(const Instruction &access) const {
  const Value *pointer = getLoadStorePointerOperand(&access);
  NodeRef ref = graph.of(pointer);
  auto size = accessSize(getLoadStoreType(&access), access);
  bool anyReal = false, anyPointer = false;
  graph.forEachCell(ref, size, [&](int64_t, const Cell &cell) {
    anyReal |= cell.real != nullptr;
    anyPointer |= cell.pointer;
  });
  return anyReal && !anyPointer && hasShadow(pointer) && anyCell(ref, size, Varied | Useful, true);
}

bool ActivityAnalysis::mayBeNumber(const Value &root) const {
  auto *load = dyn_cast<LoadInst>(&root);
  return load ? mayHoldNumber(*load) : varied.contains(&root);
}

SmallVector<const Value *> ActivityAnalysis::countedRoots(const StoreInst &store) const {
  if (isActive(store.getValueOperand()) || !mayHoldNumber(store))
    return {};
  SmallVector<const Value *> roots = rootsCountedWith(store, [&](const LoadInst &load) { return isInteger(load); });
  erase_if(roots, [&](const Value *root) { return !mayBeNumber(*root); });
  return roots;
}

SmallVector<const Value *> ActivityAnalysis::countedRoots(const BitCastInst &cast) const {
  SmallVector<const Value *> roots = rootsCountedWith(cast);
  erase_if(roots, [&](const Value *root) { return !mayBeNumber(*root); });
  return roots;
}

bool ActivityAnalysis::isLostText(const Value *pointer) const {
  NodeRef ref = graph.of(pointer);
  return ref && graph.node(ref).origin.text && any_of(graph.node(ref).cells, [&](const auto &entry) {
           const Cell &cell = entry.second;
           return cell.real && (cell.written || cell.read || hasFlag(cell, ref.node, Varied));
         });
}

void ActivityAnalysis::print(raw_ostream &os) const {
  for (const Argument &argument : function.body().args())
    os << "  " << argument.getName() << (isActive(&argument) ? "  ; active" : "") << "\n";
  for (const BasicBlock &block : function.body())
    for (const Instruction &inst : block) {
      os << inst << (isActive(&inst) ? "  ; active" : varied.contains(&inst) ? "  ; varied" : "");
      if (inst.getType()->isPointerTy() && hasShadow(&inst))
        os << "  ; shadow" << (mayBeConstant(&inst) ? "?" : "");
      if (isWord(&inst))
        os << "  ; word";
      os << "\n";
    }
}
