//===- MemoryGraphBits.cpp - numbers that travel as integers --------------===//
//
// Compilers copy small structs as integers, pass two floats in one register, and
// merge what is loaded by type into what is loaded by size.  The bytes of such an
// integer form a small object, as if it lay in memory:
//
//   %n = load i64, ptr %p           copy edge  bits(%n) <- %p
//   %h = lshr i64 %n, 32            bits(%h) is bits(%n) from byte 4 on
//   %x = bitcast i64 %n to double   bits(%n) holds a double
//   store i64 %n, ptr %q            copy edge  %q <- bits(%n)
//
// Bytes that are taken out of an integer or put together to one are followed, too, where
// there are so many that they may be all of a number: so programs write numbers to files.
//
// What a number is counted with (add, multiply, ...) ends the trail: then it is an
// integer, or the program plays with the bits, which activity analysis refuses.
//
//===----------------------------------------------------------------------===//

#include "../rules/DeclaredTypes.h"
#include "BitMoves.h"
#include "MemoryGraph.h"
#include "PackedHalves.h"

using namespace llvm;
using namespace linkgrad;

bool linkgrad::carriesBits(Type *type) {
  if (type->isIntOrIntVectorTy())
    return type->getPrimitiveSizeInBits() >= 16 && type->getScalarSizeInBits() % 8 == 0;
  if (auto *structure = dyn_cast<StructType>(type))
    return any_of(structure->elements(), carriesBits);
  if (auto *array = dyn_cast<ArrayType>(type))
    return carriesBits(array->getElementType());
  return false;
}

NodeRef MemoryGraph::bitsRef(const Value *value) {
  auto [entry, isNew] = bits.try_emplace(value);
  if (isNew) {
    NodeRef ref = makeRef();
    nodes[ref.node].origin.copied = true;
    return bits[value] = ref;
  }
  return entry->second;
}

void MemoryGraph::unifyBits(const Value *a, int64_t offset, const Value *b, int64_t otherOffset) {
  auto follows = [](const Value *v) {
    return !isa<Constant>(v) && (carriesBits(v->getType()) || v->getType()->isFPOrFPVectorTy());
  };
  if (!follows(a) || !follows(b))
    return;
  NodeRef one = bitsRef(a), other = bitsRef(b);
  unify({one.node, one.offset + offset}, {other.node, other.offset + otherOffset});
}

/// Bytes between the start of an aggregate and the member that \p indices name.
static int64_t memberOffset(Type *aggregate, ArrayRef<unsigned> indices, const DataLayout &layout) {
  int64_t offset = 0;
  for (unsigned index : indices) {
    if (auto *structure = dyn_cast<StructType>(aggregate)) {
      offset += layout.getStructLayout(structure)->getElementOffset(index);
      aggregate = structure->getElementType(index);
    } else {
      aggregate = cast<ArrayType>(aggregate)->getElementType();
      offset += index * layout.getTypeAllocSize(aggregate);
    }
  }
  return offset;
}

bool MemoryGraph::isInteger(const LoadInst &load) const {
  NodeRef ref = of(load.getPointerOperand());
  if (!ref)
    return false;
  int64_t size = layout.getTypeStoreSize(load.getType());
  // Where nothing else lies than such numbers, the program copies them in its own way.
  bool counted = node(ref).origin.counted;
  if (isReadAsInteger(load))
    return counted || !realAt(ref, size);
  bool fits = false;
  forEachCell(ref, size, [&](int64_t, const Cell &cell) {
    fits |= cell.pointer || (cell.real && int64_t(cell.real->getPrimitiveSizeInBits() / 8) <= size);
  });
  return counted && (size == 2 || size == 4) && load.getType()->isIntegerTy() && !fits && isMovedWhole(load);
}

/// A number of which nobody says that it is one: compilers copy pointers so, too.
static bool mayBeBits(const Value *value) {
  if (!value->getType()->isFPOrFPVectorTy())
    return false;
  if (auto *load = dyn_cast<LoadInst>(value))
    return isPassedOn(*load);
  return isa<PHINode, SelectInst, FreezeInst, BitCastInst>(value);
}

void MemoryGraph::pointerBits(NodeRef bytes, NodeRef target) {
  Cell seen;
  seen.pointer = true;
  seen.size = layout.getPointerSize();
  seen.target = target;
  if (target)
    absorb(bytes, seen);
}

