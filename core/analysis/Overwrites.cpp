#include "Overwrites.h"
#include "llvm/Analysis/CFG.h"
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
  for (const BasicBlock &block : function.body())
    for (const Instruction &inst : block)
      if (inst.mayWriteToMemory())
        writers.push_back(&inst);
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
}

bool Overwrites::isExternal(unsigned node) const { return external.contains(node); }

/// The memory still exists when the reverse sweep runs.
bool Overwrites::survives(unsigned node) const {
  const Origin &origin = graph.node({node, 0}).origin;
  if (oneFunction)
    return !origin.freed;
  return stableNodes.contains(node) && !origin.stack && !origin.heap && !origin.freed && !origin.unknown;
}

const DenseSet<unsigned> &Overwrites::nodesWrittenBy(const Instruction &writer) {
  auto [entry, isNew] = written.try_emplace(&writer);
  if (!isNew)
    return entry->second;
  DenseSet<unsigned> &nodes = entry->second;
  auto add = [&](const Value *pointer) {
    if (NodeRef ref = graph.of(pointer))
      nodes.insert(ref.node);
  };
  if (auto *store = dyn_cast<StoreInst>(&writer)) {
    add(store->getPointerOperand());
  } else if (auto *memory = dyn_cast<AnyMemIntrinsic>(&writer)) {
    add(memory->getRawDest());
  } else if (auto *call = dyn_cast<CallBase>(&writer)) {
    for (const Value *argument : call->args())
      if (holdsPointer(argument->getType()))
        graph.reachable(graph.of(argument), nodes);
    // A callee may write globals this function does not pass.
    CallEffect effect = effects.classify(*call);
    if (effect.kind == CallClass::Derived || effect.kind == CallClass::Indirect || effect.kind == CallClass::Unknown)
      for (const GlobalVariable *global : graph.globals())
        if (!global->isConstant())
          graph.reachable(graph.of(global), nodes);
  } else {
    for (const Value *operand : writer.operands())
      if (operand->getType()->isPointerTy())
        add(operand);
  }
  return nodes;
}

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

bool Overwrites::mayOverwrite(const Instruction &writer, const LoadInst &load, unsigned node) {
  const DenseSet<unsigned> &nodes = nodesWrittenBy(writer);
  bool sameNode = nodes.contains(node);
  if (!sameNode && (!isExternal(node) || none_of(nodes, [&](unsigned id) { return isExternal(id); })))
    return false;
  if (sameNode && isa<CallBase>(writer) && !isa<IntrinsicInst>(writer) && !graph.node({node, 0}).origin.written)
    return false;
  if (!reaches(load, writer))
    return false;
  return isModSet(aliases.getModRefInfo(&writer, MemoryLocation::get(&load)));
}

bool Overwrites::canReload(const LoadInst &load) {
  auto [entry, isNew] = answers.try_emplace(&load, false);
  if (!isNew)
    return entry->second;
  NodeRef ref = graph.of(load.getPointerOperand());
  if (!load.isSimple() || !ref || !survives(ref.node))
    return false;
  bool overwritten =
      writers.size() > manyWriters
          ? graph.node(ref).origin.written || isExternal(ref.node)
          : any_of(writers, [&](const Instruction *writer) { return mayOverwrite(*writer, load, ref.node); });
  return answers[&load] = !overwritten;
}

bool Overwrites::isStable(const Value *pointer) {
  DenseSet<unsigned> nodes;
  graph.reachable(graph.of(pointer), nodes);
  for (unsigned id : nodes) {
    const Origin &origin = graph.node({id, 0}).origin;
    if (origin.written || origin.freed || !survives(id))
      return false;
  }
  return true;
}
