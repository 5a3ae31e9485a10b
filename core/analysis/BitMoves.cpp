#include "BitMoves.h"
#include "../rules/DeclaredTypes.h"
#include "../rules/KnownCalls.h"
#include "../rules/LibraryMembers.h"
#include "MemoryGraph.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;
using namespace linkgrad;

static constexpr const char partOfNumber[] = "linkgrad.part";

void linkgrad::markPartOfNumber(LoadInst &load) { load.setMetadata(partOfNumber, MDNode::get(load.getContext(), {})); }

/// A pointer or index that a loop moves on.
static bool isRecurrence(const Value *value) {
  auto *phi = dyn_cast<PHINode>(value);
  return phi && any_of(phi->incoming_values(), [&](const Value *incoming) {
           auto *step = dyn_cast<Instruction>(incoming);
           return step && isa<GetElementPtrInst, BinaryOperator>(step) && is_contained(step->operands(), phi);
         });
}

static bool isMovedByLoop(const Value *pointer) {
  while (auto *gep = dyn_cast<GetElementPtrInst>(pointer)) {
    if (any_of(gep->indices(), [](const Value *index) {
          while (isa<CastInst, BinaryOperator>(index) && !isa<Constant>(cast<User>(index)->getOperand(0)))
            index = cast<User>(index)->getOperand(0);
          return isRecurrence(index);
        }))
      return true;
    pointer = gep->getPointerOperand();
  }
  return isRecurrence(pointer);
}

/// One of several that are read one beside the other, or at a place that is computed: so
/// may be the bytes of a number.
static bool isReadAmongMany(const LoadInst &load) {
  constexpr unsigned smallestNumber = 4;
  const DataLayout &layout = load.getDataLayout();
  auto baseOf = [&](const Value *pointer) {
    APInt offset(layout.getIndexTypeSizeInBits(pointer->getType()), 0);
    return pointer->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
  };
  const Value *base = baseOf(load.getPointerOperand());
  if (isa<GetElementPtrInst>(base) || isMovedByLoop(base))
    return true;
  unsigned beside = count_if(*load.getParent(), [&](const Instruction &inst) {
    auto *other = dyn_cast<LoadInst>(&inst);
    return other && other->getType() == load.getType() && baseOf(other->getPointerOperand()) == base;
  });
  return beside * layout.getTypeStoreSize(load.getType()) >= smallestNumber;
}

/// Two bytes at most that \p start has got are widened or compared and never put beside
/// others again: a length, a character, an index, but not what a number is copied with.
static bool isWidenedForGood(const LoadInst &start) {
  bool isAmongMany = isReadAmongMany(start);
  SmallSetVector<const Value *, 16> web;
  web.insert(&start);
  for (size_t i = 0; i < web.size(); ++i) {
    if (web.size() > 32)
      return false;
    bool isWide = web[i]->getType()->getScalarSizeInBits() > 16;
    for (const User *user : web[i]->users()) {
      if (isa<PHINode, SelectInst, FreezeInst, ZExtInst>(user)) {
        web.insert(user);
        continue;
      }
      auto *operation = dyn_cast<BinaryOperator>(user);
      bool counts = operation && countsWithBits(*operation) && operation->getOpcode() != Instruction::Mul;
      bool leaves = isa<StoreInst, ReturnInst, CallBase>(user) && isWide && !isAmongMany;
      if (!isa<ICmpInst, SwitchInst, GetElementPtrInst, SIToFPInst, UIToFPInst>(user) && !counts && !leaves)
        return false;
      if (counts && isWide)
        web.insert(user);
    }
  }
  return true;
}

void linkgrad::markWidened(Function &function, bool smallReals) {
  for (Instruction &inst : instructions(function)) {
    auto *load = dyn_cast<LoadInst>(&inst);
    bool isSmall = load && (load->getType()->isIntegerTy(8) || (load->getType()->isIntegerTy(16) && !smallReals));
    if (isSmall && isWidenedForGood(*load))
      markPartOfNumber(*load);
  }
}

// --- moved or counted with ------------------------------------------------------

