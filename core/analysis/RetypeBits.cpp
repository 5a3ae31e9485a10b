#include "RetypeBits.h"
#include "../rules/LibraryMembers.h"
#include "BitMoves.h"
#include "CountedBits.h"
#include "PackedHalves.h"
#include "SplitWords.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Analysis/ConstantFolding.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/PatternMatch.h"

using namespace llvm;
using namespace llvm::PatternMatch;
using namespace linkgrad;

static Type *floatTypeOf(const MemoryGraph &graph, const Value *pointer, unsigned bits) {
  return bits % 8 ? nullptr : graph.realAt(graph.of(pointer), bits / 8);
}

/// The bits at \p pointer are a pointer and nothing else.
static bool holdsOnlyPointer(const MemoryGraph &graph, const Value *pointer) {
  bool any = false, other = false;
  graph.forEachCell(graph.of(pointer), 8, [&](int64_t offset, const Cell &cell) {
    any |= cell.pointer && offset == 0;
    other |= cell.real != nullptr;
  });
  return any && !other;
}

static bool retypeLoad(LoadInst &load, const MemoryGraph &graph) {
  unsigned bits = load.getType()->getPrimitiveSizeInBits();
  Type *real =
      !isMovedAsNumber(load) || graph.isInteger(load) ? nullptr : floatTypeOf(graph, load.getPointerOperand(), bits);
  IRBuilder<> b(&load);
  Value *replacement = nullptr;
  if (real) {
    auto *typed = b.CreateAlignedLoad(real, load.getPointerOperand(), load.getAlign(), load.getName());
    replacement = b.CreateBitCast(typed, load.getType());
  } else if (load.getType()->isIntegerTy(64) && isMovedAsNumber(load) &&
             graph.packedHalvesAt(graph.of(load.getPointerOperand()))) {
    replacement = loadHalves(load, graph, b);
  } else if (load.getType()->isIntegerTy(64) && holdsOnlyPointer(graph, load.getPointerOperand())) {
    auto *typed = b.CreateAlignedLoad(b.getPtrTy(), load.getPointerOperand(), load.getAlign(), load.getName());
    replacement = b.CreatePtrToInt(typed, load.getType());
  } else {
    return false;
  }
  load.replaceAllUsesWith(replacement);
  load.eraseFromParent();
  return true;
}

/// What arithmetic or a function that knows nothing of pointers (strlen) made is a number.
static bool mayBePointer(const Value &integer, unsigned depth = 0) {
  if (isa<PHINode, SelectInst>(integer)) {
    if (depth == 4)
      return false;
    bool anyNumber = false, anyPointer = false;
    for (const Value *operand : cast<User>(integer).operands())
      if (operand->getType() == integer.getType() && !isa<Constant>(operand))
        (mayBePointer(*operand, depth + 1) ? anyPointer : anyNumber) = true;
    return anyPointer || !anyNumber;
  }
  if (auto *part = dyn_cast<ExtractValueInst>(&integer))
    return mayBePointer(*part->getAggregateOperand(), depth);
  if (auto *call = dyn_cast<CallInst>(&integer)) {
    Function *callee = call->getCalledFunction();
    return callee && !callee->isDeclaration() && !isInactiveLibraryCode(*callee);
  }
  return !countsWithBits(integer);
}

static bool retypeStore(StoreInst &store, const MemoryGraph &graph) {
  Value *value = store.getValueOperand();
  if (auto *cast = dyn_cast<PtrToIntInst>(value); cast && cast->getType()->isIntegerTy(64)) {
    IRBuilder<> b(&store);
    b.CreateAlignedStore(cast->getPointerOperand(), store.getPointerOperand(), store.getAlign());
    store.eraseFromParent();
    return true;
  }
  if (libraryMemberOf(store) == LibraryMember::Integer)
    return false;
  Type *real = countsWithBits(*value)
                   ? nullptr
                   : floatTypeOf(graph, store.getPointerOperand(), value->getType()->getPrimitiveSizeInBits());
  IRBuilder<> b(&store);
  Value *replacement = nullptr;
  if (!real && value->getType()->isIntegerTy(64) && !isa<Constant>(value) &&
      graph.packedHalvesAt(graph.of(store.getPointerOperand()))) {
    storeHalves(store, graph, b);
    store.eraseFromParent();
    return true;
  }
  if (real)
    replacement = b.CreateBitCast(value, real);
  else if (value->getType()->isIntegerTy(64) && mayBePointer(*value) &&
           holdsOnlyPointer(graph, store.getPointerOperand()))
    replacement = b.CreateIntToPtr(value, b.getPtrTy());
  else
    return false;
  b.CreateAlignedStore(replacement, store.getPointerOperand(), store.getAlign());
  store.eraseFromParent();
  return true;
}