/// A byte that is widened and put beside others is where a number may begin.
void MemoryGraph::addWidenedByte(LoadInst &load) {
  if (!load.getType()->isIntegerTy(8) || !isMovedOn(load))
    return;
  for (User *user : load.users()) {
    auto *wide = dyn_cast<ZExtInst>(user);
    NodeRef source = wide && carriesBits(wide->getType()) ? refOf(load.getPointerOperand()) : NodeRef();
    if (source)
      copyEdges.push_back({bitsRef(wide), source, 1});
  }
}

/// A byte of an integer, or one that was read, is stored beside others.
void MemoryGraph::addByte(StoreInst &store) {
  Value *value = store.getValueOperand();
  if (!value->getType()->isIntegerTy(8) || !isa<TruncInst, LoadInst>(value) || !isByteAmongMany(store))
    return;
  NodeRef source;
  if (auto *load = dyn_cast<LoadInst>(value))
    source = refOf(load->getPointerOperand());
  else if (Value *wide = cast<TruncInst>(value)->getOperand(0); carriesBits(wide->getType()) && !countsWithBits(*wide))
    source = bitsRef(wide);
  if (NodeRef destination = source ? refOf(store.getPointerOperand()) : NodeRef())
    copyEdges.push_back({destination, source, 1});
}

/// The bits of an integer are a \p type, of whose halves \p numbers are numbers (PackedHalves.h).
void MemoryGraph::accessHalves(NodeRef bytes, Type *type, unsigned numbers) {
  if (numbers == bothHalves)
    return accessLeaf(bytes, type, false, nullptr);
  int64_t size = layout.getTypeStoreSize(type->getScalarType());
  for (unsigned i = 0; i < 2; ++i)
    if (numbers >> i & 1)
      accessLeaf({bytes.node, bytes.offset + i * size}, type->getScalarType(), false, nullptr);
}

