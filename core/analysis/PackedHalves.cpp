//===- PackedHalves.cpp - a float beside an integer in one register --------===//
//
//   struct { float value; int index; } f();      // comes back as one i64
//
//   i64 = zext(bits of value) | zext(index) << 32
//   value = float of trunc(i64),  index = trunc(i64 >> 32)
//
// The two halves travel as a <2 x float> instead, of which nothing is done with the
// half that is an integer but to pass it on.  So the packing is the making of a vector
// and the unpacking the taking of its elements.  The casts that this takes are marked, so
// that the memory graph does not take the integer for a number.
//
//===----------------------------------------------------------------------===//

#include "PackedHalves.h"
#include "BitMoves.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Support/KnownBits.h"

using namespace llvm;
using namespace llvm::PatternMatch;
using namespace linkgrad;

namespace {
constexpr unsigned halfBits = 32;
constexpr unsigned deepest = 8;

struct Halves {
  Value *low = nullptr, *high = nullptr; ///< i32 each
  explicit operator bool() const { return low && high; }
};
} // namespace

static constexpr const char numbersKind[] = "linkgrad.halves";

Value *linkgrad::markHalves(Value *value, unsigned numbers) {
  auto *cast = dyn_cast<BitCastInst>(value);
  if (!cast || numbers == bothHalves)
    return value;
  LLVMContext &context = cast->getContext();
  auto *bits = ConstantAsMetadata::get(ConstantInt::get(Type::getInt32Ty(context), numbers));
  cast->setMetadata(numbersKind, MDNode::get(context, bits));
  return value;
}

unsigned linkgrad::numbersAmong(const Instruction &cast) {
  MDNode *mark = cast.getMetadata(numbersKind);
  return mark ? mdconst::extract<ConstantInt>(mark->getOperand(0))->getZExtValue() : bothHalves;
}

/// Of half \p index, which is alone.
static unsigned numbersOfHalf(unsigned numbers, unsigned index) { return numbers >> index & 1 ? bothHalves : 0; }

/// One half of what is cast.
static Value *half(BitCastInst &cast, unsigned index, IRBuilder<> &b) {
  Value *part = b.CreateBitCast(b.CreateExtractElement(cast.getOperand(0), index), b.getInt32Ty());
  return markHalves(part, numbersOfHalf(numbersAmong(cast), index));
}

static bool isZero(const Value *value) {
  auto *constant = dyn_cast<Constant>(value);
  return constant && constant->isNullValue();
}

/// Bits of a float are among what \p packed is put together of.
static bool packsFloat(const Value &packed) {
  constexpr size_t farthest = 64;
  SmallSetVector<const Value *, 16> web;
  web.insert(&packed);
  for (size_t i = 0; i < web.size() && i < farthest; ++i) {
    if (auto *cast = dyn_cast<BitCastInst>(web[i]); cast && cast->getSrcTy()->getScalarType()->isFloatTy())
      return true;
    if (isa<PHINode, SelectInst, BinaryOperator, ZExtInst, TruncInst>(web[i]))
      for (const Value *operand : cast<User>(web[i])->operands())
        if (operand->getType()->isIntegerTy())
          web.insert(operand);
  }
  return false;
}

namespace {
/// Finds the halves of what is put together in one or several places.
class Splitter {
public:
  /// None, if \p packed cannot be seen through.
  Halves halvesOf(Value *packed, IRBuilder<> &b, unsigned depth = 0);
  /// Those of an integer, if it cannot be seen through.
  Halves anyHalvesOf(Value *packed, IRBuilder<> &b, unsigned depth);

private:
  Halves halvesOfPhi(PHINode &phi);
  static Halves halvesOfInteger(Value *packed, IRBuilder<> &b);

  DenseMap<const PHINode *, Halves> phis;
};
} // namespace

