//===- TargetLowering.cpp - x86 intrinsics as ordinary code ---------------===//
//
// Most of <immintrin.h> arrives as ordinary instructions.  What does not is written
// out here, once, so that no analysis and no rule has to know it:
//
//   haddpd(a, b)        two shuffles of a and b, and their sum
//   blendvpd(a, b, m)   select m < 0, b, a     (the sign bits of m decide)
//   maskloadpd(p, m)    llvm.masked.load under m < 0
//
// Minimum, maximum, square root and reciprocals of vectors are not here: they have
// lines in the table of scalar rules.
//
//===----------------------------------------------------------------------===//
#include "TargetLowering.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicsX86.h"
#include "llvm/IR/PatternMatch.h"

using namespace llvm;
using namespace linkgrad;
using namespace llvm::PatternMatch;

namespace {

/// One call and the place before it.
struct Lowering {
  CallBase &call;
  IRBuilder<> b;
  explicit Lowering(CallBase &call) : call(call), b(&call) {}
  Value *argument(unsigned i) const { return call.getArgOperand(i); }
  FixedVectorType *type() const { return cast<FixedVectorType>(call.getType()); }
  unsigned immediate(unsigned i) const { return cast<ConstantInt>(argument(i))->getZExtValue(); }
};

} // namespace

/// Which lanes of a mask are set: their sign bits say it.
static Value *maskOf(Value *mask, IRBuilderBase &b) {
  auto *type = cast<FixedVectorType>(mask->getType());
  auto *bits = FixedVectorType::get(b.getIntNTy(type->getScalarSizeInBits()), type->getNumElements());
  return b.CreateICmpSLT(b.CreateBitCast(mask, bits), Constant::getNullValue(bits));
}

/// Neighbours, within each half of 128 bits first those of a, then those of b.
static Value *horizontal(Lowering &at, Instruction::BinaryOps operation) {
  unsigned elements = at.type()->getNumElements(), half = 128 / at.type()->getScalarSizeInBits();
  SmallVector<int> even, odd;
  for (unsigned start = 0; start < elements; start += half)
    for (unsigned source : {start, start + elements})
      for (unsigned i = 0; i < half; i += 2) {
        even.push_back(source + i);
        odd.push_back(source + i + 1);
      }
  return at.b.CreateBinOp(operation, at.b.CreateShuffleVector(at.argument(0), at.argument(1), even),
                          at.b.CreateShuffleVector(at.argument(0), at.argument(1), odd));
}

/// a - b in the even lanes, a + b in the odd ones.
static Value *alternating(Value *even, Value *odd, IRBuilderBase &b) {
  SmallVector<int> mask;
  unsigned elements = cast<FixedVectorType>(even->getType())->getNumElements();
  for (unsigned i = 0; i < elements; ++i)
    mask.push_back(i % 2 ? i + elements : i);
  return b.CreateShuffleVector(even, odd, mask);
}

/// In each half the products of the chosen lanes are summed; chosen lanes get the sum.
static Value *dotProduct(Lowering &at) {
  unsigned chosen = at.immediate(2), half = 128 / at.type()->getScalarSizeInBits();
  Value *products = at.b.CreateFMul(at.argument(0), at.argument(1)), *result = Constant::getNullValue(at.type());
  for (unsigned start = 0; start < at.type()->getNumElements(); start += half) {
    Value *sum = ConstantFP::get(at.type()->getElementType(), 0.0);
    for (unsigned i = 0; i < half; ++i)
      if (chosen & (16u << i))
        sum = at.b.CreateFAdd(sum, at.b.CreateExtractElement(products, start + i));
    for (unsigned i = 0; i < half; ++i)
      if (chosen & (1u << i))
        result = at.b.CreateInsertElement(result, sum, start + i);
  }
  return result;
}

static Value *roundBy(unsigned mode, Value *value, IRBuilderBase &b) {
  constexpr Intrinsic::ID ways[] = {Intrinsic::roundeven, Intrinsic::floor, Intrinsic::ceil, Intrinsic::trunc};
  constexpr unsigned asTheMachineIsSet = 4;
  return b.CreateUnaryIntrinsic(mode & asTheMachineIsSet ? Intrinsic::rint : ways[mode & 3], value);
}

