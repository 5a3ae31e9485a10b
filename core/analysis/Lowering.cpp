#include "Lowering.h"
#include "CountedBits.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Analysis/ConstantFolding.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsX86.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;
using namespace linkgrad;
using namespace llvm::PatternMatch;

static void lowerByValue(Function &function) {
  const DataLayout &layout = function.getDataLayout();
  IRBuilder<> b(&function.getEntryBlock(), function.getEntryBlock().getFirstNonPHIOrDbgOrAlloca());
  for (Argument &argument : function.args()) {
    if (!argument.hasByValAttr())
      continue;
    Type *type = argument.getParamByValType();
    Align align = argument.getParamAlign().valueOrOne();
    auto *copy = b.CreateAlloca(type, nullptr, argument.getName() + ".copy");
    copy->setAlignment(std::max(align, layout.getABITypeAlign(type)));
    argument.replaceAllUsesWith(copy);
    b.CreateMemCpy(copy, copy->getAlign(), &argument, align, layout.getTypeAllocSize(type));
    function.removeParamAttr(argument.getArgNo(), Attribute::ByVal);
  }
}

/// q = realloc(p, n)  →  q = malloc(n); memcpy(q, p, min(usable size of p, n)); free(p)
static void lowerRealloc(CallBase &call, const KnownCall &known) {
  Module &module = *call.getModule();
  IRBuilder<> b(&call);
  Value *old = call.getArgOperand(known.pointer);
  Value *size = b.CreateZExtOrTrunc(call.getArgOperand(known.size), b.getInt64Ty());
  if (known.factor >= 0)
    size = b.CreateMul(size, b.CreateZExtOrTrunc(call.getArgOperand(known.factor), b.getInt64Ty()));
  FunctionCallee allocate = module.getOrInsertFunction("malloc", b.getPtrTy(), b.getInt64Ty());
  FunctionCallee usable = module.getOrInsertFunction("__linkgrad_usable_size", b.getInt64Ty(), b.getPtrTy());
  FunctionCallee release = module.getOrInsertFunction("free", b.getVoidTy(), b.getPtrTy());
  Value *fresh = b.CreateCall(allocate, size, "moved");
  Value *before = b.CreateCall(usable, old);
  Value *moved = b.CreateSelect(b.CreateICmpULT(before, size), before, size);
  b.CreateMemCpy(fresh, MaybeAlign(16), old, MaybeAlign(1), moved);
  b.CreateCall(release, old);
  call.replaceAllUsesWith(fresh);
  call.eraseFromParent();
}

/// asm("" : "+x"(v)) gives back what it is given: without instructions, each output
/// is the input it shares a register with, and memory stays as it is.
static bool lowerEmptyAssembly(CallInst &call) {
  auto *assembly = dyn_cast<InlineAsm>(call.getCalledOperand());
  if (!assembly || !StringRef(assembly->getAsmString()).trim().empty())
    return false;
  InlineAsm::ConstraintInfoVector constraints = assembly->ParseConstraints();
  SmallVector<Value *> arguments; // of each constraint
  unsigned next = 0;
  for (const InlineAsm::ConstraintInfo &constraint : constraints) {
    bool takes = constraint.Type == InlineAsm::isInput || constraint.isIndirect;
    arguments.push_back(takes && next < call.arg_size() ? call.getArgOperand(next++) : nullptr);
  }
  SmallVector<Value *> results;
  SmallVector<std::pair<Value *, Value *>> stores; // place, value
  for (auto [constraint, argument] : zip(constraints, arguments)) {
    if (constraint.Type != InlineAsm::isOutput)
      continue;
    Value *tied = constraint.hasMatchingInput() ? arguments[constraint.MatchingInput] : nullptr;
    if (!constraint.isIndirect)
      results.push_back(tied);
    else if (tied)
      stores.push_back({argument, tied});
  }
  auto *structure = dyn_cast<StructType>(call.getType());
  for (auto [i, result] : enumerate(results))
    if (!result || result->getType() != (structure ? structure->getElementType(i) : call.getType()))
      return false;
  IRBuilder<> b(&call);
  for (auto [place, value] : stores)
    b.CreateAlignedStore(value, place, Align(1));
  Value *all = structure ? PoisonValue::get(structure) : results.empty() ? nullptr : results.front();
  for (unsigned i = 0; structure && i < results.size(); ++i)
    all = b.CreateInsertValue(all, results[i], i);
  if (all)
    call.replaceAllUsesWith(all);
  call.eraseFromParent();
  return true;
}

/// asm("maxpd b, a"): libraries ask for the instruction itself, since the compiler
/// would be free to treat NaN otherwise.
static bool lowerMinMaxAssembly(CallInst &call) {
  auto *assembly = dyn_cast<InlineAsm>(call.getCalledOperand());
  if (!assembly || call.arg_size() != 2 || !StringRef(assembly->getConstraintString()).starts_with("=x,x,0"))
    return false;
  Intrinsic::ID id = StringSwitch<Intrinsic::ID>(assembly->getAsmString())
                         .Case("maxpd $1, $0", Intrinsic::x86_sse2_max_pd)
                         .Case("minpd $1, $0", Intrinsic::x86_sse2_min_pd)
                         .Case("maxps $1, $0", Intrinsic::x86_sse_max_ps)
                         .Case("minps $1, $0", Intrinsic::x86_sse_min_ps)
                         .Default(Intrinsic::not_intrinsic);
  if (id == Intrinsic::not_intrinsic || !call.getType()->isFPOrFPVectorTy() ||
      call.getType()->getPrimitiveSizeInBits() != 128)
    return false;
  IRBuilder<> b(&call);
  call.replaceAllUsesWith(b.CreateIntrinsic(id, {}, {call.getArgOperand(1), call.getArgOperand(0)}));
  call.eraseFromParent();
  return true;
}