/// An integer that may take the place of a number.
static bool isInteger(const Value &value) {
  if (auto *extended = dyn_cast<ZExtInst>(&value))
    return extended->getSrcTy()->getScalarSizeInBits() < 16 || isInteger(*extended->getOperand(0));
  return isa<SExtInst>(value) || (isa<BinaryOperator>(value) && isCountedFromMemory(value));
}

/// The one float type whose bits all of a web of phis and selects carry, or null.
static Type *typeOfWeb(Instruction &start, SmallSetVector<Instruction *, 8> &web) {
  Type *real = nullptr;
  web.insert(&start);
  auto consider = [&](Type *type) {
    if (real && real != type)
      return false;
    real = type;
    return true;
  };
  for (size_t i = 0; i < web.size(); ++i) {
    Instruction *member = web[i];
    unsigned first = isa<SelectInst>(member) ? 1 : 0;
    for (unsigned k = first; k < member->getNumOperands(); ++k) {
      Value *operand = member->getOperand(k);
      if (isa<PHINode, SelectInst, FreezeInst>(operand))
        web.insert(cast<Instruction>(operand));
      else if (auto *cast = dyn_cast<BitCastInst>(operand)) {
        if (!cast->getSrcTy()->isFPOrFPVectorTy() || !consider(cast->getSrcTy()))
          return nullptr;
      } else if (!isa<Constant>(operand) && !isInteger(*operand)) {
        return nullptr;
      }
    }
    for (User *user : member->users())
      if (isa<PHINode, FreezeInst>(user) || (isa<SelectInst>(user) && user->getOperand(0) != member))
        web.insert(cast<Instruction>(user));
  }
  return real;
}

static Value *castAtUse(Value &integer, Instruction &user, unsigned operand, Type *real) {
  auto *phi = dyn_cast<PHINode>(&user);
  IRBuilder<> b(phi ? phi->getIncomingBlock(operand)->getTerminator() : &user);
  return b.CreateBitCast(&integer, real);
}

static bool retypeWeb(Instruction &start) {
  SmallSetVector<Instruction *, 8> web;
  Type *real = typeOfWeb(start, web);
  if (!real)
    return false;
  DenseMap<Value *, Value *> typed;
  unsigned numbers = 0;
  for (Instruction *member : web)
    for (const Value *operand : member->operands())
      if (auto *cast = dyn_cast<BitCastInst>(operand))
        numbers |= numbersAmong(*cast);
  for (Instruction *member : web) {
    Instruction *copy = member->clone();
    copy->mutateType(real);
    copy->insertBefore(member->getIterator());
    typed[member] = copy;
  }
  for (Instruction *member : web) {
    auto *copy = cast<Instruction>(typed[member]);
    for (unsigned k = isa<SelectInst>(member) ? 1 : 0; k < member->getNumOperands(); ++k) {
      Value *operand = member->getOperand(k);
      if (Value *known = typed.lookup(operand))
        copy->setOperand(k, known);
      else if (auto *constant = dyn_cast<Constant>(operand))
        copy->setOperand(k, ConstantExpr::getBitCast(constant, real));
      else if (auto *cast = dyn_cast<BitCastInst>(operand))
        copy->setOperand(k, cast->getOperand(0));
      else
        copy->setOperand(k, castAtUse(*operand, *copy, k, real));
    }
  }
  for (Instruction *member : web) {
    BasicBlock::iterator position =
        isa<PHINode>(member) ? member->getParent()->getFirstInsertionPt() : member->getIterator();
    IRBuilder<> b(member->getParent(), position);
    member->replaceAllUsesWith(markHalves(b.CreateBitCast(typed[member], member->getType()), numbers));
  }
  for (Instruction *member : web)
    member->eraseFromParent();
  return true;
}