static Value *compare(unsigned predicate, Value *left, Value *right, IRBuilderBase &b) {
  constexpr CmpInst::Predicate predicates[] = {
      CmpInst::FCMP_OEQ, CmpInst::FCMP_OLT, CmpInst::FCMP_OLE, CmpInst::FCMP_UNO,
      CmpInst::FCMP_UNE, CmpInst::FCMP_UGE, CmpInst::FCMP_UGT, CmpInst::FCMP_ORD,
      CmpInst::FCMP_UEQ, CmpInst::FCMP_ULT, CmpInst::FCMP_ULE, CmpInst::FCMP_FALSE,
      CmpInst::FCMP_ONE, CmpInst::FCMP_OGE, CmpInst::FCMP_OGT, CmpInst::FCMP_TRUE};
  Value *holds = b.CreateFCmp(predicates[predicate & 15], left, right);
  Type *bits = holds->getType()->getWithNewType(b.getIntNTy(left->getType()->getScalarSizeInBits()));
  return b.CreateBitCast(b.CreateSExt(holds, bits), left->getType());
}

/// The operation concerns element 0; the others are those of the first argument.
static Value *firstElement(Lowering &at, unsigned other,
                           function_ref<Value *(Value *, Value *, IRBuilderBase &)> operation) {
  Value *result = operation(at.b.CreateExtractElement(at.argument(0), uint64_t(0)),
                            at.b.CreateExtractElement(at.argument(other), uint64_t(0)), at.b);
  return at.b.CreateInsertElement(at.argument(0), result, uint64_t(0));
}

static Value *maskedLoad(Lowering &at) {
  Align align = Align(1);
  return at.b.CreateMaskedLoad(at.type(), at.argument(0), align, maskOf(at.argument(1), at.b),
                               Constant::getNullValue(at.type()));
}

static Value *maskedStore(Lowering &at) {
  return at.b.CreateMaskedStore(at.argument(2), at.argument(0), Align(1), maskOf(at.argument(1), at.b));
}

/// (otherwise, base, index, mask, scale)
static Value *gatherElements(Lowering &at) {
  unsigned elements = at.type()->getNumElements();
  Value *index = at.argument(2), *mask = at.argument(3);
  auto first = [&](Value *vector) {
    SmallVector<int> lanes;
    for (unsigned i = 0; i < elements; ++i)
      lanes.push_back(i);
    bool fits = cast<FixedVectorType>(vector->getType())->getNumElements() == elements;
    return fits ? vector : at.b.CreateShuffleVector(vector, lanes);
  };
  index = at.b.CreateSExt(first(index), FixedVectorType::get(at.b.getInt64Ty(), elements));
  Type *scaled = ArrayType::get(at.b.getInt8Ty(), at.immediate(4));
  Value *places = at.b.CreateGEP(scaled, at.argument(1), index);
  return at.b.CreateMaskedGather(at.type(), places, Align(1), maskOf(mask, at.b), at.argument(0));
}

/// vpermilvar: within each half of 128 bits, bits of the control say which lane;
/// vpermps: over all lanes.
static Value *permute(Lowering &at, unsigned group, unsigned shift) {
  Value *result = PoisonValue::get(at.type());
  for (unsigned i = 0; i < at.type()->getNumElements(); ++i) {
    Value *lane = at.b.CreateZExt(at.b.CreateExtractElement(at.argument(1), i), at.b.getInt64Ty());
    lane = at.b.CreateAnd(at.b.CreateLShr(lane, shift), group - 1);
    lane = at.b.CreateAdd(
        lane, at.b.getInt64(i / group * group)); // NOLINT(bugprone-implicit-widening-of-multiplication-result)
    result = at.b.CreateInsertElement(result, at.b.CreateExtractElement(at.argument(0), lane), i);
  }
  return result;
}

static Value *minMaxFirst(Lowering &at, CmpInst::Predicate predicate) {
  return firstElement(
      at, 1, [&](Value *x, Value *y, IRBuilderBase &b) { return b.CreateSelect(b.CreateFCmp(predicate, x, y), x, y); });
}