/// The sum of an addition that also says whether it overflowed is a sum like others.
static void lowerOverflow(Function &function) {
  SmallVector<ExtractValueInst *> results;
  for (Instruction &inst : instructions(function))
    if (auto *extract = dyn_cast<ExtractValueInst>(&inst);
        extract && isa<WithOverflowInst>(extract->getAggregateOperand()) && extract->getIndices().front() == 0)
      results.push_back(extract);
  for (ExtractValueInst *result : results) {
    auto *checked = cast<WithOverflowInst>(result->getAggregateOperand());
    IRBuilder<> b(result);
    result->replaceAllUsesWith(b.CreateBinOp(checked->getBinaryOp(), checked->getLHS(), checked->getRHS()));
    result->eraseFromParent();
  }
}

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

/// x >> (bits - 1)  →  x < 0 ? -1 : 0, which asks for a sign and moves no bits: hash tables
/// do it to all bytes of a group at once.
static void lowerSignSpread(Instruction &inst) {
  Value *spread = nullptr;
  unsigned bits = inst.getType()->getScalarSizeInBits();
  if (!inst.getType()->isIntOrIntVectorTy() || !match(&inst, m_AShr(m_Value(spread), m_SpecificInt(bits - 1))))
    return;
  IRBuilder<> b(&inst);
  Value *isNegative = b.CreateICmpSLT(spread, Constant::getNullValue(spread->getType()));
  inst.replaceAllUsesWith(b.CreateSExt(isNegative, inst.getType()));
  inst.eraseFromParent();
}

void linkgrad::lowerForDifferentiation(Function &function) {
  lowerByValue(function);
  lowerPointerWebs(function);
  splitFieldChoices(function);
  lowerOverflow(function);
  for (Instruction &inst : make_early_inc_range(instructions(function))) {
    auto *call = dyn_cast<CallInst>(&inst);
    if (call && (lowerEmptyAssembly(*call) || lowerMinMaxAssembly(*call)))
      continue;
    if (!call) {
      lowerSignSpread(inst);
      continue;
    }
    Function *callee = call->getCalledFunction();
    const KnownCall *known = callee ? findKnownCall(*callee) : nullptr;
    // Rust's reallocation has sizes of its own and is left to its allocator's rule.
    if (known && known->kind == CallKind::Realloc && known->pointer == 0 && callee->getName() == "realloc")
      lowerRealloc(*call, *known);
  }
}

// --- floats in integers -----------------------------------------------------

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

bool linkgrad::movesBits(const Instruction &inst) {
  if (!inst.getType()->isIntOrIntVectorTy())
    return false;
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

/// One byte is not a number: only where all of its bytes are copied, in a loop or one
/// beside the other, may a number travel byte by byte.
static bool isByteAmongMany(const StoreInst &store) {
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

bool linkgrad::isDeclaredReal(const Instruction &access) {
  MDNode *tag = access.getMetadata(LLVMContext::MD_tbaa);
  auto *type = tag && tag->getNumOperands() > 1 ? dyn_cast<MDNode>(tag->getOperand(1)) : nullptr;
  auto *name = type && type->getNumOperands() ? dyn_cast<MDString>(type->getOperand(0)) : nullptr;
  return name && StringSwitch<bool>(name->getString())
                     .Cases({"double", "float", "long double", "_Float16", "__fp16", "__bf16", "__float128"}, true)
                     .Default(false);
}

bool linkgrad::isPassedOn(const LoadInst &load) {
  return !isDeclaredReal(load) && any_of(load.users(), [](const User *user) {
    return isa<StoreInst, PHINode, SelectInst, BitCastInst, FreezeInst>(user);
  });
}

static bool retypeLoad(LoadInst &load, const MemoryGraph &graph) {
  unsigned bits = load.getType()->getPrimitiveSizeInBits();
  Type *real = !isMovedAsNumber(load) ? nullptr : floatTypeOf(graph, load.getPointerOperand(), bits);
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
    member->replaceAllUsesWith(b.CreateBitCast(typed[member], member->getType()));
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
static void anchor(Value &integer, Type *real, BasicBlock *block, BasicBlock::iterator position) {
  if (any_of(integer.users(), [](User *user) { return isa<BitCastInst>(user) && holdsReal(user->getType()); }) &&
      integer.hasOneUse())
    return;
  IRBuilder<> b(block, position);
  Value *number = b.CreateBitCast(&integer, real, integer.getName() + ".number");
  Value *bits = b.CreateBitCast(number, integer.getType());
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
  BasicBlock &entry = function.getEntryBlock();
  for (Argument &argument : function.args())
    if (Type *real = argument.use_empty() ? nullptr : graph.realBits(&argument)) {
      anchor(argument, real, &entry, entry.getFirstNonPHIOrDbgOrAlloca());
      changed = true;
    }
  auto anchorOperand = [&](Instruction &user, Use &operand) {
    Type *real =
        isa<BitCastInst, Constant>(operand) || operand->getType()->isStructTy() ? nullptr : graph.realBits(operand);
    if (!real)
      return;
    IRBuilder<> b(&user);
    Value *number = isPackedHalves(real) ? packHalves(operand, real, b) : b.CreateBitCast(operand, real);
    operand.set(b.CreateBitCast(number, operand->getType()));
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
      anchor(*inst, real, (*position)->getParent(), *position);
    changed |= position.has_value();
  }
  return changed;
}

bool linkgrad::retypeFloatBits(Function &function, const MemoryGraph &graph) {
  bool changed = false;
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