/// A shuffle of integers that moves whole floats is a shuffle of floats:
/// <4 x i32> pairs of a <2 x double>.
static bool retypeShuffle(ShuffleVectorInst &shuffle) {
  auto *type = dyn_cast<FixedVectorType>(shuffle.getType());
  auto *first = dyn_cast<BitCastInst>(shuffle.getOperand(0));
  if (!type || !type->getElementType()->isIntegerTy() || !first || !first->getSrcTy()->isFPOrFPVectorTy())
    return false;
  auto *real = dyn_cast<FixedVectorType>(first->getSrcTy());
  auto *second = dyn_cast<BitCastInst>(shuffle.getOperand(1));
  bool secondFits = isa<UndefValue>(shuffle.getOperand(1)) || (second && second->getSrcTy() == real);
  unsigned sourceElements = cast<FixedVectorType>(shuffle.getOperand(0)->getType())->getNumElements();
  if (!real || !secondFits || sourceElements % real->getNumElements())
    return false;
  int parts = sourceElements / real->getNumElements();
  SmallVector<int> mask;
  ArrayRef<int> given = shuffle.getShuffleMask();
  if (given.size() % parts)
    return false;
  for (size_t i = 0; i < given.size(); i += parts) {
    int start = -1;
    for (int k = 0; k < parts; ++k) {
      if (given[i + k] < 0)
        continue;
      if ((given[i + k] - k) % parts || (start >= 0 && start != given[i + k] - k))
        return false;
      start = given[i + k] - k;
    }
    mask.push_back(start < 0 ? -1 : start / parts);
  }
  IRBuilder<> b(&shuffle);
  Value *other = second ? second->getOperand(0) : PoisonValue::get(real);
  shuffle.replaceAllUsesWith(b.CreateBitCast(b.CreateShuffleVector(first->getOperand(0), other, mask), type));
  shuffle.eraseFromParent();
  return true;
}

/// What a bit mask does to a float.
enum class MaskEffect { Unknown, Keep, Zero, Negate, Absolute, NegativeAbsolute };

static MaskEffect effectOf(unsigned opcode, const APInt &word) {
  bool isXor = opcode == Instruction::Xor, isAnd = opcode == Instruction::And, isOr = opcode == Instruction::Or;
  if (isAnd ? word.isAllOnes() : (isXor || isOr) && word.isZero())
    return MaskEffect::Keep;
  if (isAnd && word.isZero())
    return MaskEffect::Zero;
  if (isAnd && word.isMaxSignedValue())
    return MaskEffect::Absolute;
  if (word.isSignMask())
    return isXor ? MaskEffect::Negate : isOr ? MaskEffect::NegativeAbsolute : MaskEffect::Unknown;
  return MaskEffect::Unknown;
}

static Value *applyMask(MaskEffect effect, Value *value, IRBuilder<> &b) {
  switch (effect) {
  case MaskEffect::Keep:
    return value;
  case MaskEffect::Zero:
    return Constant::getNullValue(value->getType());
  case MaskEffect::Negate:
    return b.CreateFNeg(value);
  case MaskEffect::Absolute:
    return b.CreateUnaryIntrinsic(Intrinsic::fabs, value);
  case MaskEffect::NegativeAbsolute:
    return b.CreateFNeg(b.CreateUnaryIntrinsic(Intrinsic::fabs, value));
  case MaskEffect::Unknown:
    break;
  }
  return nullptr;
}

/// The words that \p mask has for each float of type \p real; empty if it is not constant.
static SmallVector<APInt> maskWords(Value *mask, Type *real, const DataLayout &layout) {
  SmallVector<APInt> words;
  auto *constant = dyn_cast<Constant>(mask);
  auto *vector = dyn_cast<FixedVectorType>(real);
  Type *type = IntegerType::get(real->getContext(), real->getScalarSizeInBits());
  if (vector)
    type = FixedVectorType::get(type, vector->getNumElements());
  Constant *each = constant ? ConstantFoldCastOperand(Instruction::BitCast, constant, type, layout) : nullptr;
  for (unsigned i = 0; each && i < (vector ? vector->getNumElements() : 1); ++i) {
    auto *word = dyn_cast_or_null<ConstantInt>(vector ? each->getAggregateElement(i) : each);
    if (!word)
      return {};
    words.push_back(word->getValue());
  }
  return words;
}

static bool isPlainReal(Type *type) {
  Type *element = type->getScalarType();
  return element->isHalfTy() || element->isFloatTy() || element->isDoubleTy();
}