/// One half may be empty.
Halves Splitter::halvesOfInteger(Value *packed, IRBuilder<> &b) {
  Constant *zero = b.getInt32(0);
  KnownBits known = computeKnownBits(packed, b.GetInsertBlock()->getDataLayout());
  bool isLowZero = known.Zero.extractBits(halfBits, 0).isAllOnes();
  bool isHighZero = known.Zero.extractBits(halfBits, halfBits).isAllOnes();
  if (!isLowZero && !isHighZero)
    return {};
  Value *rest = isLowZero ? b.CreateLShr(packed, halfBits) : packed;
  Value *part = b.CreateTrunc(rest, b.getInt32Ty());
  return isLowZero ? Halves{zero, part} : Halves{part, zero};
}

/// Whatever it is: an integer in which no number is hidden can be cut in two.
Halves Splitter::anyHalvesOf(Value *packed, IRBuilder<> &b, unsigned depth) {
  if (Halves halves = halvesOf(packed, b, depth))
    return halves;
  return {b.CreateTrunc(packed, b.getInt32Ty()), b.CreateTrunc(b.CreateLShr(packed, halfBits), b.getInt32Ty())};
}

Halves Splitter::halvesOfPhi(PHINode &phi) {
  if (Halves known = phis.lookup(&phi))
    return known;
  IRBuilder<> here(&phi);
  PHINode *low = here.CreatePHI(here.getInt32Ty(), phi.getNumIncomingValues());
  PHINode *high = here.CreatePHI(here.getInt32Ty(), phi.getNumIncomingValues());
  phis[&phi] = {low, high};
  for (auto [value, block] : zip(phi.incoming_values(), phi.blocks())) {
    IRBuilder<> b(block->getTerminator());
    Halves halves = anyHalvesOf(value, b, 0);
    low->addIncoming(halves.low, block);
    high->addIncoming(halves.high, block);
  }
  return {low, high};
}

Halves Splitter::halvesOf(Value *packed, IRBuilder<> &b, unsigned depth) {
  Value *a = nullptr, *other = nullptr;
  Constant *zero = b.getInt32(0);
  if (auto *constant = dyn_cast<ConstantInt>(packed))
    return {b.getInt32(constant->getZExtValue() & UINT32_MAX), b.getInt32(constant->getZExtValue() >> halfBits)};
  if (depth > deepest)
    return {};
  if (auto *phi = dyn_cast<PHINode>(packed); phi && packsFloat(*phi))
    return halvesOfPhi(*phi);
  if (auto *select = dyn_cast<SelectInst>(packed); select && packsFloat(*select)) {
    Halves x = anyHalvesOf(select->getTrueValue(), b, depth + 1);
    Halves y = anyHalvesOf(select->getFalseValue(), b, depth + 1);
    return {b.CreateSelect(select->getCondition(), x.low, y.low),
            b.CreateSelect(select->getCondition(), x.high, y.high)};
  }
  if (match(packed, m_ZExt(m_Value(a))) && a->getType()->getIntegerBitWidth() <= halfBits)
    return {b.CreateZExt(a, b.getInt32Ty()), zero};
  if (match(packed, m_SExt(m_Value(a))) && a->getType()->getIntegerBitWidth() <= halfBits) {
    Value *low = b.CreateSExt(a, b.getInt32Ty());
    return {low, b.CreateAShr(low, halfBits - 1)};
  }
  if (match(packed, m_Shl(m_Value(a), m_SpecificInt(halfBits)))) {
    Halves inner = halvesOf(a, b, depth + 1);
    return inner ? Halves{zero, inner.low} : Halves();
  }
  if (match(packed, m_LShr(m_Value(a), m_SpecificInt(halfBits)))) {
    Halves inner = halvesOf(a, b, depth + 1);
    return inner ? Halves{inner.high, zero} : Halves();
  }
  if (match(packed, m_Or(m_Value(a), m_Value(other)))) {
    Halves x = halvesOf(a, b, depth + 1), y = halvesOf(other, b, depth + 1);
    auto join = [&](Value *one, Value *two) { return isZero(one) ? two : isZero(two) ? one : b.CreateOr(one, two); };
    return x && y ? Halves{join(x.low, y.low), join(x.high, y.high)} : Halves();
  }
  if (match(packed, m_And(m_Value(a), m_SpecificInt(UINT32_MAX)))) {
    Halves inner = halvesOf(a, b, depth + 1);
    return inner ? Halves{inner.low, zero} : Halves();
  }
  if (match(packed, m_And(m_Value(a), m_SpecificInt(~uint64_t(UINT32_MAX))))) {
    Halves inner = halvesOf(a, b, depth + 1);
    return inner ? Halves{zero, inner.high} : Halves();
  }
  auto *cast = dyn_cast<BitCastInst>(packed);
  if (cast && isPackedHalves(cast->getSrcTy()))
    return {half(*cast, 0, b), half(*cast, 1, b)};
  return halvesOfInteger(packed, b);
}

