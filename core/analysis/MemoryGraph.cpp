#include "MemoryGraph.h"
#include "../rules/DeclaredTypes.h"
#include "BitMoves.h"
#include "llvm/Analysis/AliasAnalysis.h"
#include "llvm/Analysis/SimplifyQuery.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/GetElementPtrTypeIterator.h"
#include "llvm/IR/Operator.h"
#include "llvm/Support/raw_ostream.h"
#include <numeric>

using namespace llvm;
using namespace linkgrad;

/// Arrays longer than this are described by one folded element.
static constexpr uint64_t longArray = 32;
/// Strides below this are distances in bytes, not sizes of what they step over.
static constexpr int64_t smallestStride = 4;

bool linkgrad::holdsPointer(Type *type) {
  if (type->isPtrOrPtrVectorTy())
    return true;
  if (auto *array = dyn_cast<ArrayType>(type))
    return holdsPointer(array->getElementType());
  if (auto *structure = dyn_cast<StructType>(type))
    return any_of(structure->elements(), holdsPointer);
  return false;
}

bool linkgrad::holdsReal(Type *type) {
  if (type->isFPOrFPVectorTy())
    return true;
  if (auto *array = dyn_cast<ArrayType>(type))
    return holdsReal(array->getElementType());
  if (auto *structure = dyn_cast<StructType>(type))
    return any_of(structure->elements(), holdsReal);
  return false;
}

MemoryGraph::MemoryGraph(ArrayRef<Function *> functions, const CallEffects &effects, SummaryOf summaries,
                         BodyOf preparedBody)
    : layout(functions.front()->getDataLayout()), effects(effects), summaries(summaries), preparedBody(preparedBody) {
  for (Function *function : functions)
    for (Argument &argument : function->args())
      if (NodeRef ref = refOf(&argument))
        nodes[resolve(ref).node].origin.argument = true;
  for (Function *function : functions)
    addFunction(*function);
  addStepsBack();
  solve();
}

void MemoryGraph::solve() {
  do
    solveCopies();
  while (joinOwnParts());
}

// --- nodes and cells --------------------------------------------------------

unsigned MemoryGraph::makeNode() {
  unsigned id = nodes.size();
  nodes.emplace_back();
  nodes.back().parent = id;
  return id;
}

NodeRef MemoryGraph::resolve(NodeRef ref) const {
  if (!ref)
    return ref;
  // Path halving: each step points a node at its grandparent.
  while (nodes[ref.node].parent != ref.node) {
    Node &node = nodes[ref.node];
    Node &parent = nodes[node.parent];
    ref.offset += node.shift;
    if (parent.parent != node.parent) {
      ref.offset += parent.shift;
      node.shift += parent.shift;
      ref.node = node.parent = parent.parent;
    } else {
      ref.node = node.parent;
    }
  }
  ref.offset = nodes[ref.node].normalise(ref.offset);
  return ref;
}

int64_t MemoryGraph::Node::normalise(int64_t offset) const {
  if (!repeats(offset))
    return offset;
  int64_t origin = foldFrom == everywhere ? 0 : foldFrom;
  int64_t rest = (offset - origin) % period;
  return origin + (rest < 0 ? rest + period : rest);
}

NodeRef MemoryGraph::of(const Value *pointer) const {
  auto found = refs.find(pointer);
  if (found != refs.end())
    return resolve(found->second);
  auto *constant = dyn_cast<Constant>(pointer);
  if (!constant)
    return {};
  APInt offset(layout.getIndexTypeSizeInBits(pointer->getType()), 0);
  if (!pointer->getType()->isPointerTy())
    return {};
  const Value *base = pointer->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
  if (base == pointer)
    return {};
  NodeRef ref = of(base);
  if (ref)
    ref.offset += offset.getSExtValue();
  return resolve(ref);
}

NodeRef MemoryGraph::returned(const Function &body) const { return resolve(returns.lookup(&body)); }

Cell &MemoryGraph::cellAt(NodeRef ref) {
  ref = resolve(ref);
  return nodes[ref.node].cells[ref.offset];
}

