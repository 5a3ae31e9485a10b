#include "MoveLayout.h"
#include "../rules/DeclaredTypes.h"
#include "BitMoves.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;
using namespace linkgrad;

/// Two floats where a pointer may be are one word.
static void joinHalvesOfWords(std::map<int64_t, MoveLayout::Member> &reals) {
  for (auto entry = reals.begin(); entry != reals.end(); ++entry) {
    MoveLayout::Member &first = entry->second;
    if (!first.pointer || first.size != 4)
      continue;
    auto second = std::next(entry);
    if (second != reals.end() && second->second.offset == first.offset + 4 && second->second.real == first.real)
      reals.erase(second);
    first.real = FixedVectorType::get(first.real, 2);
    first.size = 8;
  }
}

MoveLayout linkgrad::layoutOfMove(const MemoryGraph &graph, const Value *pointer, const Value &size,
                                  const DataLayout &data) {
  if (auto *constant = dyn_cast<ConstantInt>(&size)) {
    uint64_t bytes = constant->getZExtValue();
    return layoutOfMove(graph, pointer, constant->getSExtValue(), bytes & -bytes);
  }
  unsigned zeros = computeKnownBits(&size, data).countMinTrailingZeros();
  return layoutOfMove(graph, pointer, std::nullopt, uint64_t(1) << std::min(zeros, 63u));
}

MoveLayout linkgrad::layoutOfMove(const MemoryGraph &graph, const Value *pointer, std::optional<int64_t> size,
                                  uint64_t granule) {
  MoveLayout layout;
  NodeRef ref = graph.of(pointer);
  int64_t period = graph.periodAt(ref);
  std::map<int64_t, MoveLayout::Member> reals;
  int64_t end = 0;
  auto add = [&](int64_t offset, const Cell &cell) {
    end = std::max(end, offset + int64_t(cell.size));
    if (cell.real && offset >= 0) {
      uint64_t bytes = cell.real->getPrimitiveSizeInBits() / 8;
      reals[offset] = {cell.real, uint64_t(offset), cell.real->isX86_FP80Ty() ? 16 : bytes, cell.pointer};
      layout.conflict |= cell.mixedReals;
    }
  };
  if (period && (!size || *size > period)) {
    graph.forEachCell(ref, period, add);
    layout.period = period;
    // Pointers that walk by bytes: where a number begins, only the move itself says.
    // It is sure to begin with one if there is but one kind and nothing else; or if
    // it moves so many bytes as whole numbers have.
    if (any_of(reals, [&](auto &entry) { return entry.second.size > uint64_t(period); })) {
      MoveLayout::Member only = reals.begin()->second;
      bool alone = !graph.node(ref).origin.counted || granule % only.size == 0;
      layout.conflict |= reals.size() != 1 || graph.anyPointer(ref) || !alone;
      only.offset = 0;
      layout.period = only.size;
      reals = {{0, only}};
    }
  } else {
    graph.forEachCell(ref, size, add);
    layout.period = size ? *size : end;
    // Nobody has stepped through it, and its length is not known: it is one kind of
    // number, or one object of the size seen or a part of it (the characters before them).
    // Numbers that overlap are bytes of which the graph does not know where they go.
    bool uniform = !reals.empty() && all_of(reals, [&](auto &entry) {
      const MoveLayout::Member &first = reals.begin()->second;
      return entry.second.real == first.real && (entry.first - reals.begin()->first) % first.size == 0;
    });
    if (!size && uniform && reals.begin()->first == 0 && !graph.anyPointer(ref)) {
      layout.period = reals.begin()->second.size;
      reals.erase(std::next(reals.begin()), reals.end());
    } else if (!size && !reals.empty()) {
      layout.limit = end;
    }
  }
  layout.period = std::max<uint64_t>(layout.period, 1);
  joinHalvesOfWords(reals);
  // What lies between the reals is opaque.
  uint64_t at = 0;
  for (auto &[offset, member] : reals) {
    if (uint64_t(offset) > at)
      layout.members.push_back({nullptr, at, uint64_t(offset) - at, false});
    layout.conflict |= uint64_t(offset) < at; // two numbers share bytes
    layout.members.push_back(member);
    at = std::max(at, uint64_t(offset) + member.size);
  }
  if (at < layout.period)
    layout.members.push_back({nullptr, at, layout.period - at, false});
  return layout;
}

// --- expansion --------------------------------------------------------------

