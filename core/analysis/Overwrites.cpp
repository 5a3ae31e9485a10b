#include "Overwrites.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;
using namespace linkgrad;

Overwrites::Overwrites(const PreparedFunction &function, const MemoryGraph &graph, const CallEffects &effects,
                       const DerivativeKey &key)
    : function(function), graph(graph), effects(effects),
      aliases(function.analyses().getResult<AAManager>(function.body())),
      oneFunction(key.form == DerivativeForm::Gradient) {
  // The write may happen in a later iteration than the load: x[i - 1] and x[i] differ
  // in one iteration and coincide in the next.
  aliases.enableCrossIterationMode();
  for (auto [argument, activity] : zip(function.body().args(), key.arguments)) {
    graph.reachable(graph.of(&argument), external);
    if (activity.stable || oneFunction)
      graph.reachable(graph.of(&argument), stableNodes);
  }
  for (const GlobalVariable *global : graph.globals()) {
    graph.reachable(graph.of(global), external);
    if (global->isConstant() || oneFunction)
      graph.reachable(graph.of(global), stableNodes);
  }
  for (unsigned id = 0; id < graph.size(); ++id)
    if (graph.node({id, 0}).origin.unknown)
      external.insert(id);
  graph.reachable(graph.returned(function.body()), external);
  collectWriters();
  collectReleases();
}

MDNode *Overwrites::lasting(const MDNode *scopes) const {
  if (!scopes || function.lastingScopes().empty())
    return nullptr;
  SmallVector<Metadata *> kept;
  for (const MDOperand &scope : scopes->operands())
    if (function.lastingScopes().contains(scope.get()))
      kept.push_back(scope.get());
  return kept.empty() ? nullptr : MDNode::get(scopes->getContext(), kept);
}

// --- who writes and frees ---------------------------------------------------

void Overwrites::collectWriters() {
  for (const Instruction &inst : instructions(function.body())) {
    if (!inst.mayWriteToMemory() || releasedBy(inst))
      continue;
    DenseSet<unsigned> nodes = nodesWrittenBy(inst);
    for (unsigned id : nodes)
      writersOf[id].push_back(&inst);
    if (any_of(nodes, [&](unsigned id) { return isExternal(id); }))
      externalWriters.push_back(&inst);
  }
}

DenseSet<unsigned> Overwrites::nodesWrittenBy(const Instruction &writer) const {
  DenseSet<unsigned> nodes;
  auto add = [&](const Value *pointer) {
    if (NodeRef ref = graph.of(pointer))
      nodes.insert(ref.node);
  };
  if (auto *store = dyn_cast<StoreInst>(&writer)) {
    add(store->getPointerOperand());
  } else if (auto *memory = dyn_cast<AnyMemIntrinsic>(&writer)) {
    add(memory->getRawDest());
  } else if (auto *call = dyn_cast<CallBase>(&writer)) {
    CallEffect effect = effects.classify(*call);
    // The tape holds pointers, but pushing and popping writes nothing they lead to.
    if (effect.kind == CallClass::Known && effect.known->kind == CallKind::TapeMemory)
      return nodes;
    for (const Value *argument : call->args())
      if (holdsPointer(argument->getType()))
        graph.reachable(graph.of(argument), nodes);
    // A callee may write globals this function does not pass.
    if (effect.kind == CallClass::Derived || effect.kind == CallClass::Indirect || effect.kind == CallClass::Unknown)
      for (const GlobalVariable *global : graph.globals())
        if (!global->isConstant())
          graph.reachable(graph.of(global), nodes);
    // What callees do to memory is known here: their graphs are part of this one.
    if (!isa<IntrinsicInst>(call))
      for (unsigned id : SmallVector<unsigned>(nodes.begin(), nodes.end()))
        if (!isWritten(id))
          nodes.erase(id);
  } else {
    for (const Value *operand : writer.operands())
      if (operand->getType()->isPointerTy())
        add(operand);
  }
  return nodes;
}

/// What a call of free or its like is given; null for all else.  It is not counted
/// among the writers: whether the memory survives it is a question of its own.
const Value *Overwrites::releasedBy(const Instruction &inst) const {
  auto *call = dyn_cast<CallBase>(&inst);
  if (!call || isa<IntrinsicInst>(call))
    return nullptr;
  CallEffect effect = effects.classify(*call);
  // What only says that memory is released by somebody else cannot be put off.
  bool isFree = effect.kind == CallClass::Known && effect.known->kind == CallKind::Free && !effect.known->forShadow;
  return isFree ? call->getArgOperand(effect.known->pointer) : nullptr;
}

void Overwrites::collectReleases() {
  if (!oneFunction)
    return;
  DenseSet<unsigned> freedElsewhere;
  for (const Instruction &inst : instructions(function.body())) {
    auto *call = dyn_cast<CallBase>(&inst);
    if (!call || isa<IntrinsicInst>(call))
      continue;
    const Value *released = releasedBy(inst);
    // Each runs once at most, so that no more memory is held than was allocated at one time.
    if (released && isa<CallInst>(call) && !function.loops().getLoopFor(call->getParent())) {
      if (NodeRef ref = graph.of(released))
        releasesOf[ref.node].push_back(call);
    } else if (!call->hasFnAttr(Attribute::NoFree)) {
      for (const Value *argument : call->args())
        if (holdsPointer(argument->getType()))
          graph.reachable(graph.of(argument), freedElsewhere);
    }
    CallEffect effect = effects.classify(*call);
    if (effect.kind == CallClass::Known && effect.known->kind == CallKind::Free && effect.known->forShadow)
      graph.reachable(graph.of(call->getArgOperand(effect.known->pointer)), destroyed);
  }
  for (unsigned id : freedElsewhere)
    releasesOf.erase(id);
}