void MemoryGraph::absorbReal(Cell &cell, const Cell &from) {
  bool replaces = !cell.real || (cell.decides && !from.decides);
  if (cell.real && cell.real != from.real && !cell.decides && !from.decides)
    cell.mixedReals = true;
  cell.mixedReals |= from.mixedReals;
  cell.decides = from.decides && (!cell.real || cell.decides);
  if (replaces)
    cell.real = from.real;
}

void MemoryGraph::absorb(NodeRef into, const Cell &from) {
  Cell &cell = cellAt(into);
  Cell before = cell;
  if (from.real)
    absorbReal(cell, from);
  cell.pointer |= from.pointer;
  cell.read |= from.read;
  cell.written |= from.written;
  cell.size = std::max(cell.size, from.size);
  NodeRef ours = cell.target;
  if (!ours)
    cell.target = from.target;
  if (before.real != cell.real || before.mixedReals != cell.mixedReals || before.decides != cell.decides ||
      before.pointer != cell.pointer || !before.target != !cell.target)
    markChanged(resolve(into).node);
  if (ours && from.target)
    unify(ours, from.target);
}

void MemoryGraph::unify(NodeRef a, NodeRef b) {
  if (!a || !b)
    return;
  bool outermost = pending.empty();
  pending.push_back({a, b});
  if (outermost)
    unifyPending();
}

void MemoryGraph::unifyPending() {
  // The entry being processed stays in the list so that unify() knows it is nested.
  for (size_t next = 0; next < pending.size(); ++next)
    merge(pending[next].first, pending[next].second);
  pending.clear();
}

void MemoryGraph::merge(NodeRef a, NodeRef b) {
  a = resolve(a);
  b = resolve(b);
  if (a.node == b.node) {
    if (a.offset != b.offset)
      fold(a.node, everywhere, std::abs(a.offset - b.offset));
    return;
  }
  if (nodes[a.node].cells.size() < nodes[b.node].cells.size())
    std::swap(a, b);
  int64_t shift = a.offset - b.offset;
  Node moved = std::move(nodes[b.node]);
  nodes[b.node] = Node();
  nodes[b.node].parent = a.node;
  nodes[b.node].shift = shift;
  if (!edgesAt.empty())
    edgesAt[a.node].append(edgesAt[b.node]);
  markChanged(a.node);

  Node &root = nodes[a.node];
  Origin &origin = root.origin;
  origin.stack |= moved.origin.stack;
  origin.heap |= moved.origin.heap;
  origin.global |= moved.origin.global;
  origin.argument |= moved.origin.argument;
  origin.unknown |= moved.origin.unknown;
  origin.exception |= moved.origin.exception;
  origin.freed |= moved.origin.freed;
  origin.mutableGlobal |= moved.origin.mutableGlobal;
  origin.constantGlobal |= moved.origin.constantGlobal;
  origin.tape |= moved.origin.tape;
  origin.viaSelf |= moved.origin.viaSelf;
  origin.text |= moved.origin.text;
  origin.tapeStart |= moved.origin.tapeStart;
  origin.read |= moved.origin.read;
  origin.written |= moved.origin.written;
  origin.copied |= moved.origin.copied;
  origin.counted |= moved.origin.counted;
  origin.stepsBack |= moved.origin.stepsBack;
  root.sites.append(moved.sites.begin(), moved.sites.end());
  if (origin.stepsBack)
    fold(a.node, everywhere, root.period);
  if (moved.period)
    fold(a.node, moved.foldFrom == everywhere ? everywhere : moved.foldFrom + shift, moved.period);
  for (auto &[offset, cell] : moved.cells)
    absorb({a.node, offset + shift}, cell);
}

void MemoryGraph::fold(unsigned id, int64_t from, int64_t period) {
  Node &node = nodes[id];
  if (period == 0)
    return;
  int64_t newFrom = node.origin.stepsBack ? everywhere : from, newPeriod = period;
  if (node.period) {
    newFrom = std::min(newFrom, node.foldFrom);
    newPeriod = std::gcd(period, node.period);
    if (newFrom == node.foldFrom && newPeriod == node.period)
      return;
  }
  markChanged(id);
  node.foldFrom = newFrom;
  node.period = newPeriod;
  // Cells before newFrom stay; the others meet their images.
  Cells moved;
  auto first = node.cells.lower_bound(newFrom);
  moved.insert(first, node.cells.end());
  node.cells.erase(first, node.cells.end());
  for (auto &[offset, cell] : moved)
    absorb({id, offset}, cell);
}

