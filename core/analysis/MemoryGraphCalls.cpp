//===- MemoryGraphCalls.cpp - calls and copies in the memory graph --------===//

#include "../rules/TapeMarks.h"
#include "MemoryGraph.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;
using namespace linkgrad;

static bool isCallOf(const CallBase &call, StringRef name) {
  return call.getCalledFunction() && call.getCalledFunction()->getName() == name;
}

void MemoryGraph::addCall(CallBase &call) {
  CallEffect effect = effects.classify(call);
  switch (effect.kind) {
  case CallClass::Scalar:
    return;
  case CallClass::Intrinsic:
    return addIntrinsic(call);
  case CallClass::Known:
    return addKnownCall(call, *effect.known);
  case CallClass::Derived:
    return addTarget(call, *effect.callee);
  case CallClass::Indirect:
    for (Function *target : effects.targets(call))
      addTarget(call, *target);
    return;
  case CallClass::Inactive:
    if (NodeRef result = refOf(&call)) {
      Origin &origin = nodes[resolve(result).node].origin;
      origin.unknown = true;
      origin.exception |= isCallOf(call, "__cxa_allocate_exception");
    }
    return;
  case CallClass::Custom:
  case CallClass::InlineAsm:
  case CallClass::Unknown:
    return addOpaqueCall(call);
  }
}

bool MemoryGraph::readsException(const CallBase &call) const {
  if (!isCallOf(call, "__cxa_begin_catch") && !isCallOf(call, "__cxa_get_exception_ptr"))
    return false;
  DenseSet<unsigned> found;
  reachable(of(&call), found);
  // Copied into a variable and read there counts: the graph knows the copy's type here, too.
  return any_of(
      found, [&](unsigned id) { return any_of(nodes[id].cells, [](const auto &entry) { return entry.second.real; }); });
}

void MemoryGraph::addTarget(CallBase &call, Function &target) {
  Function *body = preparedBody(target);
  if (!body)
    return addOpaqueCall(call);
  bodies[&target] = body;
  if (const MemoryGraph *summary = summaries(target))
    return instantiate(*summary, *body, call);
  for (auto [formal, actual] : zip(body->args(), call.args()))
    if (holdsPointer(formal.getType()))
      unify(refOf(&formal), refOf(actual));
  if (NodeRef result = refOf(&call)) {
    auto [entry, isNew] = returns.try_emplace(body, result);
    if (!isNew)
      unify(entry->second, result);
  }
  addBitsOfCall(call, *body, nullptr, [](NodeRef ref) { return ref; });
}

/// What a function we cannot see does to the memory it is given: anything, but
/// it adds no knowledge of the bytes.
void MemoryGraph::addOpaqueCall(CallBase &call) {
  for (Value *argument : call.args())
    if (NodeRef ref = refOf(argument)) {
      DenseSet<unsigned> found;
      reachable(ref, found);
      for (unsigned id : found) {
        nodes[id].origin.unknown = true;
        nodes[id].origin.read = true;
        nodes[id].origin.written |= !call.onlyReadsMemory();
      }
    }
  if (NodeRef result = refOf(&call))
    nodes[resolve(result).node].origin.unknown = true;
}