/// x ^ sign, x & ~sign, v ^ {sign, 0}, v & {all, 0}: an operation with a constant whose
/// words each negate, clear or keep a float, or make it positive or negative.
static bool retypeLogic(BinaryOperator &operation) {
  auto *cast = dyn_cast<BitCastInst>(operation.getOperand(0));
  Type *real = cast ? cast->getSrcTy() : nullptr;
  if (!real || !isPlainReal(real) || isa<ScalableVectorType>(real))
    return false;
  SmallVector<APInt> words = maskWords(operation.getOperand(1), real, operation.getDataLayout());
  if (words.empty())
    return false;
  IRBuilder<> b(&operation);
  Value *value = cast->getOperand(0), *result = nullptr;
  SmallVector<MaskEffect> effects;
  for (const APInt &word : words)
    effects.push_back(effectOf(operation.getOpcode(), word));
  if (is_contained(effects, MaskEffect::Unknown))
    return false;
  // One effect after the other, each where it applies.
  for (MaskEffect effect : effects) {
    Value *changed = applyMask(effect, value, b);
    if (!result || all_equal(effects)) {
      result = changed;
      continue;
    }
    SmallVector<Constant *> here;
    for (MaskEffect other : effects)
      here.push_back(b.getInt1(other == effect));
    result = b.CreateSelect(ConstantVector::get(here), changed, result);
  }
  operation.replaceAllUsesWith(b.CreateBitCast(result, operation.getType()));
  operation.eraseFromParent();
  return true;
}

/// (bits of x & ~sign) | (bits of y & sign), where x and y may be reals or words.
static bool retypeCopySign(BinaryOperator &operation) {
  Value *x = nullptr, *y = nullptr;
  unsigned bits = operation.getType()->getScalarSizeInBits();
  APInt sign = APInt::getSignMask(bits);
  // The magnitude has become fabs(x) already.
  Value *magnitude = nullptr;
  auto signPart = m_And(m_BitCast(m_Value(y)), m_SpecificInt(sign));
  if (!match(&operation, m_c_Or(m_BitCast(m_Value(magnitude)), signPart)) || !isPlainReal(y->getType()) ||
      magnitude->getType() != y->getType() || y->getType()->isVectorTy() != operation.getType()->isVectorTy())
    return false;
  if (!match(magnitude, m_FAbs(m_Value(x))))
    return false;
  IRBuilder<> b(&operation);
  Value *result = b.CreateBinaryIntrinsic(Intrinsic::copysign, x, y);
  operation.replaceAllUsesWith(b.CreateBitCast(result, operation.getType()));
  operation.eraseFromParent();
  return true;
}

/// x (an integer) becomes bits of (x as a number): whoever reads it finds its type.
/// \p numbers of its halves are numbers, if it has any.
static void anchor(Value &integer, Type *real, unsigned numbers, BasicBlock *block, BasicBlock::iterator position) {
  if (any_of(integer.users(), [](User *user) { return isa<BitCastInst>(user) && holdsReal(user->getType()); }) &&
      integer.hasOneUse())
    return;
  IRBuilder<> b(block, position);
  Value *number = markHalves(b.CreateBitCast(&integer, real, integer.getName() + ".number"), numbers);
  Value *bits = markHalves(b.CreateBitCast(number, integer.getType()), numbers);
  integer.replaceUsesWithIf(bits, [&](Use &use) { return use.getUser() != number; });
  for (User *user : make_early_inc_range(bits->users()))
    if (isa<BitCastInst>(user) && user->getType() == real) {
      user->replaceAllUsesWith(number);
      cast<Instruction>(user)->eraseFromParent();
    }
}