void MemoryGraph::forEachCell(NodeRef ref, std::optional<int64_t> size,
                              function_ref<void(int64_t, const Cell &)> visit) const {
  ref = resolve(ref);
  if (!ref)
    return;
  const Node &node = nodes[ref.node];
  bool folded = node.repeats(ref.offset);
  for (const auto &[offset, cell] : node.cells) {
    if (node.repeats(offset)) {
      // A repeating cell: its images lie at offset + k * period.
      int64_t relative = offset - ref.offset;
      int64_t image = folded ? ((relative % node.period) + node.period) % node.period : relative;
      // The image before may reach into our bytes.
      if (folded && image && image + cell.size > node.period && image - node.period + cell.size > 0)
        if (int64_t(cell.size) > node.period - image)
          visit(image - node.period, cell);
      if (!size)
        visit(image, cell);
      else
        for (; image < *size; image += node.period)
          visit(image, cell);
      continue;
    }
    int64_t relative = offset - ref.offset;
    if (relative + std::max<int64_t>(cell.size, 1) <= 0 || (size && relative >= *size))
      continue;
    visit(relative, cell);
  }
}

int64_t MemoryGraph::periodAt(NodeRef ref) const {
  ref = resolve(ref);
  if (!ref)
    return 0;
  const Node &node = nodes[ref.node];
  return node.repeats(ref.offset) ? node.period : 0;
}

void MemoryGraph::reachable(NodeRef ref, DenseSet<unsigned> &found) const {
  SmallVector<unsigned> worklist;
  auto add = [&](NodeRef next) {
    next = resolve(next);
    if (next && found.insert(next.node).second)
      worklist.push_back(next.node);
  };
  add(ref);
  while (!worklist.empty())
    for (const auto &entry : nodes[worklist.pop_back_val()].cells)
      add(entry.second.target);
}

SmallVector<const GlobalVariable *> MemoryGraph::globals() const {
  SmallVector<const GlobalVariable *> found;
  for (auto &entry : refs)
    if (auto *global = dyn_cast<GlobalVariable>(entry.first))
      found.push_back(global);
  return found;
}

// --- values -----------------------------------------------------------------

NodeRef MemoryGraph::refOf(const Value *value) {
  auto found = refs.find(value);
  if (found != refs.end())
    return found->second;
  if (auto *constant = dyn_cast<Constant>(value))
    return constantRef(constant);
  if (!holdsPointer(value->getType()))
    return {};
  NodeRef ref = makeRef();
  refs[value] = ref;
  return ref;
}

/// What C++ knows of a type at run time. The library keeps such pointers where it keeps
/// pointers to objects at other times (std::function), but nobody looks for numbers there.
static bool describesType(const Constant &constant) {
  auto *global = dyn_cast<GlobalVariable>(&constant);
  return global && global->isConstant() &&
         (global->getName().starts_with("_ZTI") || global->getName().starts_with("_ZTS"));
}

NodeRef MemoryGraph::constantRef(const Constant *constant) {
  if (isa<ConstantData>(constant) || !holdsPointer(constant->getType()) || describesType(*constant))
    return {};
  if (auto *global = dyn_cast<GlobalVariable>(constant)) {
    NodeRef ref = makeRef();
    refs[constant] = ref;
    Node &node = nodes[ref.node];
    node.origin.global = true;
    node.origin.mutableGlobal = !global->isConstant();
    node.origin.constantGlobal = global->isConstant();
    node.sites.push_back(global);
    initialiseGlobal(*global, ref);
    return ref;
  }
  if (isa<GlobalValue>(constant) || isa<BlockAddress>(constant))
    return refs[constant] = makeRef();
  if (constant->getType()->isPointerTy()) {
    APInt offset(layout.getIndexTypeSizeInBits(constant->getType()), 0);
    const Value *base = constant->stripAndAccumulateConstantOffsets(layout, offset, true);
    if (base != constant) {
      NodeRef ref = refOf(base);
      ref.offset += offset.getSExtValue();
      return refs[constant] = ref;
    }
  }
  // Vectors and structs of pointers, inttoptr expressions: all they mention meet.
  NodeRef ref = makeRef();
  refs[constant] = ref;
  for (const Use &operand : constant->operands())
    if (NodeRef part = refOf(operand))
      unify(ref, part);
  return ref;
}

