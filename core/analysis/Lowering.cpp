#include "Lowering.h"
#include "llvm/ADT/StringSwitch.h"
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
