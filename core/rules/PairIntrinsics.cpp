//===- PairIntrinsics.cpp - intrinsics with two results -------------------===//

#include "PairIntrinsics.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include <array>

using namespace llvm;
using namespace linkgrad;

using Pair = std::array<Value *, 2>;

/// sincos x = {sin x, cos x}; the code generator joins them again.
static Pair splitSinCos(IRBuilderBase &b, Value *x) {
  return {b.CreateUnaryIntrinsic(Intrinsic::sin, x), b.CreateUnaryIntrinsic(Intrinsic::cos, x)};
}

/// sincospi x = sincos(pi r), where r = x - 2 round(x / 2) is exact.
static Pair splitSinCosPi(IRBuilderBase &b, Value *x) {
  Type *type = x->getType();
  Value *turns = b.CreateUnaryIntrinsic(Intrinsic::rint, b.CreateFMul(x, ConstantFP::get(type, 0.5)));
  Value *rest = b.CreateFSub(x, b.CreateFMul(turns, ConstantFP::get(type, 2.0)));
  return splitSinCos(b, b.CreateFMul(rest, ConstantFP::get(type, "3.14159265358979323846264338327950288420")));
}

/// modf x = {x - trunc x, trunc x}; the fraction has the sign of x, and that of
/// an infinity is 0.
static Pair splitModf(IRBuilderBase &b, Value *x) {
  Value *whole = b.CreateUnaryIntrinsic(Intrinsic::trunc, x);
  Value *isWhole = b.CreateFCmpOEQ(x, whole);
  Value *fraction = b.CreateSelect(isWhole, ConstantFP::getZero(x->getType()), b.CreateFSub(x, whole));
  return {b.CreateBinaryIntrinsic(Intrinsic::copysign, fraction, x), whole};
}

/// frexp x = {x 2^-e, e}: the exponent still comes from the intrinsic.
static Pair splitFrexp(IRBuilderBase &b, IntrinsicInst &call) {
  Value *x = call.getArgOperand(0);
  Type *exponentType = call.getType()->getStructElementType(1);
  auto *fresh = b.CreateIntrinsic(Intrinsic::frexp, {x->getType(), exponentType}, {x});
  Value *exponent = b.CreateExtractValue(fresh, 1);
  Value *mantissa = b.CreateIntrinsic(Intrinsic::ldexp, {x->getType(), exponentType}, {x, b.CreateNeg(exponent)});
  return {mantissa, exponent};
}

static Pair split(IRBuilderBase &b, IntrinsicInst &call) {
  switch (call.getIntrinsicID()) {
  case Intrinsic::sincos:
    return splitSinCos(b, call.getArgOperand(0));
  case Intrinsic::sincospi:
    return splitSinCosPi(b, call.getArgOperand(0));
  case Intrinsic::modf:
    return splitModf(b, call.getArgOperand(0));
  default:
    return splitFrexp(b, call);
  }
}

static bool isPair(Intrinsic::ID id) {
  return id == Intrinsic::sincos || id == Intrinsic::sincospi || id == Intrinsic::modf || id == Intrinsic::frexp;
}

static void replacePair(IntrinsicInst &call) {
  IRBuilder<> b(&call);
  if (isa<FPMathOperator>(call))
    b.setFastMathFlags(call.getFastMathFlags());
  Pair parts = split(b, call);
  for (User *user : make_early_inc_range(call.users()))
    if (auto *extract = dyn_cast<ExtractValueInst>(user)) {
      extract->replaceAllUsesWith(parts[extract->getIndices().front()]);
      extract->eraseFromParent();
    }
  // The struct as a whole is rarely used.
  if (!call.use_empty()) {
    Value *whole = b.CreateInsertValue(PoisonValue::get(call.getType()), parts[0], 0);
    call.replaceAllUsesWith(b.CreateInsertValue(whole, parts[1], 1));
  }
  call.eraseFromParent();
}

bool linkgrad::splitPairIntrinsics(Function &function) {
  SmallVector<IntrinsicInst *> found;
  for (Instruction &inst : instructions(function))
    if (auto *call = dyn_cast<IntrinsicInst>(&inst); call && isPair(call->getIntrinsicID()))
      found.push_back(call);
  bool changed = false;
  for (IntrinsicInst *call : found) {
    // An exponent that already has its mantissa split off stays.
    bool onlyExponent = call->getIntrinsicID() == Intrinsic::frexp && llvm::all_of(call->users(), [](User *user) {
                          auto *extract = dyn_cast<ExtractValueInst>(user);
                          return extract && extract->getIndices().front() == 1;
                        });
    if (onlyExponent)
      continue;
    replacePair(*call);
    changed = true;
  }
  return changed;
}