void MemoryGraph::initialiseGlobal(const GlobalVariable &global, NodeRef ref) {
  if (global.hasInitializer())
    addInitialiser(global.getInitializer(), ref);
}

void MemoryGraph::addInitialiser(const Constant *constant, NodeRef ref) {
  Type *type = constant->getType();
  if (type->isPointerTy()) {
    if (isa<ConstantPointerNull>(constant))
      return;
    access(ref, type, /*isWrite=*/false, constant);
    return;
  }
  if (type->isFloatingPointTy())
    return access(ref, type, false, nullptr);
  if (auto *structure = dyn_cast<StructType>(type)) {
    const StructLayout *offsets = layout.getStructLayout(structure);
    for (unsigned i = 0; i < structure->getNumElements(); ++i)
      addInitialiser(constant->getAggregateElement(i), {ref.node, ref.offset + int64_t(offsets->getElementOffset(i))});
    return;
  }
  auto *array = dyn_cast<ArrayType>(type);
  if (!array || array->getNumElements() == 0 ||
      !(holdsPointer(array->getElementType()) || !array->getElementType()->isIntegerTy()))
    return;
  int64_t stride = layout.getTypeAllocSize(array->getElementType());
  uint64_t count = array->getNumElements();
  if (count > longArray) {
    NodeRef start = resolve(ref);
    fold(start.node, start.offset, stride);
    if (isa<ConstantDataArray, ConstantAggregateZero>(constant))
      count = 1;
  }
  for (uint64_t i = 0; i < count; ++i)
    addInitialiser(constant->getAggregateElement(i), {ref.node, ref.offset + int64_t(i) * stride});
}

/// What is stored, or was loaded, is an integer in its own right.
static bool isCount(const Value &integer, bool isStored) {
  if (!isStored)
    return !isMovedOn(integer);
  auto *constant = dyn_cast<ConstantInt>(&integer);
  return constant ? !constant->isZero() : isa<BinaryOperator, FPToSIInst, FPToUIInst, SExtInst>(integer);
}

void MemoryGraph::access(NodeRef ref, Type *type, bool isWrite, const Value *value) {
  if (!ref)
    return;
  Origin &origin = nodes[resolve(ref).node].origin;
  (isWrite ? origin.written : origin.read) = true;
  origin.copied |= type->isIntOrIntVectorTy();
  origin.counted |= type->isIntegerTy() && value && isCount(*value, isWrite);
  accessLeaf(ref, type, isWrite, value);
}

/// A number of which no other number is made but such as end in a comparison or an
/// integer; or a constant.
static bool onlyDecides(const Value &number, unsigned depth = 0) {
  if (isa<Constant>(number))
    return depth == 0;
  if (depth > 6 || number.hasNUsesOrMore(9))
    return false;
  if (depth == 0 && !isa<LoadInst>(number)) // stored: what it was made of matters
    return false;
  return all_of(number.users(), [&](const User *user) {
    if (isa<FCmpInst, FPToSIInst, FPToUIInst>(user))
      return true;
    bool passes = isa<BinaryOperator, UnaryOperator, FPExtInst, FPTruncInst>(user) ||
                  (isa<IntrinsicInst>(user) && user->getType()->isFloatingPointTy());
    return passes && onlyDecides(*user, depth + 1);
  });
}

void MemoryGraph::accessLeaf(NodeRef ref, Type *type, bool isWrite, const Value *value) {
  auto at = [&](int64_t offset) { return NodeRef{ref.node, ref.offset + offset}; };
  if (auto *structure = dyn_cast<StructType>(type)) {
    const StructLayout *offsets = layout.getStructLayout(structure);
    for (unsigned i = 0; i < structure->getNumElements(); ++i)
      accessLeaf(at(offsets->getElementOffset(i)), structure->getElementType(i), isWrite, value);
    return;
  }
  Type *element = nullptr;
  uint64_t count = 0;
  if (auto *array = dyn_cast<ArrayType>(type)) {
    element = array->getElementType();
    count = array->getNumElements();
  } else if (auto *vector = dyn_cast<FixedVectorType>(type)) {
    element = vector->getElementType();
    count = vector->getNumElements();
  }
  if (element) {
    int64_t stride = isa<VectorType>(type) ? layout.getTypeStoreSize(element) : layout.getTypeAllocSize(element);
    for (uint64_t i = 0; i < count; ++i)
      accessLeaf(at(i * stride), element, isWrite, value);
    return;
  }
  Cell seen;
  seen.real = type->isFloatingPointTy() ? type : nullptr;
  seen.decides = seen.real && value && onlyDecides(*value);
  seen.pointer = type->isPointerTy();
  seen.read = !isWrite;
  seen.written = isWrite;
  seen.size = layout.getTypeStoreSize(type).getKnownMinValue();
  if (seen.pointer && value) {
    seen.target = refOf(value);
    // What is loaded from here must have a node to speak of, even if only null was stored.
    if (!seen.target)
      seen.target = makeRef();
  }
  absorb(ref, seen);
}