namespace {

/// One memcpy, memmove or memset that is taken apart.
class MixedMove {
public:
  MixedMove(AnyMemIntrinsic &move, const MoveLayout &layout)
      : move(move), layout(layout), destination(move.getRawDest()), transfer(dyn_cast<AnyMemTransferInst>(&move)),
        source(transfer ? transfer->getRawSource() : nullptr) {}
  void expand();

private:
  void expandConstant(uint64_t size);
  void expandLoop();
  /// Of a member of the element that begins at \p start.
  Align sourceAlign(Value *start, uint64_t offset) const {
    if (source != transfer->getRawSource())
      return Align(1);
    Align whole = transfer->getSourceAlign().valueOrOne();
    auto *known = dyn_cast<ConstantInt>(start);
    return known ? commonAlignment(whole, known->getZExtValue() + offset)
                 : commonAlignment(commonAlignment(whole, layout.period), offset);
  }
  Value *elementAt(Value *index, IRBuilder<> &b) { return b.CreateMul(index, b.getInt64(layout.period)); }
  void copyElement(Value *start, IRBuilder<> &b, uint64_t limit);
  void copyTail(Value *start, Value *rest, Instruction *before);
  void copyPart(Value *start, uint64_t offset, Type *type, IRBuilder<> &b);
  void copyOpaque(const MoveLayout::Member &member, Value *start, uint64_t size, IRBuilder<> &b);
  Value *content(const MoveLayout::Member &member, Value *start, IRBuilder<> &b);
  Value *at(Value *base, Value *start, uint64_t offset, IRBuilder<> &b) {
    return b.CreatePtrAdd(base, b.CreateAdd(start, b.getInt64(offset)));
  }

  AnyMemIntrinsic &move;
  const MoveLayout &layout;
  Value *destination;
  AnyMemTransferInst *transfer;
  Value *source;
};

} // namespace

/// What is stored: read from the source, or the byte that memory is filled with.
Value *MixedMove::content(const MoveLayout::Member &member, Value *start, IRBuilder<> &b) {
  if (source) {
    LoadInst *load = b.CreateAlignedLoad(member.real, at(source, start, member.offset, b),
                                         sourceAlign(start, member.offset), "moved");
    load->setMetadata(LLVMContext::MD_tbaa, move.getMetadata(LLVMContext::MD_tbaa));
    return load;
  }
  Value *byte = cast<AnyMemSetInst>(move).getValue();
  Type *bits = b.getIntNTy(member.size * 8);
  Value *splat =
      b.CreateMul(b.CreateZExt(byte, bits), ConstantInt::get(bits, APInt::getSplat(member.size * 8, APInt(8, 1))));
  return b.CreateBitCast(splat, member.real);
}

void MixedMove::copyOpaque(const MoveLayout::Member &member, Value *start, uint64_t size, IRBuilder<> &b) {
  Value *to = at(destination, start, member.offset, b);
  if (source)
    b.CreateMemMove(to, MaybeAlign(1), at(source, start, member.offset, b), MaybeAlign(1), size);
  else
    b.CreateMemSet(to, cast<AnyMemSetInst>(move).getValue(), size, MaybeAlign(1));
}

/// Part of a member: whatever it is, it does not arrive whole.
void MixedMove::copyPart(Value *start, uint64_t offset, Type *type, IRBuilder<> &b) {
  Value *part = nullptr;
  if (source) {
    auto *load = b.CreateAlignedLoad(type, at(source, start, offset, b), Align(1), "part");
    markPartOfNumber(*load);
    part = load;
  } else {
    Value *byte = cast<AnyMemSetInst>(move).getValue();
    unsigned bits = type->getIntegerBitWidth();
    part = b.CreateMul(b.CreateZExt(byte, type), ConstantInt::get(type, APInt::getSplat(bits, APInt(8, 1))));
  }
  b.CreateAlignedStore(part, at(destination, start, offset, b), Align(1));
}

/// All members of one element that end before \p limit: everything is read before anything is written.
void MixedMove::copyElement(Value *start, IRBuilder<> &b, uint64_t limit) {
  SmallVector<std::pair<const MoveLayout::Member *, Value *>> read;
  for (const MoveLayout::Member &member : layout.members)
    if (member.real && member.offset + member.size <= limit)
      read.push_back({&member, content(member, start, b)});
  for (const MoveLayout::Member &member : layout.members)
    if (!member.real && member.offset < limit)
      copyOpaque(member, start, std::min(member.size, limit - member.offset), b);
  for (auto &[member, value] : read)
    b.CreateAlignedStore(value, at(destination, start, member->offset, b), Align(1));
  for (const MoveLayout::Member &member : layout.members)
    if (member.real && member.offset < limit && member.offset + member.size > limit)
      for (uint64_t byte = member.offset; byte < limit; ++byte)
        copyPart(start, byte, b.getInt8Ty(), b);
}