Value *linkgrad::packHalves(Value *integer, Type *real, unsigned numbers, IRBuilder<> &b) {
  Halves halves = Splitter().halvesOf(integer, b);
  if (!halves)
    return markHalves(b.CreateBitCast(integer, real), numbers);
  Value *vector = PoisonValue::get(real);
  for (unsigned i = 0; i < 2; ++i) {
    Value *part = b.CreateBitCast(i == 0 ? halves.low : halves.high, b.getFloatTy());
    vector = b.CreateInsertElement(vector, markHalves(part, numbersOfHalf(numbers, i)), uint64_t(i));
  }
  return vector;
}

/// Of arithmetic on both halves nothing is used but the low one.
static bool isArithmeticOnLow(const Instruction &inst) {
  return countsWithBits(inst) && isa<ConstantInt>(inst.getOperand(1)) && all_of(inst.users(), [&](const User *user) {
           return match(user, m_And(m_Specific(&inst), m_SpecificInt(UINT32_MAX))) ||
                  (isa<TruncInst>(user) && user->getType()->getIntegerBitWidth() <= halfBits);
         });
}

/// A half of something, made where the builder stands.
using HalfAt = function_ref<Value *(unsigned, IRBuilder<> &)>;

/// What \p user takes of the halves, of which \p packed has the first bits; null if it is
/// something else.
static Value *takenBy(Instruction &user, Value *packed, HalfAt half, IRBuilder<> &b) {
  unsigned width = packed->getType()->getIntegerBitWidth();
  uint64_t shift = 0;
  if (match(&user, m_LShr(m_Specific(packed), m_ConstantInt(shift))) && shift >= halfBits && shift < width) {
    Value *high = half(1, b);
    if (shift > halfBits)
      high = b.CreateLShr(high, shift - halfBits);
    if (width < 2 * halfBits)
      high = b.CreateAnd(high, APInt::getLowBitsSet(halfBits, width - shift));
    return b.CreateZExt(high, user.getType());
  }
  if (match(&user, m_AShr(m_Specific(packed), m_ConstantInt(shift))) && shift >= halfBits && width == 2 * halfBits)
    return b.CreateSExt(shift == halfBits ? half(1, b) : b.CreateAShr(half(1, b), shift - halfBits), user.getType());
  if (match(&user, m_And(m_Specific(packed), m_SpecificInt(UINT32_MAX))))
    return b.CreateZExt(half(0, b), user.getType());
  auto *operation = dyn_cast<BinaryOperator>(&user);
  if (operation && width == 2 * halfBits && isArithmeticOnLow(user))
    switch (operation->getOpcode()) {
    case Instruction::Add:
    case Instruction::Sub:
    case Instruction::Mul: {
      Value *constant = b.CreateTrunc(operation->getOperand(1), b.getInt32Ty());
      return b.CreateZExt(b.CreateBinOp(operation->getOpcode(), half(0, b), constant), user.getType());
    }
    default:
      return nullptr;
    }
  if (isa<TruncInst>(user) && user.getType()->getIntegerBitWidth() <= halfBits)
    return b.CreateTrunc(half(0, b), user.getType());
  return nullptr;
}

