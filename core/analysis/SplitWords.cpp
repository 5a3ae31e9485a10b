//===- SplitWords.cpp - what moves several things at once -----------------===//
//
//   struct { double value; short rank; float weight; }      // sorted: copied by word
//
//   %w = load i64, ptr %p            %r = load i32, ptr %p      %f = load float, ptr %p + 4
//   %s = phi i64 [%w, ..], [..]  =>  %r.s = phi i32 ..          %f.s = phi float ..
//   store i64 %s, ptr %q             store i32 %r.s, ptr %q     store float %f.s, ptr %q + 4
//
// Where words are only moved, from memory to memory, every half has a type of its own,
// and nothing says of the integer that it was a number on its way.  What else is done
// with a word (it is passed in a register, or put together there) is up to PackedHalves.
//
// Code that is vectorised already moves two or more words at once, pointers among them.
// These, too, go word by word, each in its type:
//
//   %v = load <2 x i64>, ptr %p      %a = load ptr, ptr %p      %b = load i64, ptr %p + 8
//   store <2 x i64> %v, ptr %q   =>  store ptr %a, ptr %q       store i64 %b, ptr %q + 8
//
//===----------------------------------------------------------------------===//

#include "SplitWords.h"
#include "BitMoves.h"
#include "PackedHalves.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/PatternMatch.h"

using namespace llvm;
using namespace llvm::PatternMatch;
using namespace linkgrad;

namespace {
constexpr unsigned halfBits = 32;
constexpr int64_t halfBytes = 4;
constexpr size_t largestWeb = 256;

/// What one word is moved through.
class Web {
public:
  Web(LoadInst &start, const MemoryGraph &graph) : graph(graph) { members.insert(&start); }
  /// Whether its words are only moved, and a float lies in one of their halves.
  bool collect();
  void split();

private:
  bool addPlace(const Value *pointer);
  bool addOperands(Instruction &member);
  bool addUsers(Instruction &member);
  void makeHalves(Instruction &member);
  void fillHalves(Instruction &member);
  Value *half(Value *word, unsigned index, Instruction &user);
  void replaceUser(Instruction &member, Instruction &user);

  const MemoryGraph &graph;
  SmallSetVector<Instruction *, 8> members; ///< loads, phis, selects and freezes
  SmallSetVector<Instruction *, 8> takers;  ///< stores, and what takes one half
  Type *types[2] = {nullptr, nullptr};
  DenseMap<Value *, std::array<Value *, 2>> halves;
};
} // namespace

/// What lies in the halves at \p pointer; false if a word there is something else.
bool Web::addPlace(const Value *pointer) {
  NodeRef ref = graph.of(pointer);
  if (!ref)
    return false;
  bool real[2] = {false, false}, fits = true;
  graph.forEachCell(ref, 2 * halfBytes, [&](int64_t offset, const Cell &cell) {
    if (cell.real && (offset == 0 || offset == halfBytes))
      real[offset / halfBytes] = true;
    else
      fits &= !cell.real;
  });
  if (real[0] || real[1])
    fits &= graph.packedHalvesAt(ref) != nullptr;
  for (unsigned i = 0; i < 2; ++i)
    if (real[i])
      types[i] = Type::getFloatTy(pointer->getContext());
  return fits;
}

bool Web::addOperands(Instruction &member) {
  if (auto *load = dyn_cast<LoadInst>(&member))
    return load->isSimple() && addPlace(load->getPointerOperand());
  for (Value *operand : drop_begin(member.operands(), isa<SelectInst>(member) ? 1 : 0)) {
    if (isa<ConstantInt, UndefValue>(operand))
      continue;
    if (!isa<LoadInst, PHINode, SelectInst, FreezeInst>(operand))
      return false;
    members.insert(cast<Instruction>(operand));
  }
  return true;
}

bool Web::addUsers(Instruction &member) {
  for (User *user : member.users()) {
    uint64_t shift = 0;
    auto *inst = cast<Instruction>(user);
    auto *store = dyn_cast<StoreInst>(inst);
    if (isa<PHINode, SelectInst, FreezeInst>(inst)) {
      members.insert(inst);
      continue;
    }
    if (store ? !store->isSimple() || !addPlace(store->getPointerOperand())
              : !(isa<TruncInst>(inst) && inst->getType()->getIntegerBitWidth() <= halfBits) &&
                    !(match(inst, m_LShr(m_Specific(&member), m_ConstantInt(shift))) && shift >= halfBits))
      return false;
    takers.insert(inst);
  }
  return true;
}