/// The last element, of which only \p rest bytes are moved: whole members, and the
/// bytes of one that is cut off.
void MixedMove::copyTail(Value *start, Value *rest, Instruction *before) {
  auto doIf = [&](Value *condition, function_ref<void(IRBuilder<> &)> emit) {
    IRBuilder<> inner(SplitBlockAndInsertIfThen(condition, before, false));
    emit(inner);
  };
  for (const MoveLayout::Member &member : layout.members) {
    IRBuilder<> b(before);
    Value *inside = b.CreateICmpUGE(rest, b.getInt64(member.offset + member.size));
    doIf(inside, [&](IRBuilder<> &inner) {
      if (member.real)
        inner.CreateAlignedStore(content(member, start, inner), at(destination, start, member.offset, inner), Align(1));
      else
        copyOpaque(member, start, member.size, inner);
    });
    for (uint64_t byte = 0; byte + 1 < member.size; ++byte) {
      IRBuilder<> here(before);
      Value *some = here.CreateICmpUGT(rest, here.getInt64(member.offset + byte));
      doIf(here.CreateAnd(some, here.CreateNot(inside)),
           [&](IRBuilder<> &inner) { copyPart(start, member.offset + byte, inner.getInt8Ty(), inner); });
    }
  }
}

void MixedMove::expandConstant(uint64_t size) {
  IRBuilder<> b(&move);
  if (transfer && isa<MemMoveInst>(transfer)) {
    // The two may overlap: by way of a copy.
    IRBuilder<> entry(&*move.getFunction()->getEntryBlock().getFirstInsertionPt());
    Value *copy = entry.CreateAlloca(entry.getInt8Ty(), entry.getInt64(size), "moving");
    Value *given = destination;
    destination = copy;
    for (uint64_t start = 0; start < size; start += layout.period)
      copyElement(b.getInt64(start), b, size - start);
    source = copy;
    destination = given;
  }
  for (uint64_t start = 0; start < size; start += layout.period)
    copyElement(b.getInt64(start), b, size - start);
}

/// for (i = 0; i < bytes / period; ++i) copy element i, or the last first where the
/// destination lies behind the source
void MixedMove::expandLoop() {
  IRBuilder<> b(&move);
  Value *bytes = b.CreateZExtOrTrunc(move.getLength(), b.getInt64Ty());
  Value *count = b.CreateUDiv(bytes, b.getInt64(layout.period));
  Value *whole = elementAt(count, b), *rest = b.CreateSub(bytes, whole);
  Value *down = b.getFalse();
  if (transfer && isa<MemMoveInst>(transfer))
    down = b.CreateICmpULT(source, destination);
  Value *last = b.CreateSub(count, b.getInt64(1));
  Value *anyRest = b.CreateICmpNE(rest, b.getInt64(0));
  auto tailIf = [&](Value *condition) {
    IRBuilder<> here(&move);
    Instruction *then = SplitBlockAndInsertIfThen(here.CreateAnd(anyRest, condition), &move, false);
    copyTail(whole, rest, then);
  };
  if (down != b.getFalse())
    tailIf(down);
  // A loop in the form the engine's preparation gives to all loops.
  Instruction *guard = SplitBlockAndInsertIfThen(IRBuilder<>(&move).CreateICmpNE(count, b.getInt64(0)), &move, false);
  BasicBlock *preheader = guard->getParent(), *exit = SplitBlock(preheader, guard);
  BasicBlock *body = BasicBlock::Create(move.getContext(), "element", move.getFunction(), exit);
  preheader->getTerminator()->setSuccessor(0, body);
  IRBuilder<> inner(body);
  PHINode *index = inner.CreatePHI(inner.getInt64Ty(), 2);
  Value *element = inner.CreateSelect(down, inner.CreateSub(last, index), index);
  copyElement(elementAt(element, inner), inner, layout.period);
  Value *next = inner.CreateAdd(index, inner.getInt64(1), "", /*HasNUW=*/true);
  inner.CreateCondBr(inner.CreateICmpEQ(next, count), exit, body);
  index->addIncoming(inner.getInt64(0), preheader);
  index->addIncoming(next, body);
  tailIf(IRBuilder<>(&move).CreateNot(down));
}