// NOLINTNEXTLINE(readability-function-size): a list of calls
void MemoryGraph::addKnownCall(CallBase &call, const KnownCall &known) {
  auto argument = [&](int position) { return position < 0 ? nullptr : call.getArgOperand(position); };
  auto size = [&]() -> std::optional<int64_t> {
    if (auto *constant = dyn_cast_or_null<ConstantInt>(argument(known.size)))
      return constant->getSExtValue();
    return std::nullopt;
  };
  switch (known.kind) {
  case CallKind::Inactive:
  case CallKind::Sort:
  case CallKind::Search:
  case CallKind::ReturnsTwice:
    return;
  case CallKind::Allocation: {
    Node &node = nodes[resolve(refOf(&call)).node];
    node.origin.heap = true;
    node.sites.push_back(&call);
    return;
  }
  case CallKind::Free:
    if (NodeRef ref = refOf(argument(known.pointer)))
      nodes[resolve(ref).node].origin.freed = true;
    return;
  case CallKind::Realloc: {
    unify(refOf(&call), refOf(argument(known.pointer)));
    Node &node = nodes[resolve(refOf(&call)).node];
    node.origin.heap = node.origin.freed = true;
    return;
  }
  case CallKind::AllocationByRef:
    return addAllocationByRef(call, refOf(argument(known.pointer)));
  case CallKind::Transfer: {
    NodeRef destination = refOf(argument(known.pointer)), source = refOf(argument(known.source));
    if (holdsPointer(call.getType()))
      unify(refOf(&call), destination);
    if (!destination || !source)
      return;
    nodes[resolve(destination).node].origin.written = true;
    nodes[resolve(source).node].origin.read = true;
    nodes[resolve(destination).node].origin.copied = nodes[resolve(source).node].origin.copied = true;
    copyEdges.push_back({destination, source, size()});
    return;
  }
  case CallKind::Fill:
    if (holdsPointer(call.getType()))
      unify(refOf(&call), refOf(argument(known.pointer)));
    if (NodeRef ref = refOf(argument(known.pointer)))
      nodes[resolve(ref).node].origin.written = nodes[resolve(ref).node].origin.copied = true;
    return;
  case CallKind::Cast: {
    NodeRef whole = refOf(argument(known.pointer)), part = refOf(&call);
    std::optional<int64_t> before = size();
    if (!before || *before < 0) {
      before = 0;
      fold(resolve(whole).node, everywhere, 8);
    }
    return unify(part, {whole.node, whole.offset - *before});
  }
  case CallKind::Structural:
    return addStructuralCall(call, known);
  case CallKind::TapeMemory:
    return addTapeMemory(call, known);
  case CallKind::TapeDefer:
    if (NodeRef ref = refOf(argument(known.pointer)))
      nodes[resolve(ref).node].origin.freed = true;
    return;
  case CallKind::TapeControl:
  case CallKind::TapeRelease:
    return;
  case CallKind::RuntimeRule:
    for (Value *value : call.args())
      if (NodeRef ref = refOf(value))
        nodes[resolve(ref).node].origin.written = true;
    return;
  }
}

/// A pointer to the memory lies where its descriptor says.  It will be another's before
/// the reverse sweep of those who differentiate this: nothing is read again from it.
void MemoryGraph::addTapeMemory(CallBase &call, const KnownCall &known) {
  if (NodeRef place = refOf(call.getArgOperand(known.pointer)))
    access(place, call.getType(), /*isWrite=*/false, &call);
  Node &node = nodes[resolve(refOf(&call)).node];
  node.origin.tape = node.origin.freed = true;
  node.origin.tapeStart |= known.size >= 0;
}

/// The nodes a container links all meet, and their links lead to one another.
void MemoryGraph::addStructuralCall(CallBase &call, const KnownCall &known) {
  NodeRef all = refOf(&call);
  for (Value *value : call.args())
    if (NodeRef ref = refOf(value)) {
      unify(all, ref);
      all = ref;
    }
  for (int offset = known.pointer; all && offset <= known.source; offset += 8) {
    Cell seen;
    seen.pointer = seen.read = seen.written = true;
    seen.size = layout.getPointerSize();
    seen.target = all;
    absorb({all.node, all.offset + offset}, seen);
  }
  if (all)
    nodes[resolve(all).node].origin.written = true;
}

/// posix_memalign: a pointer to fresh memory is written to \p out.
void MemoryGraph::addAllocationByRef(CallBase &call, NodeRef out) {
  NodeRef fresh = makeRef();
  nodes[fresh.node].origin.heap = true;
  nodes[fresh.node].sites.push_back(&call);
  Cell seen;
  seen.pointer = seen.written = true;
  seen.size = layout.getPointerSize();
  seen.target = fresh;
  nodes[resolve(out).node].origin.written = true;
  absorb(out, seen);
}