bool Web::collect() {
  for (size_t i = 0; i < members.size(); ++i)
    if (members.size() > largestWeb || !addOperands(*members[i]) || !addUsers(*members[i]))
      return false;
  for (Type *&type : types)
    if (!type)
      type = Type::getInt32Ty(members[0]->getContext());
  return types[0]->isFloatTy() || types[1]->isFloatTy();
}

void Web::makeHalves(Instruction &member) {
  IRBuilder<> b(&member);
  for (unsigned i = 0; i < 2; ++i)
    if (auto *load = dyn_cast<LoadInst>(&member)) {
      Value *place = b.CreatePtrAdd(load->getPointerOperand(), b.getInt64(i * halfBytes));
      halves[&member][i] = b.CreateAlignedLoad(types[i], place, commonAlignment(load->getAlign(), i * halfBytes));
    } else {
      Instruction *copy = member.clone();
      copy->mutateType(types[i]);
      copy->insertBefore(member.getIterator());
      halves[&member][i] = copy;
    }
}

Value *Web::half(Value *word, unsigned index, Instruction &user) {
  if (auto known = halves.find(word); known != halves.end())
    return known->second[index];
  if (isa<UndefValue>(word))
    return isa<PoisonValue>(word) ? PoisonValue::get(types[index]) : UndefValue::get(types[index]);
  APInt bits = cast<ConstantInt>(word)->getValue().extractBits(halfBits, index * halfBits);
  IRBuilder<> b(&user);
  return b.CreateBitCast(b.getInt(bits), types[index]);
}

void Web::fillHalves(Instruction &member) {
  if (isa<LoadInst>(member))
    return;
  for (unsigned i = 0; i < 2; ++i)
    for (unsigned k = isa<SelectInst>(member) ? 1 : 0; k < member.getNumOperands(); ++k)
      cast<Instruction>(halves[&member][i])->setOperand(k, half(member.getOperand(k), i, member));
}

void Web::replaceUser(Instruction &member, Instruction &user) {
  IRBuilder<> b(&user);
  if (auto *store = dyn_cast<StoreInst>(&user)) {
    for (unsigned i = 0; i < 2; ++i) {
      Value *place = b.CreatePtrAdd(store->getPointerOperand(), b.getInt64(i * halfBytes));
      b.CreateAlignedStore(halves[&member][i], place, commonAlignment(store->getAlign(), i * halfBytes));
    }
    return;
  }
  unsigned index = isa<TruncInst>(user) ? 0 : 1;
  Value *taken = b.CreateBitCast(halves[&member][index], b.getInt32Ty());
  if (index == 1)
    taken = b.CreateLShr(taken, cast<ConstantInt>(user.getOperand(1))->getZExtValue() - halfBits);
  user.replaceAllUsesWith(b.CreateZExtOrTrunc(taken, user.getType()));
}

void Web::split() {
  for (Instruction *member : members)
    makeHalves(*member);
  for (Instruction *member : members)
    fillHalves(*member);
  for (Instruction *taker : takers) {
    replaceUser(*cast<Instruction>(taker->getOperand(0)), *taker);
    taker->eraseFromParent();
  }
  for (Instruction *member : members)
    member->dropAllReferences();
  for (Instruction *member : members)
    member->eraseFromParent();
}

// --- vectors of words -------------------------------------------------------

namespace {
constexpr int64_t wordBytes = 8;

/// Moves the words of vectors that are only moved, and in which a pointer lies.
class VectorSplitter {
public:
  explicit VectorSplitter(const MemoryGraph &graph) : graph(graph) {}
  bool split(LoadInst &load);
  bool split(StoreInst &store);

private:
  static unsigned wordsOf(Type *type);
  bool anyPointer(const Value *place, unsigned words) const;
  Type *typeOfWord(const Value *place, unsigned index) const;

  const MemoryGraph &graph;
  DenseMap<Value *, SmallVector<Value *, 2>> known; ///< the words of what has been split
};
} // namespace

/// In a vector of integers; 0 if there are none.
unsigned VectorSplitter::wordsOf(Type *type) {
  uint64_t bits = isa<FixedVectorType>(type) && type->isIntOrIntVectorTy() ? type->getPrimitiveSizeInBits() : 0;
  return bits % (8 * wordBytes) || type->getScalarSizeInBits() < 8 ? 0 : bits / (8 * wordBytes);
}