// NOLINTNEXTLINE(readability-function-size): a list of instructions
void MemoryGraph::addBits(Instruction &inst) {
  auto size = [&](Type *type) { return int64_t(layout.getTypeStoreSize(type).getKnownMinValue()); };
  if (auto *load = dyn_cast<LoadInst>(&inst)) {
    bool moved = carriesBits(load->getType()) ? isMovedOn(*load) : mayBeBits(load);
    if (NodeRef source = moved ? refOf(load->getPointerOperand()) : NodeRef()) {
      nodes[resolve(source).node].origin.copied = true;
      copyEdges.push_back({bitsRef(load), source, size(load->getType())});
    }
    return addWidenedByte(*load);
  }
  if (auto *store = dyn_cast<StoreInst>(&inst)) {
    Value *value = store->getValueOperand();
    bool follows = carriesBits(value->getType()) ? !isa<Constant>(value) && !countsWithBits(*value)
                                                 : mayBeBits(value) && !isDeclaredReal(*store);
    if (NodeRef destination = follows ? refOf(store->getPointerOperand()) : NodeRef()) {
      nodes[resolve(destination).node].origin.copied = true;
      copyEdges.push_back({destination, bitsRef(value), size(value->getType())});
    }
    return addByte(*store);
  }
  if (auto *ret = dyn_cast<ReturnInst>(&inst)) {
    Value *value = ret->getReturnValue();
    if (value && !isa<Constant>(value) && carriesBits(value->getType()))
      unify(bitsRef(inst.getFunction()), bitsRef(value));
    return;
  }
  if (auto *extract = dyn_cast<ExtractValueInst>(&inst)) {
    Type *aggregate = extract->getAggregateOperand()->getType();
    int64_t offset = memberOffset(aggregate, extract->getIndices(), layout);
    if (holdsReal(inst.getType()) && carriesBits(aggregate) && !isa<Constant>(extract->getAggregateOperand())) {
      NodeRef whole = bitsRef(extract->getAggregateOperand());
      return accessLeaf({whole.node, whole.offset + offset}, inst.getType(), false, nullptr);
    }
    return unifyBits(&inst, 0, extract->getAggregateOperand(), offset);
  }
  if (auto *insert = dyn_cast<InsertValueInst>(&inst)) {
    int64_t offset = memberOffset(inst.getType(), insert->getIndices(), layout);
    Type *member = insert->getInsertedValueOperand()->getType();
    if (holdsReal(member) && carriesBits(inst.getType())) {
      NodeRef whole = bitsRef(&inst);
      accessLeaf({whole.node, whole.offset + offset}, member, false, nullptr);
    }
    unifyBits(&inst, 0, insert->getAggregateOperand());
    return unifyBits(&inst, offset, insert->getInsertedValueOperand());
  }
  if (auto *cast = dyn_cast<BitCastInst>(&inst)) {
    Type *from = cast->getSrcTy(), *to = cast->getDestTy();
    unifyBits(cast, 0, cast->getOperand(0));
    // A pointer may travel as a number as well: then it is not used as one.
    bool counted = any_of(cast->users(), [](const User *user) { return !isa<StoreInst, PHINode, SelectInst>(user); });
    if (to->isFPOrFPVectorTy() && carriesBits(from) && !isa<Constant>(cast->getOperand(0)) && counted)
      return accessHalves(bitsRef(cast->getOperand(0)), to, numbersAmong(*cast));
    if (from->isFPOrFPVectorTy() && carriesBits(to) && !isa<LoadInst>(cast->getOperand(0)))
      return accessHalves(bitsRef(cast), from, numbersAmong(*cast));
    return;
  }
  if (auto *cast = dyn_cast<PtrToIntInst>(&inst); cast && carriesBits(cast->getType()))
    return pointerBits(bitsRef(cast), refOf(cast->getPointerOperand()));
  if (auto *cast = dyn_cast<IntToPtrInst>(&inst); cast && !isa<Constant>(cast->getOperand(0)))
    return pointerBits(bitsRef(cast->getOperand(0)), refOf(cast));
  bool joins = isa<PHINode, SelectInst, FreezeInst>(inst) && mayBeBits(&inst);
  if (!joins && (!movesBits(inst) || !carriesBits(inst.getType()) || countsWithBits(inst)))
    return;
  auto constantOf = [](const Value *value) -> std::optional<int64_t> {
    auto *constant = dyn_cast<ConstantInt>(value);
    return constant ? std::optional<int64_t>(constant->getLimitedValue()) : std::nullopt;
  };
  switch (inst.getOpcode()) {
  case Instruction::LShr:
  case Instruction::AShr:
    // By how much is not known: so much that it is the first part, for all we know.
    if (int64_t shift = constantOf(inst.getOperand(1)).value_or(0); shift % 8 == 0)
      unifyBits(&inst, 0, inst.getOperand(0), shift / 8);
    return;
  case Instruction::Shl:
    if (int64_t shift = constantOf(inst.getOperand(1)).value_or(0); shift % 8 == 0)
      unifyBits(&inst, shift / 8, inst.getOperand(0));
    return;
  case Instruction::ExtractElement: {
    int64_t stride = size(inst.getType());
    if (auto index = constantOf(inst.getOperand(1)))
      return unifyBits(&inst, 0, inst.getOperand(0), *index * stride);
    unifyBits(&inst, 0, inst.getOperand(0));
    return fold(resolve(bitsRef(&inst)).node, everywhere, stride);
  }
  case Instruction::InsertElement: {
    unifyBits(&inst, 0, inst.getOperand(0));
    int64_t stride = size(inst.getOperand(1)->getType());
    std::optional<int64_t> index = constantOf(inst.getOperand(2));
    unifyBits(&inst, index.value_or(0) * stride, inst.getOperand(1));
    if (!index)
      fold(resolve(bitsRef(&inst)).node, everywhere, stride);
    return;
  }
  case Instruction::ShuffleVector: {
    auto *source = cast<FixedVectorType>(inst.getOperand(0)->getType());
    int count = source->getNumElements();
    int64_t stride = size(source->getElementType());
    for (auto [to, from] : enumerate(cast<ShuffleVectorInst>(inst).getShuffleMask()))
      if (from >= 0)
        unifyBits(&inst, to * stride, inst.getOperand(from / count), (from % count) * stride);
    return;
  }
  case Instruction::Select:
    unifyBits(&inst, 0, inst.getOperand(1));
    return unifyBits(&inst, 0, inst.getOperand(2));
  default: // phi, freeze, trunc, zext, and, or, xor
    for (const Use &operand : inst.operands())
      unifyBits(&inst, 0, operand);
  }
}

