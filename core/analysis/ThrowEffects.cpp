#include "ThrowEffects.h"
#include "ActivityAnalysis.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;
using namespace linkgrad;

static bool outlivesCall(const MemoryGraph &graph, const Value *pointer) {
  NodeRef ref = graph.of(pointer);
  if (!ref)
    return false;
  const Origin &origin = graph.node(ref).origin;
  return origin.argument || origin.global || origin.unknown;
}

ThrowEffects::Summary ThrowEffects::summary(const Function &function, const MemoryGraph &seenFrom) {
  auto [entry, isNew] = known.try_emplace(&function);
  if (!isNew)
    return entry->second; // of a recursive call: nothing more than we find anyway
  const Function *body = seenFrom.bodyOf(function);
  const MemoryGraph *graph = graphOf(function);
  if (!body || !graph || function.doesNotThrow())
    return {};
  Summary found = summarise(*body, *graph);
  known[&function] = found;
  return found;
}

ThrowEffects::Summary ThrowEffects::summarise(const Function &body, const MemoryGraph &graph) {
  Summary found;
  SmallVector<const Instruction *> writers, throwers;
  for (const Instruction &inst : instructions(body)) {
    Summary effect = effectOf(inst, graph);
    found.writes |= effect.writes;
    // What an invoke catches here leaves, if it leaves, by a resume.
    bool leaves = effect.throws && !isa<InvokeInst>(inst);
    found.throws |= leaves;
    found.writesThenThrows |= effect.writesThenThrows && leaves;
    if (effect.writes)
      writers.push_back(&inst);
    if (leaves)
      throwers.push_back(&inst);
  }
  for (const Instruction *thrower : throwers)
    for (const Instruction *writer : writers)
      if (!found.writesThenThrows && writer != thrower)
        found.writesThenThrows = isPotentiallyReachable(writer, thrower);
  return found;
}

ThrowEffects::Summary ThrowEffects::effectOf(const Instruction &inst, const MemoryGraph &graph) {
  Summary effect;
  effect.throws = isa<ResumeInst>(inst);
  if (auto *store = dyn_cast<StoreInst>(&inst))
    effect.writes = holdsReal(store->getValueOperand()->getType()) && outlivesCall(graph, store->getPointerOperand());
  if (auto *call = dyn_cast<CallBase>(&inst))
    return effectOfCall(*call, graph);
  return effect;
}

ThrowEffects::Summary ThrowEffects::effectOfCall(const CallBase &call, const MemoryGraph &graph) {
  Summary found;
  CallEffect effect = effects.classify(call);
  if (auto *memory = dyn_cast<AnyMemIntrinsic>(&call)) {
    found.writes = outlivesCall(graph, memory->getRawDest());
    return found;
  }
  switch (effect.kind) {
  case CallClass::Derived:
  case CallClass::Indirect:
    for (Function *target : effects.targets(call)) {
      Summary callee = summary(*target, graph);
      found.writes |= callee.writes;
      found.throws |= callee.throws;
      found.writesThenThrows |= callee.writesThenThrows;
    }
    return found;
  case CallClass::Inactive:
    // Of the library's functions those throw that do nothing else.
    found.throws = call.doesNotReturn() && !call.doesNotThrow();
    return found;
  case CallClass::Known:
    if (effect.known->kind == CallKind::Transfer || effect.known->kind == CallKind::Fill)
      found.writes = outlivesCall(graph, call.getArgOperand(effect.known->pointer));
    return found;
  case CallClass::Custom:
  case CallClass::Unknown:
    found.throws = !call.doesNotThrow();
    found.writes = !call.onlyReadsMemory();
    return found;
  case CallClass::Scalar:
  case CallClass::Intrinsic:
  case CallClass::InlineAsm:
    return found;
  }
  return found;
}