// --- instructions -----------------------------------------------------------

void MemoryGraph::addFunction(Function &function) {
  findTreeHeaders(function);
  for (BasicBlock &block : function)
    for (Instruction &inst : block)
      addInstruction(inst);
}

/// Integers are followed only where they become pointers again.
void MemoryGraph::demandInteger(const Value *value) {
  if (refs.contains(value) || !value->getType()->isIntegerTy() || isa<Constant>(value))
    return;
  NodeRef ref = makeRef();
  refs[value] = ref;
  auto *inst = dyn_cast<Instruction>(value);
  if (!inst)
    return;
  if (auto *cast = dyn_cast<PtrToIntInst>(inst))
    return unify(ref, refOf(cast->getPointerOperand()));
  if (auto *load = dyn_cast<LoadInst>(inst)) {
    Cell seen;
    seen.target = ref;
    seen.read = true;
    seen.size = layout.getTypeStoreSize(load->getType());
    return absorb(refOf(load->getPointerOperand()), seen);
  }
  if (isa<PHINode, SelectInst, FreezeInst>(inst) || isa<BinaryOperator>(inst)) {
    for (const Use &operand : inst->operands()) {
      if (!operand->getType()->isIntegerTy() || operand->getType() != value->getType())
        continue;
      demandInteger(operand);
      NodeRef part = refs.lookup(operand);
      unify(refs.lookup(value), part);
    }
  }
}

/// A number that divides every value of an index.
static uint64_t knownDivisor(const Value *index, unsigned depth = 0) {
  if (auto *constant = dyn_cast<ConstantInt>(index))
    return constant->getValue().abs().getLimitedValue();
  auto *inst = dyn_cast<Instruction>(index);
  if (!inst || depth > 5)
    return 1;
  auto both = [&](const Value *a, const Value *b) {
    return std::gcd(knownDivisor(a, depth + 1), knownDivisor(b, depth + 1));
  };
  switch (inst->getOpcode()) {
  case Instruction::Mul: {
    uint64_t product = 1;
    for (const Value *factor : inst->operands())
      product *= std::max<uint64_t>(knownDivisor(factor, depth + 1) % 65536, 1);
    return product;
  }
  case Instruction::Shl:
    if (auto *bits = dyn_cast<ConstantInt>(inst->getOperand(1)); bits && bits->getValue().ult(16))
      return (uint64_t(1) << bits->getZExtValue()) *
             std::max<uint64_t>(knownDivisor(inst->getOperand(0), depth + 1) % 65536, 1);
    return 1;
  case Instruction::ZExt:
  case Instruction::SExt:
  case Instruction::Freeze:
    return knownDivisor(inst->getOperand(0), depth + 1);
  case Instruction::Add:
  case Instruction::Sub:
  case Instruction::Or:
    return both(inst->getOperand(0), inst->getOperand(1));
  case Instruction::Select:
    return both(inst->getOperand(1), inst->getOperand(2));
  case Instruction::PHI: {
    uint64_t divisor = 0;
    for (const Value *incoming : cast<PHINode>(inst)->incoming_values())
      if (incoming != inst) {
        // start, start + step, ...: the step is what the recurrence adds.
        auto *next = dyn_cast<BinaryOperator>(incoming);
        bool recurs = next && next->getOpcode() == Instruction::Add && is_contained(next->operands(), inst);
        const Value *part = !recurs                       ? incoming
                            : next->getOperand(0) == inst ? next->getOperand(1)
                                                          : next->getOperand(0);
        divisor = std::gcd(divisor, knownDivisor(part, depth + 1));
      }
    return std::max<uint64_t>(divisor, 1);
  }
  default:
    return 1;
  }
}