/// Numbers that arrive as integers: arguments, and results of calls; and those that leave so.
static bool anchorBits(Function &function, const MemoryGraph &graph) {
  bool changed = false;
  auto numbersIn = [&](const Value *bits, Type *real) {
    return isPackedHalves(real) ? graph.realHalvesAt(graph.bitsOf(bits)) : bothHalves;
  };
  BasicBlock &entry = function.getEntryBlock();
  for (Argument &argument : function.args())
    if (Type *real = argument.use_empty() ? nullptr : graph.realBits(&argument)) {
      anchor(argument, real, numbersIn(&argument, real), &entry, entry.getFirstNonPHIOrDbgOrAlloca());
      changed = true;
    }
  auto anchorOperand = [&](Instruction &user, Use &operand) {
    Type *real =
        isa<BitCastInst, Constant>(operand) || operand->getType()->isStructTy() ? nullptr : graph.realBits(operand);
    if (!real)
      return;
    IRBuilder<> b(&user);
    unsigned numbers = numbersIn(operand, real);
    Value *number = isPackedHalves(real) ? packHalves(operand, real, numbers, b) : b.CreateBitCast(operand, real);
    operand.set(markHalves(b.CreateBitCast(number, operand->getType()), numbers));
    changed = true;
  };
  // Behind an invoke there is a place of its own only where nothing else leads.
  auto behind = [](Instruction &inst) -> std::optional<BasicBlock::iterator> {
    auto *invoke = dyn_cast<InvokeInst>(&inst);
    if (!invoke)
      return std::next(inst.getIterator());
    if (!invoke->getNormalDest()->getSinglePredecessor())
      return std::nullopt;
    return invoke->getNormalDest()->getFirstInsertionPt();
  };
  // What is anchored replaces casts, which may be anywhere.
  SmallVector<std::pair<Instruction *, Type *>> arriving;
  for (Instruction &inst : make_early_inc_range(instructions(function))) {
    if (auto *ret = dyn_cast<ReturnInst>(&inst); ret && ret->getReturnValue())
      anchorOperand(inst, ret->getOperandUse(0));
    if (isa<InsertValueInst>(inst) && carriesBits(inst.getType()))
      anchorOperand(inst, inst.getOperandUse(1));
    auto *extract = dyn_cast<ExtractValueInst>(&inst);
    auto *call = dyn_cast<CallBase>(&inst);
    if (call && isa<IntrinsicInst>(call))
      continue;
    if (call)
      for (Use &argument : call->args())
        anchorOperand(inst, argument);
    bool arrives = call || (extract && isa<CallBase>(extract->getAggregateOperand()));
    if (arrives && inst.getType()->isIntOrIntVectorTy() && !inst.use_empty())
      if (Type *real = graph.realBits(&inst))
        arriving.push_back({&inst, real});
  }
  for (auto [inst, real] : arriving) {
    std::optional<BasicBlock::iterator> position = behind(*inst);
    if (position)
      anchor(*inst, real, numbersIn(inst, real), (*position)->getParent(), *position);
    changed |= position.has_value();
  }
  return changed;
}

bool linkgrad::retypeFloatBits(Function &function, const MemoryGraph &graph) {
  bool changed = splitWords(function, graph);
  for (Instruction &inst : make_early_inc_range(instructions(function))) {
    if (auto *load = dyn_cast<LoadInst>(&inst); load && load->getType()->isIntOrIntVectorTy() && load->isSimple())
      changed |= retypeLoad(*load, graph);
    else if (auto *store = dyn_cast<StoreInst>(&inst);
             store && store->getValueOperand()->getType()->isIntOrIntVectorTy() && store->isSimple())
      changed |= retypeStore(*store, graph);
  }
  for (Instruction &inst : make_early_inc_range(instructions(function)))
    if (auto *shuffle = dyn_cast<ShuffleVectorInst>(&inst))
      changed |= retypeShuffle(*shuffle);
    else if (auto *operation = dyn_cast<BinaryOperator>(&inst))
      changed |= retypeLogic(*operation) || retypeCopySign(*operation);
  changed |= anchorBits(function, graph);
  changed |= unpackHalves(function);
  // Webs of phis and selects between a cast from a float and one to it.
  SmallVector<BitCastInst *> casts;
  for (Instruction &inst : instructions(function))
    if (auto *cast = dyn_cast<BitCastInst>(&inst); cast && cast->getType()->isFPOrFPVectorTy())
      casts.push_back(cast);
  for (BitCastInst *cast : casts)
    if (auto *web = dyn_cast<Instruction>(cast->getOperand(0)); web && isa<PHINode, SelectInst>(web))
      changed |= retypeWeb(*web);
  // bitcast(bitcast x) is x.
  for (Instruction &inst : make_early_inc_range(instructions(function))) {
    auto *outer = dyn_cast<BitCastInst>(&inst);
    auto *inner = outer ? dyn_cast<BitCastInst>(outer->getOperand(0)) : nullptr;
    if (!inner || inner->getSrcTy() != outer->getType())
      continue;
    outer->replaceAllUsesWith(inner->getOperand(0));
    outer->eraseFromParent();
    changed = true;
  }
  return changed;
}