/// The users of \p packed, the first bits of the halves, take these where they can.
static bool unpack(Value *packed, HalfAt half) {
  bool changed = false;
  for (User *user : make_early_inc_range(packed->users())) {
    auto *inst = cast<Instruction>(user);
    if (!inst->getType()->isIntegerTy())
      continue;
    // A small integer behind a float: a part of the high half.
    if (isa<TruncInst>(inst) && inst->getType()->getIntegerBitWidth() > halfBits) {
      changed |= unpack(inst, half);
      continue;
    }
    IRBuilder<> b(inst);
    Value *taken = takenBy(*inst, packed, half, b);
    if (!taken)
      continue;
    // trunc(x >> 32) is the half itself.
    for (User *next : make_early_inc_range(inst->users()))
      if (auto *narrow = dyn_cast<TruncInst>(next); narrow && narrow->getType()->isIntegerTy(halfBits))
        if (auto *wide = dyn_cast<CastInst>(taken); wide && wide->getSrcTy() == narrow->getType()) {
          narrow->replaceAllUsesWith(wide->getOperand(0));
          narrow->eraseFromParent();
        }
    inst->replaceAllUsesWith(taken);
    inst->eraseFromParent();
    changed = true;
  }
  return changed;
}

bool linkgrad::unpackHalves(Function &function) {
  SmallVector<Instruction *> found;
  for (Instruction &inst : instructions(function)) {
    if (!inst.getType()->isIntegerTy(2 * halfBits))
      continue;
    auto *cast = dyn_cast<BitCastInst>(&inst);
    bool joins = isa<PHINode, SelectInst>(inst) || inst.getOpcode() == Instruction::Or;
    if (cast ? isPackedHalves(cast->getSrcTy()) : joins && packsFloat(inst))
      found.push_back(&inst);
  }
  bool changed = false;
  Splitter splitter;
  for (Instruction *packed : found) {
    Halves halves;
    changed |= unpack(packed, [&](unsigned index, IRBuilder<> &b) -> Value * {
      if (auto *cast = dyn_cast<BitCastInst>(packed))
        return half(*cast, index, b);
      if (!halves) {
        IRBuilder<> here(packed->getParent(), isa<PHINode>(packed) ? packed->getParent()->getFirstInsertionPt()
                                                                   : std::next(packed->getIterator()));
        halves = splitter.anyHalvesOf(packed, here, 0);
      }
      return index ? halves.high : halves.low;
    });
  }
  return changed;
}

Value *linkgrad::loadHalves(LoadInst &load, const MemoryGraph &graph, IRBuilder<> &b) {
  NodeRef ref = graph.of(load.getPointerOperand());
  unsigned numbers = graph.realHalvesAt(ref);
  Value *vector = PoisonValue::get(graph.packedHalvesAt(ref));
  for (unsigned i = 0; i < 2; ++i) {
    int64_t offset = i * halfBits / 8;
    Value *place = b.CreatePtrAdd(load.getPointerOperand(), b.getInt64(offset));
    Type *type = numbers >> i & 1 ? b.getFloatTy() : b.getInt32Ty();
    Value *part = b.CreateAlignedLoad(type, place, commonAlignment(load.getAlign(), offset));
    part = markHalves(b.CreateBitCast(part, b.getFloatTy()), numbersOfHalf(numbers, i));
    vector = b.CreateInsertElement(vector, part, uint64_t(i));
  }
  return markHalves(b.CreateBitCast(vector, load.getType()), numbers);
}

void linkgrad::storeHalves(StoreInst &store, const MemoryGraph &graph, IRBuilder<> &b) {
  NodeRef ref = graph.of(store.getPointerOperand());
  unsigned numbers = graph.realHalvesAt(ref);
  Value *vector = packHalves(store.getValueOperand(), graph.packedHalvesAt(ref), numbers, b);
  for (unsigned i = 0; i < 2; ++i) {
    int64_t offset = i * halfBits / 8;
    Value *place = b.CreatePtrAdd(store.getPointerOperand(), b.getInt64(offset));
    Value *part = b.CreateExtractElement(vector, i);
    if (!(numbers >> i & 1))
      part = markHalves(b.CreateBitCast(part, b.getInt32Ty()), 0);
    b.CreateAlignedStore(part, place, commonAlignment(store.getAlign(), offset));
  }
}