void MemoryGraph::addIntrinsic(CallBase &call) {
  if (auto *transfer = dyn_cast<AnyMemTransferInst>(&call)) {
    NodeRef destination = refOf(transfer->getRawDest()), source = refOf(transfer->getRawSource());
    if (!destination || !source)
      return;
    nodes[resolve(destination).node].origin.written = true;
    nodes[resolve(source).node].origin.read = true;
    nodes[resolve(destination).node].origin.copied = nodes[resolve(source).node].origin.copied = true;
    std::optional<int64_t> size;
    if (auto *constant = dyn_cast<ConstantInt>(transfer->getLength()))
      size = constant->getSExtValue();
    copyEdges.push_back({destination, source, size});
    return;
  }
  switch (call.getIntrinsicID()) {
  case Intrinsic::masked_load:
    return access(refOf(call.getArgOperand(0)), call.getType(), false, &call);
  case Intrinsic::masked_store:
    return access(refOf(call.getArgOperand(1)), call.getArgOperand(0)->getType(), true, call.getArgOperand(0));
  case Intrinsic::masked_gather:
    return access(refOf(call.getArgOperand(0)), call.getType()->getScalarType(), false, &call);
  case Intrinsic::masked_scatter:
    return access(refOf(call.getArgOperand(1)), call.getArgOperand(0)->getType()->getScalarType(), true,
                  call.getArgOperand(0));
  case Intrinsic::memset:
  case Intrinsic::memset_inline:
    if (NodeRef ref = refOf(call.getArgOperand(0)))
      nodes[resolve(ref).node].origin.written = nodes[resolve(ref).node].origin.copied = true;
    return;
  default:
    if (NodeRef result = refOf(&call))
      for (Value *argument : call.args())
        unify(result, refOf(argument));
  }
}

/// Copies the part of a callee's graph that its caller can see.
// NOLINTNEXTLINE(readability-function-size): one walk over the callee
void MemoryGraph::instantiate(const MemoryGraph &summary, Function &body, CallBase &call) {
  DenseMap<unsigned, unsigned> images;
  SmallVector<unsigned> worklist;
  auto imageOf = [&](NodeRef ref) -> NodeRef {
    ref = summary.resolve(ref);
    if (!ref)
      return {};
    auto [entry, isNew] = images.try_emplace(ref.node, 0);
    if (isNew) {
      entry->second = makeNode();
      worklist.push_back(ref.node);
    }
    return {images.lookup(ref.node), ref.offset};
  };

  SmallVector<std::pair<NodeRef, NodeRef>> meetings;
  for (auto [formal, actual] : zip(body.args(), call.args()))
    if (holdsPointer(formal.getType()))
      meetings.push_back({imageOf(summary.of(&formal)), refOf(actual)});
  if (NodeRef result = refOf(&call))
    meetings.push_back({imageOf(summary.returned(body)), result});
  for (auto &[value, ref] : summary.refs)
    if (auto *global = dyn_cast<GlobalVariable>(value); global && !(isBalanced(body) && isTapeDescriptor(*global)) &&
                                                        (!global->isConstant() || holdsPointer(global->getValueType())))
      meetings.push_back({imageOf(ref), refOf(global)});

  addBitsOfCall(call, body, &summary, imageOf);
  // Copies and parts lead on to memory (and integers) that only the callee knows.
  DenseMap<unsigned, SmallVector<NodeRef, 2>> besides;
  auto addBesides = [&](NodeRef one, NodeRef other) {
    besides[summary.resolve(one).node].push_back(other);
    besides[summary.resolve(other).node].push_back(one);
  };
  for (const CopyEdge &edge : summary.copyEdges)
    addBesides(edge.destination, edge.source);
  for (const auto &[part, place] : summary.ownParts)
    addBesides(part, place);
  while (!worklist.empty()) {
    unsigned id = worklist.pop_back_val();
    if (auto found = besides.find(id); found != besides.end())
      for (NodeRef beside : found->second)
        imageOf(beside);
    const Node &from = summary.nodes[id];
    Cells cells;
    for (const auto &[offset, cell] : from.cells) {
      Cell &image = cells[offset] = cell;
      image.target = imageOf(cell.target);
    }
    Node &to = nodes[images.lookup(id)];
    to.cells = std::move(cells);
    to.foldFrom = from.foldFrom;
    to.period = from.period;
    to.origin = from.origin;
    to.origin.argument = false;
    to.sites = from.sites;
  }
  for (const CopyEdge &edge : summary.copyEdges) {
    NodeRef destination = summary.resolve(edge.destination), source = summary.resolve(edge.source);
    auto d = images.find(destination.node), s = images.find(source.node);
    if (d != images.end() && s != images.end())
      copyEdges.push_back({{d->second, destination.offset}, {s->second, source.offset}, edge.size});
  }
  for (const auto &[part, place] : summary.ownParts)
    if (images.contains(summary.resolve(part).node))
      ownParts.push_back({imageOf(part), imageOf(place)});
  for (auto &[a, b] : meetings)
    unify(a, b);
}

