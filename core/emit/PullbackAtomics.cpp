//===- PullbackAtomics.cpp - adjoints that many indices add to ------------===//
//
// The reverse of a launch runs the pullback of its kernel for many indices at once.  What
// several have read, all of them add to, so these additions are atomic:
//
//   y[i] = x[j]        x̄[j] += ȳ[i], atomically;  ȳ[i] = 0
//
// What an index writes is its own: by the rules of launches no other may read or write it, so
// none touches its shadow, and whatever it does to that is as in any other derivative.
// Where there is no atomic way, the derivative says that it must run one by one.
//
//===----------------------------------------------------------------------===//
#include "../support/LaunchMarks.h"
#include "PullbackEmitter.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/DiagnosticInfo.h"

using namespace llvm;
using namespace linkgrad;

/// What is read by this index alone is added to as if there were no others: what one index
/// writes, no other may read, so this is proved by a store to the same place in the same visit.
bool PullbackEmitter::isOwn(const LoadInst &load) const {
  if (isa<AllocaInst>(getUnderlyingObject(load.getPointerOperand())))
    return true;
  auto overwrites = [&](const User *user) {
    auto *store = dyn_cast<StoreInst>(user);
    return store && store->getPointerOperand() == load.getPointerOperand() && store->getParent() == load.getParent() &&
           store->getValueOperand()->getType() == load.getType();
  };
  return any_of(load.getPointerOperand()->users(), overwrites);
}

/// if (p̄ is a shadow) p̄ += term, atomically
static Function *guardedAtomicAdd(Module &module, Type *type, Align align) {
  std::string name = ("linkgrad.add." + Twine(type->isFloatTy() ? "float" : "double")).str();
  if (Function *existing = module.getFunction(name))
    return existing;
  LLVMContext &context = module.getContext();
  Type *pointer = PointerType::getUnqual(context);
  auto *function = Function::Create(FunctionType::get(Type::getVoidTy(context), {pointer, pointer, type}, false),
                                    GlobalValue::InternalLinkage, name, module);
  function->addFnAttr(Attribute::AlwaysInline);
  function->addFnAttr(Attribute::NoUnwind);
  auto *entry = BasicBlock::Create(context, "entry", function), *add = BasicBlock::Create(context, "add", function),
       *exit = BasicBlock::Create(context, "exit", function);
  IRBuilder<> b(entry);
  b.CreateCondBr(b.CreateICmpEQ(function->getArg(0), function->getArg(1)), exit, add);
  b.SetInsertPoint(add);
  b.CreateAtomicRMW(AtomicRMWInst::FAdd, function->getArg(0), function->getArg(2), align, AtomicOrdering::Monotonic);
  b.CreateBr(exit);
  b.SetInsertPoint(exit);
  b.CreateRetVoid();
  return function;
}

/// The numbers in \p type, and where they are.
static void forEachNumber(Value *value, uint64_t offset, IRBuilder<> &b,
                          function_ref<void(Value *number, uint64_t offset)> visit) {
  Type *type = value->getType();
  const DataLayout &data = b.GetInsertBlock()->getDataLayout();
  if (auto *structure = dyn_cast<StructType>(type)) {
    for (unsigned i = 0; i < structure->getNumElements(); ++i)
      if (holdsReal(structure->getElementType(i)))
        forEachNumber(b.CreateExtractValue(value, i), offset + data.getStructLayout(structure)->getElementOffset(i), b,
                      visit);
  } else if (auto *array = dyn_cast<ArrayType>(type)) {
    for (unsigned i = 0; i < array->getNumElements(); ++i)
      forEachNumber(b.CreateExtractValue(value, i), offset + i * data.getTypeAllocSize(array->getElementType()), b,
                    visit);
  } else if (auto *vector = dyn_cast<FixedVectorType>(type)) {
    for (unsigned i = 0; i < vector->getNumElements(); ++i)
      forEachNumber(b.CreateExtractElement(value, i), offset + i * data.getTypeAllocSize(vector->getElementType()), b,
                    visit);
  } else {
    visit(value, offset);
  }
}

/// A remark for who wants to know why his gradient is slow: atomic additions cost.
void PullbackEmitter::tellAddition(const LoadInst &load, bool atomically) const {
  OptimizationRemarkAnalysis remark("linkgrad", "SharedAdjoint", load.getDebugLoc(), load.getParent());
  if (atomically)
    remark << "the adjoint of what is read here is added to atomically: other indices may read the same";
  else
    remark << "the adjoint of what is read here is added to plainly: no other index reads what this one writes";
  target.getContext().diagnose(remark);
}

/// Whether the adjoint of a copy is added to what other indices may have copied, too.
bool PullbackEmitter::sharesSource(const Value *source, const MoveLayout &layout) {
  if (!isConcurrent() || isa<AllocaInst>(getUnderlyingObject(source)))
    return false;
  for (const MoveLayout::Member &member : layout.members) {
    uint64_t size = member.real ? member.size : 1;
    bool hasAtomic = !member.real || ((member.real->isFloatTy() || member.real->isDoubleTy()) &&
                                      layout.period % size == 0 && member.offset % size == 0);
    if (hasAtomic)
      continue;
    runOneByOne("it copies numbers for which there is no atomic addition");
    return false;
  }
  return true;
}

static Align naturalAlign(Type *type) { return Align(type->isFloatTy() ? 4 : 8); }

/// p̄ += term, while others may add to it
void PullbackEmitter::addAtomically(const Value *pointer, unsigned lane, Value *term, Align align) {
  bool possible = true;
  forEachNumber(term, 0, b(), [&](Value *number, uint64_t offset) {
    Type *type = number->getType();
    possible &= (type->isFloatTy() || type->isDoubleTy()) && commonAlignment(align, offset) >= naturalAlign(type);
  });
  if (!possible) {
    runOneByOne("it adds to numbers for which there is no atomic addition");
    return addToMemory(pointer, lane, term, align);
  }
  Value *at = shadow(pointer, lane), *primal = plan.activity().mayBeConstant(pointer) ? value(pointer) : nullptr;
  forEachNumber(term, 0, b(), [&](Value *number, uint64_t offset) {
    Align natural = naturalAlign(number->getType());
    auto place = [&](Value *base) { return offset ? b().CreatePtrAdd(base, b().getInt64(offset)) : base; };
    if (primal)
      b().CreateCall(guardedAtomicAdd(module, number->getType(), natural), {place(at), place(primal), number});
    else
      b().CreateAtomicRMW(AtomicRMWInst::FAdd, place(at), number, natural, AtomicOrdering::Monotonic);
  });
}

/// If it is the derivative of what many indices do at once, that must be done one after the other.
void PullbackEmitter::runOneByOne(StringRef reason) {
  if (isConcurrent())
    target.addFnAttr(oneByOneMark, reason);
}