/// Intrinsics that pass on all bits of an operand, or one of two operands.
static bool isBitIntrinsic(const Instruction &inst) {
  auto *intrinsic = dyn_cast<IntrinsicInst>(&inst);
  if (!intrinsic)
    return false;
  switch (intrinsic->getIntrinsicID()) {
  case Intrinsic::bswap:
  case Intrinsic::bitreverse:
  case Intrinsic::fshl:
  case Intrinsic::fshr:
    return true;
  case Intrinsic::smax:
  case Intrinsic::smin:
  case Intrinsic::umax:
  case Intrinsic::umin: // positive numbers have the order of their bits; but a limit is an integer
    return none_of(intrinsic->args(),
                   [](const Use &operand) { return isa<Constant>(operand) || countsWithBits(*operand); });
  default:
    return false;
  }
}

bool linkgrad::movesBits(const Instruction &inst) {
  if (!inst.getType()->isIntOrIntVectorTy())
    return false;
  if (isBitIntrinsic(inst))
    return true;
  return isa<BinaryOperator, PHINode, SelectInst, FreezeInst, TruncInst, ZExtInst, BitCastInst, ExtractElementInst,
             InsertElementInst, ShuffleVectorInst, ExtractValueInst>(inst);
}

bool linkgrad::movesStructOfBits(const Instruction &inst) {
  return inst.getType()->isStructTy() && !holdsReal(inst.getType()) && carriesBits(inst.getType()) &&
         isa<InsertValueInst, PHINode, SelectInst, FreezeInst>(inst);
}

bool linkgrad::movesWholeBytes(const Instruction &inst) {
  auto *operation = dyn_cast<BinaryOperator>(&inst);
  if (!operation)
    return movesBits(inst);
  auto *constant = dyn_cast<Constant>(operation->getOperand(1));
  switch (operation->getOpcode()) {
  case Instruction::Or:
    return !constant;
  case Instruction::Shl:
  case Instruction::LShr: {
    auto *shift = dyn_cast_or_null<ConstantInt>(constant);
    return shift && shift->getLimitedValue() % 8 == 0;
  }
  case Instruction::And: {
    auto *mask = constant ? dyn_cast_or_null<ConstantInt>(constant->getType()->isVectorTy() ? constant->getSplatValue()
                                                                                            : constant)
                          : nullptr;
    for (unsigned at = 0; mask && at < mask->getBitWidth(); at += 8) {
      uint64_t byte = mask->getValue().extractBitsAsZExtValue(std::min(8u, mask->getBitWidth() - at), at);
      if (byte != 0 && byte != 255)
        return false;
    }
    return mask != nullptr;
  }
  default:
    return false;
  }
}

bool linkgrad::countsWithBits(const Value &value) {
  auto *operation = dyn_cast<BinaryOperator>(&value);
  return operation && !operation->isBitwiseLogicOp() && !operation->isShift();
}

bool linkgrad::isByteAmongMany(const StoreInst &store) {
  constexpr unsigned smallestNumber = 4;
  if (isMovedByLoop(store.getPointerOperand()))
    return true;
  const DataLayout &layout = store.getDataLayout();
  auto baseOf = [&](const Value *pointer) {
    APInt offset(layout.getIndexTypeSizeInBits(pointer->getType()), 0);
    return pointer->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
  };
  const Value *base = baseOf(store.getPointerOperand());
  unsigned beside = 0;
  for (const Instruction &inst : *store.getParent()) {
    auto *other = dyn_cast<StoreInst>(&inst);
    beside += other && other->getValueOperand()->getType() == store.getValueOperand()->getType() &&
              !isa<Constant>(other->getValueOperand()) && baseOf(other->getPointerOperand()) == base;
  }
  return beside * layout.getTypeStoreSize(store.getValueOperand()->getType()) >= smallestNumber;
}

/// The program makes a number of it here, in whatever way.
static bool isMadeNumber(const LoadInst &load) {
  SmallSetVector<const Value *, 16> web;
  web.insert(&load);
  for (size_t i = 0; i < web.size() && i < 64; ++i)
    for (const User *user : web[i]->users()) {
      if (isa<BitCastInst>(user) && user->getType()->isFPOrFPVectorTy())
        return true;
      auto *inst = dyn_cast<Instruction>(user);
      if (inst && movesBits(*inst) && !countsWithBits(*inst))
        web.insert(inst);
    }
  return web.size() >= 64;
}