/// The memory still exists when the reverse sweep runs.
bool Overwrites::survives(unsigned node) const {
  const Origin &origin = graph.node({node, 0}).origin;
  if (oneFunction)
    return !destroyed.contains(node) && (!origin.freed || releasesOf.contains(node));
  return stableNodes.contains(node) && !origin.stack && !origin.heap && !origin.freed && !origin.unknown;
}

void Overwrites::countOn(unsigned node) {
  auto found = releasesOf.find(node);
  if (found != releasesOf.end())
    postponedCalls.insert_range(found->second);
}

// --- questions --------------------------------------------------------------

bool Overwrites::reaches(const Instruction &from, const Instruction &to) {
  const BasicBlock *a = from.getParent(), *b = to.getParent();
  if (a == b && from.comesBefore(&to))
    return true;
  auto [entry, isNew] = reachCache.try_emplace({a, b}, false);
  if (isNew) {
    SmallVector<BasicBlock *, 8> start(successors(const_cast<BasicBlock *>(a)));
    entry->second =
        !start.empty() && isPotentiallyReachableFromMany(start, b, nullptr, &function.dominators(), &function.loops());
  }
  return reachCache.lookup({a, b});
}

/// Whether a store into the node of \p location can meet its bytes.
bool Overwrites::sharesCells(const StoreInst &store, const MemoryLocation &location) const {
  const DataLayout &layout = function.body().getDataLayout();
  TypeSize stored = layout.getTypeStoreSize(store.getValueOperand()->getType());
  NodeRef write = graph.of(store.getPointerOperand()), read = graph.of(location.Ptr);
  if (stored.isScalable() || !location.Size.isPrecise() || location.Size.isScalable())
    return true;
  int64_t writeSize = stored.getFixedValue(), readSize = location.Size.getValue().getFixedValue();
  const MemoryGraph::Node &node = graph.node(read);
  bool writeRepeats = node.repeats(write.offset), readRepeats = node.repeats(read.offset);
  if (writeRepeats && readRepeats) {
    int64_t distance = (write.offset - read.offset) % node.period;
    distance += distance < 0 ? node.period : 0;
    return distance < readSize || node.period - distance < writeSize;
  }
  if (writeRepeats)
    return read.offset + readSize > node.foldFrom;
  if (readRepeats)
    return write.offset + writeSize > node.foldFrom;
  return write.offset < read.offset + readSize && read.offset < write.offset + writeSize;
}

bool Overwrites::mayWrite(const Instruction &writer, MemoryLocation location, bool sameNode) {
  if (++questions > manyQuestions)
    return true;
  if (sameNode) {
    if (auto *store = dyn_cast<StoreInst>(&writer); store && !sharesCells(*store, location))
      return false;
    location.AATags.TBAA = location.AATags.TBAAStruct = nullptr;
  }
  return isModSet(aliases.getModRefInfo(&writer, location));
}

/// A part of \p node, at \p location if that is known, is read at \p point.
bool Overwrites::isOverwrittenAfter(const Instruction &point, unsigned node, std::optional<MemoryLocation> location) {
  auto overwrites = [&](const Instruction *writer, bool sameNode) {
    return reaches(point, *writer) && (!location || mayWrite(*writer, *location, sameNode));
  };
  auto own = writersOf.find(node);
  if (own != writersOf.end() && any_of(own->second, [&](auto *writer) { return overwrites(writer, true); }))
    return true;
  return isExternal(node) && any_of(externalWriters, [&](auto *writer) { return overwrites(writer, false); });
}

bool Overwrites::canReload(const LoadInst &load) {
  auto [entry, isNew] = answers.try_emplace(&load, false);
  if (!isNew)
    return entry->second;
  NodeRef ref = graph.of(load.getPointerOperand());
  if (!load.isSimple() || !ref || !survives(ref.node))
    return false;
  // Characters and buckets may be written through pointers that lead elsewhere in the graph.
  if (graph.node(ref).origin.viaSelf && !load.getType()->isFPOrFPVectorTy())
    return false;
  MemoryLocation location = MemoryLocation::get(&load);
  location.AATags.Scope = lasting(location.AATags.Scope);
  location.AATags.NoAlias = lasting(location.AATags.NoAlias);
  bool canReload = !isOverwrittenAfter(load, ref.node, location);
  if (canReload)
    countOn(ref.node);
  return answers[&load] = canReload;
}

bool Overwrites::isStable(const CallBase &call, const Value *argument) {
  NodeRef direct = graph.of(argument);
  if (!direct)
    return false;
  DenseSet<unsigned> nodes;
  graph.reachable(direct, nodes);
  // Of what lies behind further pointers we only know the node.
  MemoryLocation anywhere = MemoryLocation::getBeforeOrAfter(argument);
  for (unsigned id : nodes) {
    if (!survives(id))
      return false;
    if (isOverwrittenAfter(call, id, id == direct.node ? std::optional(anywhere) : std::nullopt))
      return false;
  }
  for (unsigned id : nodes)
    countOn(id);
  return true;
}