// --- copies -----------------------------------------------------------------

void MemoryGraph::markChanged(unsigned node) {
  if (edgesAt.empty())
    return;
  for (unsigned edge : edgesAt[node])
    if (!isDue.test(edge)) {
      isDue.set(edge);
      dueEdges.push_back(edge);
    }
}

/// Knowledge flows along copies until nothing new is learnt: an edge is looked at
/// again when a node it touches has changed.  A change merges nodes or adds a kind
/// to a cell, both bounded.
void MemoryGraph::solveCopies() {
  // Copies in a circle with an offset would go on for ever; after some visits we
  // only know that the bytes are moved about in words.
  constexpr unsigned manyVisits = 64;
  edgesAt.resize(nodes.size());
  isDue.resize(copyEdges.size(), true);
  for (unsigned edge = copyEdges.size(); edge-- > 0;) {
    dueEdges.push_back(edge);
    edgesAt[resolve(copyEdges[edge].destination).node].push_back(edge);
    edgesAt[resolve(copyEdges[edge].source).node].push_back(edge);
  }
  std::vector<unsigned> visits(copyEdges.size());
  while (!dueEdges.empty()) {
    unsigned edge = dueEdges.back();
    dueEdges.pop_back();
    isDue.reset(edge);
    if (++visits[edge] > 2 * manyVisits)
      continue;
    const CopyEdge &copy = copyEdges[edge];
    if (visits[edge] == manyVisits)
      fold(resolve(copy.destination).node, everywhere, 8);
    flow(copy.source, copy.destination, copy.size);
    flow(copy.destination, copy.source, copy.size);
  }
  edgesAt.clear();
}

/// \p size bytes at \p to are what the bytes at \p from are: they repeat where those do.
void MemoryGraph::foldLike(NodeRef to, const MemoryGraph &theirs, NodeRef from, std::optional<int64_t> size) {
  const Node &node = theirs.nodes[from.node];
  if (!node.period)
    return;
  int64_t head = node.foldFrom == everywhere ? 0 : std::max<int64_t>(node.foldFrom - from.offset, 0);
  if (!size || *size > head + node.period)
    fold(to.node, to.offset + head, node.period);
}

void MemoryGraph::flow(NodeRef from, NodeRef to, std::optional<int64_t> size) {
  from = resolve(from);
  to = resolve(to);
  if (from.node == to.node) {
    // An object is shifted within itself: its cells repeat with that distance.
    if (from.offset != to.offset)
      fold(from.node, everywhere, std::abs(from.offset - to.offset));
    return;
  }
  if (nodes[from.node].origin.counted && !nodes[to.node].origin.counted) {
    nodes[to.node].origin.counted = true;
    markChanged(to.node);
  }
  foldLike(to, *this, from, size);
  SmallVector<std::pair<int64_t, Cell>> cells;
  forEachCell(from, size, [&](int64_t offset, const Cell &cell) {
    if (offset >= 0 && (cell.real || cell.pointer || cell.target))
      cells.push_back({offset, cell});
  });
  for (auto &[offset, cell] : cells) {
    Cell known = cell;
    known.read = known.written = false;
    if (known.pointer && !known.target)
      continue;
    absorb({to.node, to.offset + offset}, known);
  }
}
