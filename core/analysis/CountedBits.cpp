#include "CountedBits.h"
#include "BitMoves.h"
#include "llvm/ADT/SetVector.h"

using namespace llvm;
using namespace linkgrad;

static constexpr size_t farthest = 64;

static bool isIntegerStep(const Value &value) {
  return value.getType()->isIntOrIntVectorTy() &&
         isa<BinaryOperator, TruncInst, ZExtInst, SExtInst, PHINode, SelectInst, FreezeInst>(value);
}

/// Where \p value comes from if that says nothing of what it is: memory or another function.
static const Value *rootOf(const Value *value) {
  while (auto *cast = dyn_cast<BitCastInst>(value))
    value = cast->getOperand(0);
  auto *extract = dyn_cast<ExtractValueInst>(value);
  bool isResult = isa<CallBase>(value) || (extract && isa<CallBase>(extract->getAggregateOperand()));
  bool arrives = (isResult || isa<Argument>(value)) && value->getType()->isIntOrIntVectorTy();
  return isa<LoadInst>(value) || arrives ? value : nullptr;
}

namespace {
struct Sources {
  SmallVector<const Value *> roots;
  bool counts = false;   ///< some arithmetic, or integers by declaration
  bool computed = false; ///< bits of a number that is computed here, or too much to look at
};
} // namespace

static bool isNone(const LoadInst & /*load*/) { return false; }

static Sources sourcesOf(const Value &integer, IsInteger isInteger = isNone) {
  Sources sources;
  SmallSetVector<const Value *, 16> web;
  web.insert(&integer);
  for (size_t i = 0; i < web.size(); ++i) {
    const Value *value = web[i];
    if (i == farthest) {
      sources.computed = true;
      return sources;
    }
    if (const Value *root = rootOf(value)) {
      // A function that merely moves bits on hands over a number, which is active.
      auto *load = dyn_cast<LoadInst>(root);
      sources.counts |= isa<CallBase>(root) || (load && isInteger(*load));
      sources.roots.push_back(root);
    } else if (isa<BitCastInst>(value)) {
      sources.computed = true;
    } else if (isIntegerStep(*value)) {
      sources.counts |= countsWithBits(*value);
      for (const Value *operand : cast<User>(value)->operands())
        if (operand->getType()->isIntOrIntVectorTy() && !isa<Constant>(operand))
          web.insert(operand);
    }
  }
  return sources;
}

static bool isPassedOnAsNumber(const User &user) {
  return isa<BitCastInst>(user) && user.getType()->isFPOrFPVectorTy() &&
         all_of(user.users(), [](const User *next) { return isa<StoreInst, PHINode, SelectInst>(next); });
}

/// A choice among integers, none of which is bits that are only moved.
static bool choosesIntegers(const Instruction &inst) {
  return isa<PHINode, SelectInst, FreezeInst>(inst) && all_of(inst.operands(), [&](const Use &operand) {
           return operand->getType() != inst.getType() || isa<Constant, SExtInst, ZExtInst>(operand) ||
                  countsWithBits(*operand);
         });
}

/// Through more arithmetic to memory, or to where it meets numbers.
static bool isOnlyStored(const Instruction &operation) {
  SmallSetVector<const Instruction *, 16> web;
  web.insert(&operation);
  for (size_t i = 0; i < web.size() && i < farthest; ++i)
    for (const User *user : web[i]->users()) {
      if (isa<StoreInst, CmpInst, SIToFPInst, UIToFPInst, IntToPtrInst, GetElementPtrInst, SwitchInst>(user) ||
          isPassedOnAsNumber(*user))
        continue;
      auto *inst = dyn_cast<Instruction>(user);
      if (!inst || !isIntegerStep(*inst) || (isa<PHINode, SelectInst, FreezeInst>(inst) && !choosesIntegers(*inst)))
        return false;
      web.insert(inst);
    }
  return web.size() <= farthest;
}

bool linkgrad::countsInMemory(const BinaryOperator &operation) {
  return countsWithBits(operation) && !sourcesOf(operation).computed && isOnlyStored(operation);
}

bool linkgrad::isCountedFromMemory(const Value &integer) {
  Sources sources = sourcesOf(integer);
  return sources.counts && !sources.computed && !sources.roots.empty();
}

SmallVector<const Value *> linkgrad::rootsCountedWith(const BitCastInst &cast) {
  const Value *integer = cast.getOperand(0);
  if (!integer->getType()->isIntOrIntVectorTy() || isa<Constant>(integer) || !isPassedOnAsNumber(cast))
    return {};
  Sources sources = sourcesOf(*integer);
  return sources.counts && !sources.computed ? sources.roots : SmallVector<const Value *>();
}

SmallVector<const Value *> linkgrad::rootsCountedWith(const StoreInst &store, IsInteger isInteger) {
  const Value *value = store.getValueOperand();
  if (auto *cast = dyn_cast<BitCastInst>(value))
    value = cast->getOperand(0);
  if (!value->getType()->isIntOrIntVectorTy() || isa<Constant>(value))
    return {};
  Sources sources = sourcesOf(*value, isInteger);
  return sources.counts ? sources.roots : SmallVector<const Value *>();
}