/// Numbers in integer arguments and results.
void MemoryGraph::addBitsOfCall(CallBase &call, const Function &body, const MemoryGraph *summary,
                                function_ref<NodeRef(NodeRef)> imageOf) {
  auto meet = [&](const Value *formal, const Value *actual) {
    if (isa<Constant>(actual) || !carriesBits(actual->getType()) || formal->getType() != actual->getType())
      return;
    if (!summary)
      return unify(bitsRef(formal), bitsRef(actual));
    if (NodeRef theirs = summary->bitsOf(formal))
      unify(imageOf(theirs), bitsRef(actual));
  };
  for (auto [formal, actual] : zip(body.args(), call.args()))
    meet(&formal, actual);
  if (!carriesBits(call.getType()))
    return;
  if (!summary)
    return unify(bitsRef(&body), bitsRef(&call));
  if (NodeRef theirs = summary->bitsOf(&body))
    unify(imageOf(theirs), bitsRef(&call));
}

Type *MemoryGraph::realBits(const Value *integer) const {
  auto *structure = dyn_cast<StructType>(integer->getType());
  NodeRef whole = bitsOf(integer);
  if (!structure || !whole || holdsReal(structure))
    return realBits(whole, integer->getType());
  SmallVector<Type *> members;
  for (unsigned i = 0; i < structure->getNumElements(); ++i) {
    Type *member = structure->getElementType(i);
    Type *real = realBits({whole.node, whole.offset + memberOffset(structure, i, layout)}, member);
    members.push_back(real ? real : member);
  }
  bool any = !equal(members, structure->elements());
  return any ? StructType::get(structure->getContext(), members, structure->isPacked()) : nullptr;
}

/// The same of an integer of \p type whose bits are those at \p ref.
Type *MemoryGraph::realBits(NodeRef ref, Type *type) const {
  if (!type->isIntOrIntVectorTy())
    return nullptr;
  int64_t bytes = layout.getTypeStoreSize(type).getKnownMinValue();
  bool pointer = false;
  if (ref)
    forEachCell(ref, bytes, [&](int64_t, const Cell &cell) { pointer |= cell.pointer; });
  Type *real = pointer ? nullptr : realAt(ref, bytes);
  if (!real && type->isIntegerTy(64))
    real = packedHalvesAt(ref);
  return real && real->getPrimitiveSizeInBits() == type->getPrimitiveSizeInBits() ? real : nullptr;
}

/// Whether something that is known to be a pointer may lie there.  Words that are moved have
/// a target, too, in case that they are one: nothing is known of it if they are not.
bool MemoryGraph::mayPoint(const Cell &cell) const {
  if (cell.pointer || !cell.target)
    return cell.pointer;
  const Node &target = nodes[resolve(cell.target).node];
  return !target.cells.empty() || !target.sites.empty() || target.origin != Origin();
}

/// A float beside an integer.
Type *MemoryGraph::packedHalvesAt(NodeRef ref) const {
  constexpr int64_t halfBytes = 4;
  Type *real = nullptr;
  bool fits = true;
  if (!ref)
    return nullptr;
  forEachCell(ref, 2 * halfBytes, [&](int64_t offset, const Cell &cell) {
    fits &= !mayPoint(cell);
    if (!cell.real)
      return;
    fits &= cell.real->isFloatTy() && !cell.mixedReals && (offset == 0 || offset == halfBytes);
    real = cell.real;
  });
  return real && fits ? FixedVectorType::get(real, 2) : nullptr;
}

unsigned MemoryGraph::realHalvesAt(NodeRef ref) const {
  constexpr int64_t halfBytes = 4;
  unsigned numbers = 0;
  forEachCell(ref, 2 * halfBytes, [&](int64_t offset, const Cell &cell) {
    if (cell.real && offset >= 0)
      numbers |= 1U << offset / halfBytes;
  });
  return numbers;
}