void MixedMove::expand() {
  constexpr uint64_t manyMembers = 64;
  auto *size = dyn_cast<ConstantInt>(move.getLength());
  if (size && size->getZExtValue() / layout.period * layout.members.size() <= manyMembers)
    expandConstant(size->getZExtValue());
  else
    expandLoop();
  move.eraseFromParent();
}

/// Whatever the memory may hold besides, it is integers that are moved.
static MoveLayout layoutOf(Type *integers) {
  MoveLayout layout;
  layout.period = integers->getIntegerBitWidth() / 8;
  layout.members.push_back({integers, 0, layout.period});
  return layout;
}

/// Bytes from \p pointer to where an array begins that the object ends with; 0 if it is not like this.
static int64_t headBefore(const MemoryGraph &graph, const Value *pointer) {
  NodeRef ref = graph.of(pointer);
  if (!ref)
    return 0;
  const MemoryGraph::Node &node = graph.node(ref);
  bool endsWithArray = node.period && node.foldFrom != MemoryGraph::everywhere && node.foldFrom > ref.offset;
  return endsWithArray ? node.foldFrom - ref.offset : 0;
}

/// if (bytes >= head) { move the head; move the array } else move what there is
static void moveInTwo(AnyMemIntrinsic &move, int64_t head) {
  Value *length = move.getLength();
  Instruction *ends[2];
  Value *isLonger = IRBuilder<>(&move).CreateICmpUGE(length, ConstantInt::get(length->getType(), head));
  SplitBlockAndInsertIfThenElse(isLonger, &move, &ends[0], &ends[1]);
  IRBuilder<> b(ends[0]);
  Value *bytes = ConstantInt::get(length->getType(), head);
  auto *array = cast<AnyMemIntrinsic>(b.Insert(move.clone()));
  move.clone()->insertBefore(ends[1]->getIterator());
  auto advance = [&](Value *pointer) { return b.CreatePtrAdd(pointer, b.getInt64(head)); };
  auto *first = cast<AnyMemIntrinsic>(move.clone());
  first->insertBefore(array->getIterator());
  first->setLength(bytes);
  b.SetInsertPoint(array);
  array->setDest(advance(move.getRawDest()));
  array->setDestAlignment(commonAlignment(move.getDestAlign().valueOrOne(), head));
  if (auto *transfer = dyn_cast<AnyMemTransferInst>(array)) {
    transfer->setSource(advance(transfer->getRawSource()));
    transfer->setSourceAlignment(commonAlignment(transfer->getSourceAlign().valueOrOne(), head));
  }
  array->setLength(b.CreateSub(length, bytes));
  move.eraseFromParent();
}

bool linkgrad::splitArrayMoves(Function &function, const MemoryGraph &graph) {
  SmallVector<std::pair<AnyMemIntrinsic *, int64_t>> found;
  for (Instruction &inst : instructions(function)) {
    auto *move = dyn_cast<AnyMemIntrinsic>(&inst);
    bool overlaps = isa<AnyMemMoveInst, MemSetPatternInst>(inst);
    if (!move || overlaps || move->isVolatile() || isa<ConstantInt>(move->getLength()))
      continue;
    auto *transfer = dyn_cast<AnyMemTransferInst>(move);
    int64_t head = headBefore(graph, move->getRawDest());
    if (head && (!transfer || headBefore(graph, transfer->getRawSource()) == head))
      found.push_back({move, head});
  }
  for (auto &[move, head] : found)
    moveInTwo(*move, head);
  return !found.empty();
}

bool linkgrad::expandMixedMoves(Function &function, const MemoryGraph &graph) {
  SmallVector<std::pair<AnyMemIntrinsic *, MoveLayout>> mixed;
  for (Instruction &inst : instructions(function)) {
    auto *move = dyn_cast<AnyMemIntrinsic>(&inst);
    if (!move || isa<MemSetPatternInst>(move) || move->isVolatile())
      continue;
    MoveLayout layout = layoutOfMove(graph, move->getRawDest(), *move->getLength(), function.getDataLayout());
    auto *transfer = dyn_cast<AnyMemTransferInst>(move);
    Type *integers = transfer && layout.conflict ? declaredIntegers(*transfer) : nullptr;
    if (integers)
      layout = layoutOf(integers);
    if (integers || (layout.anyWord() && !layout.conflict && !layout.limit))
      mixed.push_back({move, layout});
  }
  for (auto &[move, layout] : mixed)
    MixedMove(*move, layout).expand();
  return !mixed.empty();
}