// NOLINTNEXTLINE(readability-function-size): a list of intrinsics
static Value *replacement(Lowering &at, Intrinsic::ID id) {
  IRBuilder<> &b = at.b;
  switch (id) {
  case Intrinsic::x86_sse3_hadd_pd:
  case Intrinsic::x86_sse3_hadd_ps:
  case Intrinsic::x86_avx_hadd_pd_256:
  case Intrinsic::x86_avx_hadd_ps_256:
    return horizontal(at, Instruction::FAdd);
  case Intrinsic::x86_sse3_hsub_pd:
  case Intrinsic::x86_sse3_hsub_ps:
  case Intrinsic::x86_avx_hsub_pd_256:
  case Intrinsic::x86_avx_hsub_ps_256:
    return horizontal(at, Instruction::FSub);
  case Intrinsic::x86_sse3_addsub_pd:
  case Intrinsic::x86_sse3_addsub_ps:
  case Intrinsic::x86_avx_addsub_pd_256:
  case Intrinsic::x86_avx_addsub_ps_256:
    return alternating(b.CreateFSub(at.argument(0), at.argument(1)), b.CreateFAdd(at.argument(0), at.argument(1)), b);
  case Intrinsic::x86_fma_vfmaddsub_pd:
  case Intrinsic::x86_fma_vfmaddsub_ps:
  case Intrinsic::x86_fma_vfmaddsub_pd_256:
  case Intrinsic::x86_fma_vfmaddsub_ps_256:
    return b.CreateIntrinsic(
        Intrinsic::fma, at.type(),
        {at.argument(0), at.argument(1), alternating(b.CreateFNeg(at.argument(2)), at.argument(2), b)});
  case Intrinsic::x86_sse41_dppd:
  case Intrinsic::x86_sse41_dpps:
  case Intrinsic::x86_avx_dp_ps_256:
    return dotProduct(at);
  case Intrinsic::x86_sse41_blendvpd:
  case Intrinsic::x86_sse41_blendvps:
  case Intrinsic::x86_avx_blendv_pd_256:
  case Intrinsic::x86_avx_blendv_ps_256:
    return b.CreateSelect(maskOf(at.argument(2), b), at.argument(1), at.argument(0));
  case Intrinsic::x86_sse41_round_pd:
  case Intrinsic::x86_sse41_round_ps:
  case Intrinsic::x86_avx_round_pd_256:
  case Intrinsic::x86_avx_round_ps_256:
    return roundBy(at.immediate(1), at.argument(0), b);
  case Intrinsic::x86_sse41_round_sd:
  case Intrinsic::x86_sse41_round_ss:
    return firstElement(at, 1, [&](Value *, Value *y, IRBuilderBase &b) { return roundBy(at.immediate(2), y, b); });
  case Intrinsic::x86_sse_cmp_ps:
  case Intrinsic::x86_sse2_cmp_pd:
  case Intrinsic::x86_avx_cmp_ps_256:
  case Intrinsic::x86_avx_cmp_pd_256:
    return compare(at.immediate(2), at.argument(0), at.argument(1), b);
  case Intrinsic::x86_sse_cmp_ss:
  case Intrinsic::x86_sse2_cmp_sd:
    return firstElement(at, 1, [&](Value *x, Value *y, IRBuilderBase &b) { return compare(at.immediate(2), x, y, b); });
  case Intrinsic::x86_sse_min_ss:
  case Intrinsic::x86_sse2_min_sd:
    return minMaxFirst(at, CmpInst::FCMP_OLT);
  case Intrinsic::x86_sse_max_ss:
  case Intrinsic::x86_sse2_max_sd:
    return minMaxFirst(at, CmpInst::FCMP_OGT);
  case Intrinsic::x86_sse2_cvtsd2ss:
    return firstElement(at, 1, [](Value *x, Value *y, IRBuilderBase &b) { return b.CreateFPTrunc(y, x->getType()); });
  case Intrinsic::x86_sse2_cvtpd2ps: {
    Value *narrow = b.CreateFPTrunc(at.argument(0), FixedVectorType::get(b.getFloatTy(), 2));
    return b.CreateShuffleVector(narrow, Constant::getNullValue(narrow->getType()), ArrayRef<int>{0, 1, 2, 3});
  }
  case Intrinsic::x86_avx_cvt_pd2_ps_256:
    return b.CreateFPTrunc(at.argument(0), at.type());
  case Intrinsic::x86_avx_maskload_pd:
  case Intrinsic::x86_avx_maskload_ps:
  case Intrinsic::x86_avx_maskload_pd_256:
  case Intrinsic::x86_avx_maskload_ps_256:
    return maskedLoad(at);
  case Intrinsic::x86_avx_maskstore_pd:
  case Intrinsic::x86_avx_maskstore_ps:
  case Intrinsic::x86_avx_maskstore_pd_256:
  case Intrinsic::x86_avx_maskstore_ps_256:
    return maskedStore(at);
  case Intrinsic::x86_avx2_gather_d_pd:
  case Intrinsic::x86_avx2_gather_d_pd_256:
  case Intrinsic::x86_avx2_gather_d_ps:
  case Intrinsic::x86_avx2_gather_d_ps_256:
  case Intrinsic::x86_avx2_gather_q_pd:
  case Intrinsic::x86_avx2_gather_q_pd_256:
    return gatherElements(at);
  case Intrinsic::x86_avx_vpermilvar_pd:
  case Intrinsic::x86_avx_vpermilvar_pd_256:
    return permute(at, 2, 1);
  case Intrinsic::x86_avx_vpermilvar_ps:
  case Intrinsic::x86_avx_vpermilvar_ps_256:
    return permute(at, 4, 0);
  case Intrinsic::x86_avx2_permps:
    return permute(at, 8, 0);
  default:
    return nullptr;
  }
}