bool VectorSplitter::anyPointer(const Value *place, unsigned words) const {
  bool found = false;
  if (words > 1)
    graph.forEachCell(graph.of(place), words * wordBytes,
                      [&](int64_t offset, const Cell &cell) { found |= cell.pointer && offset >= 0; });
  return found;
}

Type *VectorSplitter::typeOfWord(const Value *place, unsigned index) const {
  NodeRef ref = graph.of(place);
  ref.offset += index * wordBytes;
  ref = graph.resolve(ref);
  LLVMContext &context = place->getContext();
  bool pointer = false, real = false;
  graph.forEachCell(ref, wordBytes, [&](int64_t offset, const Cell &cell) {
    pointer |= cell.pointer && offset == 0;
    real |= cell.real != nullptr;
  });
  if (pointer && !real)
    return PointerType::getUnqual(context);
  Type *number = pointer ? nullptr : graph.realAt(ref, wordBytes);
  return number ? number : Type::getInt64Ty(context);
}

static Value *castWord(Value *value, Type *type, IRBuilder<> &b) {
  if (value->getType()->isPointerTy() == type->isPointerTy())
    return b.CreateBitCast(value, type);
  Value *bits = value->getType()->isPointerTy() ? value : b.CreateBitCast(value, b.getInt64Ty());
  return type->isPointerTy() ? b.CreateIntToPtr(bits, type)
                             : b.CreateBitCast(b.CreatePtrToInt(bits, b.getInt64Ty()), type);
}

bool VectorSplitter::split(LoadInst &load) {
  unsigned words = wordsOf(load.getType());
  bool isMoved = all_of(load.users(), [](const User *user) { return isa<StoreInst>(user); });
  if (!isMoved || !load.isSimple() || !anyPointer(load.getPointerOperand(), words))
    return false;
  IRBuilder<> b(&load);
  Value *vector = PoisonValue::get(FixedVectorType::get(b.getInt64Ty(), words));
  SmallVector<Value *, 2> parts;
  for (unsigned i = 0; i < words; ++i) {
    Value *place = b.CreatePtrAdd(load.getPointerOperand(), b.getInt64(i * wordBytes));
    Type *type = typeOfWord(load.getPointerOperand(), i);
    parts.push_back(b.CreateAlignedLoad(type, place, commonAlignment(load.getAlign(), i * wordBytes)));
    vector = b.CreateInsertElement(vector, castWord(parts.back(), b.getInt64Ty(), b), uint64_t(i));
  }
  Value *whole = b.CreateBitCast(vector, load.getType());
  known[whole] = parts;
  load.replaceAllUsesWith(whole);
  load.eraseFromParent();
  return true;
}

bool VectorSplitter::split(StoreInst &store) {
  auto words = known.find(store.getValueOperand());
  if (words == known.end() || !store.isSimple() || !anyPointer(store.getPointerOperand(), words->second.size()))
    return false;
  IRBuilder<> b(&store);
  for (auto [i, word] : enumerate(words->second)) {
    Value *place = b.CreatePtrAdd(store.getPointerOperand(), b.getInt64(i * wordBytes));
    Value *content = castWord(word, typeOfWord(store.getPointerOperand(), i), b);
    b.CreateAlignedStore(content, place, commonAlignment(store.getAlign(), i * wordBytes));
  }
  store.eraseFromParent();
  return true;
}

static bool splitVectors(Function &function, const MemoryGraph &graph) {
  VectorSplitter splitter(graph);
  bool changed = false;
  // In the order of the program, so that what is stored has been split.
  for (BasicBlock *block : ReversePostOrderTraversal<Function *>(&function))
    for (Instruction &inst : make_early_inc_range(*block))
      if (auto *load = dyn_cast<LoadInst>(&inst))
        changed |= splitter.split(*load);
      else if (auto *store = dyn_cast<StoreInst>(&inst))
        changed |= splitter.split(*store);
  return changed;
}

bool linkgrad::splitWords(Function &function, const MemoryGraph &graph) {
  SmallVector<WeakTrackingVH> words;
  for (Instruction &inst : instructions(function))
    if (auto *load = dyn_cast<LoadInst>(&inst);
        load && load->getType()->isIntegerTy(2 * halfBits) && graph.packedHalvesAt(graph.of(load->getPointerOperand())))
      words.emplace_back(load);
  bool changed = splitVectors(function, graph);
  for (const WeakTrackingVH &word : words) {
    auto *load = dyn_cast_or_null<LoadInst>(word);
    if (!load)
      continue;
    Web web(*load, graph);
    if (!web.collect())
      continue;
    web.split();
    changed = true;
  }
  return changed;
}