Type *MemoryGraph::realAt(NodeRef ref, int64_t bytes) const {
  if (!ref)
    return nullptr;
  int64_t covered = 0;
  Type *real = nullptr;
  bool pure = true;
  forEachCell(ref, bytes, [&](int64_t offset, const Cell &cell) {
    if (!cell.real)
      return void(pure &= !mayPoint(cell));
    int64_t size = cell.real->getPrimitiveSizeInBits() / 8;
    bool fits = offset >= 0 && offset + size <= bytes && offset % size == 0;
    pure &= fits && !cell.mixedReals && (!real || real == cell.real);
    real = cell.real;
    covered += size;
  });
  if (!pure || !real || covered == 0)
    return nullptr;
  int64_t size = real->getPrimitiveSizeInBits() / 8;
  if (bytes % size || (covered != bytes && periodAt(ref) != size))
    return nullptr;
  return bytes == size ? real : FixedVectorType::get(real, bytes / size);
}

// --- what callers know ------------------------------------------------------

bool MemoryGraph::movesUnknownBytes(const Argument &formal) const {
  DenseSet<unsigned> found;
  if (NodeRef own = bitsOf(&formal))
    found.insert(own.node);
  reachable(of(&formal), found);
  return any_of(found, [&](unsigned id) { return nodes[id].origin.copied; });
}

bool MemoryGraph::learn(const Function &body, ArrayRef<Import> imports) {
  bool learnt = false;
  if (imports.empty())
    return false;
  for (const CopyEdge &edge : copyEdges)
    for (NodeRef end : {resolve(edge.destination), resolve(edge.source)})
      if (end)
        movedRanges[end.node].push_back({end.offset, edge.size});
  for (const Import &import : imports) {
    const Argument *formal = body.getArg(import.formal);
    DenseSet<unsigned> visited;
    if (holdsPointer(formal->getType()))
      learnt |= adopt(of(formal), *import.graph, import.graph->of(import.actual), visited);
    else if (bits.contains(formal))
      learnt |= adopt(bitsOf(formal), *import.graph, import.graph->bitsOf(import.actual), visited);
  }
  movedRanges.clear();
  if (learnt)
    solve();
  return learnt;
}

/// Something in this component moves the bytes at \p place without a type.
bool MemoryGraph::isMoved(NodeRef place) const {
  auto ranges = movedRanges.find(place.node);
  if (ranges == movedRanges.end())
    return false;
  const Node &node = nodes[place.node];
  return any_of(ranges->second, [&](const auto &range) {
    int64_t distance = place.offset - range.first;
    if (node.repeats(place.offset) && node.repeats(range.first))
      distance = (distance % node.period + node.period) % node.period;
    return distance >= 0 && (!range.second || distance < *range.second);
  });
}

/// Takes over the kinds of bytes that are only moved here, and follows the
/// pointers that both know of.
bool MemoryGraph::adopt(NodeRef ours, const MemoryGraph &theirs, NodeRef theirRef, DenseSet<unsigned> &visited) {
  ours = resolve(ours);
  theirRef = theirs.resolve(theirRef);
  if (!ours || !theirRef || !visited.insert(ours.node).second)
    return false;
  SmallVector<std::pair<int64_t, Cell>> cells;
  theirs.forEachCell(theirRef, std::nullopt,
                     [&](int64_t offset, const Cell &cell) { cells.push_back({offset, cell}); });
  bool untyped = nodes[ours.node].origin.copied;
  bool learnt = theirs.node(theirRef).origin.counted && !nodes[ours.node].origin.counted;
  nodes[ours.node].origin.counted |= learnt;
  if (untyped)
    foldLike(ours, theirs, theirRef, std::nullopt);
  for (auto &[offset, cell] : cells) {
    NodeRef place = resolve({ours.node, ours.offset + offset});
    auto own = nodes[place.node].cells.find(place.offset);
    bool known = own != nodes[place.node].cells.end() && (own->second.real || own->second.pointer);
    if (known && cell.target && own->second.target)
      learnt |= adopt(own->second.target, theirs, cell.target, visited);
    bool open = untyped && (!known || isMoved(place));
    bool isNews = !known || (cell.real && (!own->second.real || (own->second.decides && !cell.decides))) ||
                  (cell.pointer && !own->second.pointer);
    if (offset < 0 || !open || !isNews || !(cell.real || cell.pointer))
      continue;
    Cell news;
    news.real = cell.real;
    news.mixedReals = cell.mixedReals;
    news.decides = cell.decides;
    news.pointer = cell.pointer;
    news.size = cell.size;
    if (news.pointer && !(known && own->second.target))
      news.target = makeRef();
    absorb(place, news);
    learnt = true;
  }
  return learnt;
}