/// A pointer that is not at a fixed distance from where its object begins.
static bool isMoving(const Value *pointer) {
  while (auto *gep = dyn_cast<GetElementPtrInst>(pointer)) {
    if (!gep->hasAllConstantIndices())
      return true;
    pointer = gep->getPointerOperand();
  }
  return isa<PHINode, SelectInst>(pointer);
}

/// The address is known as a distance from where an object begins.
static bool startsObject(const GetElementPtrInst &gep, const DataLayout &layout) {
  APInt offset(layout.getIndexTypeSizeInBits(gep.getType()), 0);
  const Value *base = gep.stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
  return isa<AllocaInst, GlobalVariable>(base) || isNoAliasCall(base);
}

/// What lies before \p ref may be an element of the same array, if it turns out to be one.
void MemoryGraph::stepBack(NodeRef ref) {
  ref = resolve(ref);
  nodes[ref.node].origin.stepsBack = true;
  fold(ref.node, everywhere, nodes[ref.node].period);
}

/// One element back from a moving pointer is an element too, not what lies before the array.
/// What is an array is known in the end.
void MemoryGraph::addStepsBack() {
  auto targetOf = [&](const GetElementPtrInst &gep) {
    APInt distance(layout.getIndexTypeSizeInBits(gep.getType()), 0);
    gep.accumulateConstantOffset(layout, distance);
    NodeRef base = resolve(refOf(gep.getPointerOperand())), target = base;
    if (!base)
      return target;
    target.offset += distance.getSExtValue();
    const Node &node = nodes[base.node];
    if (!node.repeats(base.offset))
      stepBack(base);
    else if (!node.repeats(target.offset))
      target.offset += alignTo(node.foldFrom - target.offset, node.period);
    return target;
  };
  // The second time for what became an array by the first.
  for (int turn = 0; turn < 2; ++turn)
    for (const GetElementPtrInst *gep : stepsBack)
      unify(refOf(gep), targetOf(*gep));
}

void MemoryGraph::addGep(GetElementPtrInst &gep) {
  NodeRef base = resolve(refOf(gep.getPointerOperand())), result = refOf(&gep);
  if (!base)
    return;
  unsigned bits = layout.getIndexTypeSizeInBits(gep.getPointerOperand()->getType());
  SmallMapVector<Value *, APInt, 4> variable;
  APInt constant(bits, 0);
  if (!gep.getType()->isPointerTy() || !gep.collectOffset(layout, bits, variable, constant)) {
    fold(base.node, everywhere, 1);
    return unify(result, base);
  }
  NodeRef target{base.node, base.offset + constant.getSExtValue()};
  if (!variable.empty()) {
    bool forward = all_of(variable, [&](auto &entry) {
      return entry.second.isNonNegative() &&
             (gep.hasNoUnsignedWrap() || isKnownNonNegative(entry.first, SimplifyQuery(layout)));
    });
    int64_t period = 0;
    for (auto &entry : variable)
      period = std::gcd(
          period, int64_t(std::abs(entry.second.getSExtValue()) * std::max<uint64_t>(knownDivisor(entry.first), 1)));
    // A distance in bytes (the difference of two pointers, a size given as an
    // argument) leads to where something equal lies; how far, we cannot say.
    if (period < smallestStride)
      return unify(result, {base.node, target.offset < 0 ? base.offset : target.offset});
    // A moving pointer that is moved again stays in its array; so does a[i - 1].
    bool anywhere = !forward || (target.offset < 0 && constant.isNegative());
    fold(base.node, anywhere ? everywhere : target.offset, period);
    return unify(result, target);
  }
  if (constant.isNegative() && isMoving(gep.getPointerOperand()))
    return stepsBack.push_back(&gep);
  if (constant.isNegative() && !startsObject(gep, layout))
    stepBack(base);
  unify(result, target);
}