/// v & (all bits or none), as comparisons leave it, chooses v or zero.
static Value *chosenByMask(BinaryOperator &operation) {
  Value *mask = nullptr, *other = nullptr;
  if (!operation.getType()->isIntOrIntVectorTy() ||
      !match(&operation, m_c_And(m_SExt(m_Value(mask)), m_Value(other))) || !mask->getType()->isIntOrIntVectorTy(1))
    return nullptr;
  return IRBuilder<>(&operation).CreateSelect(mask, other, Constant::getNullValue(operation.getType()));
}

/// Half of a vector that went through <2 x i128> is a shuffle of its floats.
static Value *pieceOfVector(BitCastInst &cast) {
  auto *piece = dyn_cast<FixedVectorType>(cast.getType());
  Value *whole = nullptr;
  uint64_t index = 0;
  if (!piece || !match(cast.getOperand(0), m_ExtractElt(m_BitCast(m_Value(whole)), m_ConstantInt(index))))
    return nullptr;
  auto *type = dyn_cast<FixedVectorType>(whole->getType());
  if (!type || type->getElementType() != piece->getElementType() || !type->getElementType()->isFloatingPointTy())
    return nullptr;
  SmallVector<int> lanes;
  for (unsigned i = 0; i < piece->getNumElements(); ++i)
    lanes.push_back(index * piece->getNumElements() + i);
  return IRBuilder<>(&cast).CreateShuffleVector(whole, lanes);
}

void linkgrad::lowerTargetIntrinsics(Function &function) {
  for (Instruction &inst : make_early_inc_range(instructions(function))) {
    Value *simpler = nullptr;
    if (auto *call = dyn_cast<CallInst>(&inst); call && call->getIntrinsicID() != Intrinsic::not_intrinsic) {
      Lowering at(*call);
      at.b.setFastMathFlags(isa<FPMathOperator>(call) ? call->getFastMathFlags() : FastMathFlags());
      simpler = replacement(at, call->getIntrinsicID());
    } else if (auto *operation = dyn_cast<BinaryOperator>(&inst)) {
      simpler = chosenByMask(*operation);
    } else if (auto *cast = dyn_cast<BitCastInst>(&inst)) {
      simpler = pieceOfVector(*cast);
    }
    if (!simpler)
      continue;
    if (!inst.getType()->isVoidTy())
      inst.replaceAllUsesWith(simpler);
    inst.eraseFromParent();
  }
}