bool linkgrad::isMovedWhole(const LoadInst &load) {
  SmallSetVector<const Value *, 16> web;
  web.insert(&load);
  for (size_t i = 0; i < web.size(); ++i)
    for (const User *user : web[i]->users()) {
      if (isa<StoreInst, CmpInst, SwitchInst, SIToFPInst, UIToFPInst>(user) || countsWithBits(*user))
        continue;
      bool isIndex = isa<ZExtInst, SExtInst>(user) &&
                     all_of(user->users(), [](const User *next) { return isa<GetElementPtrInst, CmpInst>(next); });
      if (isIndex)
        continue;
      if (!isa<PHINode, SelectInst, FreezeInst>(user) || web.size() > 32)
        return false;
      web.insert(user);
    }
  return true;
}

bool linkgrad::isReadAsInteger(const LoadInst &load) { return isDeclaredInteger(load) && !isMadeNumber(load); }

static bool isMoved(const Value &integer, unsigned depth, bool asNumber);

/// Whether a function that is handed \p integer moves it on.
static bool passesOn(const CallBase &call, const Value *integer, unsigned depth, bool asNumber) {
  auto *callee = dyn_cast<Function>(call.getCalledOperand()->stripPointerCasts());
  if (isa<IntrinsicInst>(call) || (callee && callee->isDeclaration()))
    return false;
  return any_of(call.args(), [&](const Use &argument) {
    unsigned number = call.getArgOperandNo(&argument);
    return argument == integer &&
           (!callee || number >= callee->arg_size() || isMoved(*callee->getArg(number), depth + 1, asNumber));
  });
}

bool linkgrad::isMovedOn(const Value &integer, unsigned depth) { return isMoved(integer, depth, false); }

/// So many bytes are copied or allocated, or it is a distance from a pointer: no number has such bits.
static bool isLength(const Value &integer, unsigned depth = 0) {
  return any_of(integer.users(), [&](const User *user) {
    if (auto *memory = dyn_cast<AnyMemIntrinsic>(user))
      return memory->getLength() == &integer;
    if (auto *call = dyn_cast<CallBase>(user); call && call->getCalledFunction()) {
      const KnownCall *known = findKnownCall(*call->getCalledFunction());
      return known && known->kind == CallKind::Allocation && !call->getType()->isIntegerTy();
    }
    bool passes = isa<FreezeInst>(user) || (isa<BinaryOperator>(user) && isa<ConstantInt>(user->getOperand(1)) &&
                                            cast<BinaryOperator>(user)->getOpcode() == Instruction::Add);
    return isa<GetElementPtrInst>(user) || (passes && depth < 3 && isLength(*user, depth + 1));
  });
}

bool linkgrad::isMovedAsNumber(const LoadInst &load) {
  return libraryMemberOf(load) != LibraryMember::Integer && isMoved(load, 0, true) && !isLength(load);
}

static bool isMoved(const Value &integer, unsigned depth, bool asNumber) {
  if (auto *load = dyn_cast<LoadInst>(&integer); load && load->hasMetadata(partOfNumber))
    return false;
  bool isByte = integer.getType()->isIntegerTy(8);
  SmallSetVector<const Value *, 16> web;
  web.insert(&integer);
  for (size_t i = 0; i < web.size() && i < 64; ++i)
    for (const User *user : web[i]->users()) {
      if (auto *cast = dyn_cast<BitCastInst>(user); cast && cast->getType()->isFPOrFPVectorTy())
        return true;
      if (auto *store = dyn_cast<StoreInst>(user); store && store->getValueOperand() == web[i] &&
                                                   !(asNumber && libraryMemberOf(*store) == LibraryMember::Integer))
        if (!isByte || !store->getValueOperand()->getType()->isIntegerTy(8) || isByteAmongMany(*store))
          return true;
      auto *inst = dyn_cast<Instruction>(user);
      auto *call = dyn_cast<CallBase>(user);
      if (isa<ReturnInst>(user) || (call && depth < 3 && passesOn(*call, web[i], depth, asNumber)))
        return true;
      if (inst && (movesStructOfBits(*inst) || (movesBits(*inst) && !countsWithBits(*inst))))
        web.insert(inst);
    }
  return false;
}

bool linkgrad::isPassedOn(const LoadInst &load) {
  return !isDeclaredReal(load) && any_of(load.users(), [](const User *user) {
    return isa<StoreInst, PHINode, SelectInst, BitCastInst, FreezeInst>(user);
  });
}