// NOLINTNEXTLINE(readability-function-size): a list of instructions
void MemoryGraph::addInstruction(Instruction &inst) {
  addBits(inst);
  if (auto *gep = dyn_cast<GetElementPtrInst>(&inst)) {
    if (!addPart(*gep))
      addGep(*gep);
    return;
  }
  if (LibraryMember kind = libraryMemberOf(inst);
      (kind == LibraryMember::Text || kind == LibraryMember::Buckets) && refOf(getLoadStorePointerOperand(&inst)))
    return accessSelfPointer(inst, kind);
  if (auto *load = dyn_cast<LoadInst>(&inst))
    return access(refOf(load->getPointerOperand()), declaredTypeOf(*load), false, load);
  if (auto *store = dyn_cast<StoreInst>(&inst)) {
    Value *value = store->getValueOperand();
    access(refOf(store->getPointerOperand()), declaredTypeOf(*store), true, value);
    if (value->getType()->isIntegerTy(64) && isa<LoadInst, PHINode, SelectInst, PtrToIntInst>(value)) {
      demandInteger(value);
      Cell seen;
      seen.target = refs.lookup(value);
      absorb(refOf(store->getPointerOperand()), seen);
    }
    return;
  }
  if (auto *rmw = dyn_cast<AtomicRMWInst>(&inst)) {
    NodeRef pointer = refOf(rmw->getPointerOperand());
    access(pointer, rmw->getType(), false, rmw);
    return access(pointer, rmw->getType(), true, rmw->getValOperand());
  }
  if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(&inst)) {
    NodeRef pointer = refOf(exchange->getPointerOperand());
    Type *type = exchange->getNewValOperand()->getType();
    access(pointer, type, false, nullptr);
    return access(pointer, type, true, exchange->getNewValOperand());
  }
  if (auto *alloca = dyn_cast<AllocaInst>(&inst)) {
    Node &node = nodes[refOf(alloca).node];
    node.origin.stack = true;
    node.sites.push_back(alloca);
    return;
  }
  if (auto *call = dyn_cast<CallBase>(&inst))
    return addCall(*call);
  if (auto *cast = dyn_cast<IntToPtrInst>(&inst)) {
    demandInteger(cast->getOperand(0));
    if (NodeRef part = refs.lookup(cast->getOperand(0)))
      return unify(refOf(cast), part);
    nodes[resolve(refOf(cast)).node].origin.unknown = true;
    return;
  }
  if (auto *ret = dyn_cast<ReturnInst>(&inst)) {
    if (Value *value = ret->getReturnValue())
      if (NodeRef ref = refOf(value)) {
        auto [entry, isNew] = returns.try_emplace(inst.getFunction(), ref);
        if (!isNew)
          unify(entry->second, ref);
      }
    return;
  }
  // Phi, select, casts, aggregates and vectors of pointers.
  if (!holdsPointer(inst.getType()) || isa<LandingPadInst>(inst))
    return;
  NodeRef result = refOf(&inst);
  for (const Use &operand : inst.operands())
    if (NodeRef part = refOf(operand))
      unify(result, part);
}

void MemoryGraph::print(raw_ostream &os) const {
  for (unsigned id = 0; id < nodes.size(); ++id) {
    const Node &node = nodes[id];
    if (node.parent != id)
      continue;
    os << "node " << id << (node.origin.stack ? " stack" : "") << (node.origin.heap ? " heap" : "")
       << (node.origin.global ? " global" : "") << (node.origin.argument ? " argument" : "")
       << (node.origin.unknown ? " unknown" : "") << (node.origin.tape ? " tape" : "")
       << (node.origin.written ? " written" : "") << (node.origin.freed ? " freed" : "");
    if (node.period)
      os << " repeats every " << node.period << " from " << node.foldFrom;
    os << "\n";
    for (const auto &[offset, cell] : node.cells) {
      os << "  " << offset << ":";
      if (cell.real)
        os << " " << *cell.real;
      if (cell.mixedReals)
        os << " mixed";
      if (cell.pointer)
        os << " pointer";
      if (NodeRef target = resolve(cell.target))
        os << " -> " << target.node << "+" << target.offset;
      os << (cell.read ? " read" : "") << (cell.written ? " written" : "") << "\n";
    }
  }
  for (auto &[value, ref] : refs) {
    NodeRef target = resolve(ref);
    os << "  " << value->getNameOrAsOperand() << " = " << target.node << "+" << target.offset << "\n";
  }
}
