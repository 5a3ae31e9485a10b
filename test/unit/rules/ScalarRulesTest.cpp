//===- ScalarRulesTest.cpp - the table against mathematics ----------------===//

#include "core/rules/ScalarRules.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace llvm;
using namespace linkgrad;

namespace {

const ScalarRule &ruleNamed(StringRef name) {
  auto *found = llvm::find_if(scalarRules(), [&](const ScalarRule &rule) { return rule.name == name; });
  assert(found != scalarRules().end() && "no such rule");
  return *found;
}

/// A point of the rule's domain; an integer operand gets an integer.
std::array<double, 3> samplePoint(const ScalarRule &rule, std::mt19937_64 &random) {
  std::array<double, 3> x{};
  for (unsigned k = 0; k < rule.arity; ++k) {
    x[k] = std::uniform_real_distribution(rule.domain[k][0], rule.domain[k][1])(random);
    if (!rule.partial[k])
      x[k] = std::floor(x[k]);
  }
  return x;
}

// Each partial agrees with central differences at 64 seeded points of its domain.
void expectFiniteDifferences(const ScalarRule &rule) {
  std::mt19937_64 random(0);
  for (int sample = 0; sample < 64; ++sample) {
    std::array<double, 3> x = samplePoint(rule, random);
    for (unsigned i = 0; i < rule.arity; ++i) {
      if (!rule.partial[i])
        continue;
      auto at = [&](double step) {
        std::array<double, 3> p = x;
        p[i] += step;
        return rule.value(p[0], p[1], p[2], 0);
      };
      const double h = 1e-5;
      double numeric = (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h);
      double stated = rule.slope[i](x[0], x[1], x[2], at(0));
      ASSERT_NEAR(stated, numeric, 1e-8 * (1 + std::abs(stated)))
          << "d(" << rule.formula[0] << ")/d" << "abc"[i] << " = " << rule.formula[i + 1] << " is wrong at a=" << x[0]
          << " b=" << x[1] << " c=" << x[2];
    }
  }
}
TEST(ScalarRules, EveryPartialMatchesFiniteDifferences) {
  for (const ScalarRule &rule : scalarRules()) {
    SCOPED_TRACE(rule.name);
    expectFiniteDifferences(rule);
  }
}

/// A function with the rule's operands, its result and tangents as arguments.
struct Subject {
  LLVMContext context;
  Module module{"m", context};
  Function *function = nullptr;
  SmallVector<Value *> operands, tangents;
  Value *result = nullptr;
  std::unique_ptr<IRBuilder<>> builder;

  Subject(const ScalarRule &rule, function_ref<Type *(LLVMContext &)> typeIn) {
    Type *type = typeIn(context);
    SmallVector<Type *> parameters;
    for (unsigned i = 0; i < rule.arity; ++i)
      parameters.push_back(rule.partial[i] ? type : Type::getInt32Ty(context));
    parameters.append(rule.arity + 1, type);
    function = Function::Create(FunctionType::get(type, parameters, false), Function::ExternalLinkage, "f", module);
    for (unsigned i = 0; i < rule.arity; ++i) {
      operands.push_back(function->getArg(i));
      tangents.push_back(rule.partial[i] ? function->getArg(rule.arity + 1 + i) : nullptr);
    }
    result = function->getArg(rule.arity);
    builder = std::make_unique<IRBuilder<>>(BasicBlock::Create(context, "", function));
  }
};

Type *(*const someTypes[])(LLVMContext &) = {
    [](LLVMContext &c) { return Type::getFloatTy(c); },
    [](LLVMContext &c) { return Type::getDoubleTy(c); },
    [](LLVMContext &c) { return Type::getX86_FP80Ty(c); },
    [](LLVMContext &c) { return Type::getFP128Ty(c); },
    [](LLVMContext &c) { return Type::getHalfTy(c); },
    [](LLVMContext &c) { return Type::getBFloatTy(c); },
    [](LLVMContext &c) -> Type * { return FixedVectorType::get(Type::getDoubleTy(c), 2); },
    [](LLVMContext &c) -> Type * { return FixedVectorType::get(Type::getFloatTy(c), 4); },
    [](LLVMContext &c) -> Type * { return FixedVectorType::get(Type::getHalfTy(c), 8); },
};

// Each line emits valid IR in both modes for every floating-point type.
void expectValidIR(const ScalarRule &rule, Type *(*type)(LLVMContext &)) {
  Subject s(rule, type);
  Value *tangent = emitTangent(rule, *s.builder, s.operands, s.result, s.tangents);
  EXPECT_EQ(tangent == nullptr, llvm::all_of(ArrayRef(rule.zero, rule.arity), [](bool zero) { return zero; }));
  Value *sum = tangent ? tangent : s.result;
  for (unsigned i = 0; i < rule.arity; ++i) {
    if (!rule.partial[i])
      continue;
    sum = s.builder->CreateFAdd(sum, emitAdjoint(rule, i, *s.builder, s.operands, s.result, s.result));
    sum = s.builder->CreateFAdd(sum, rule.partial[i](*s.builder, s.operands, s.result));
  }
  s.builder->CreateRet(sum);
  EXPECT_FALSE(verifyModule(s.module, &errs())) << rule.name;
}
TEST(ScalarRules, EveryRuleEmitsValidIR) {
  for (const ScalarRule &rule : scalarRules())
    for (auto type : someTypes)
      expectValidIR(rule, type);
}
// What a partial is not said to read may be missing when it is emitted.
void expectNoOtherReads(const ScalarRule &rule) {
  for (unsigned i = 0; i < rule.arity; ++i) {
    if (!rule.partial[i])
      continue;
    Subject s(rule, someTypes[1]);
    SmallVector<Value *> operands(rule.arity, nullptr);
    for (unsigned k = 0; k < rule.arity; ++k)
      if (contains(rule.reads[i], Reads(1u << k)))
        operands[k] = s.operands[k];
    Value *result = contains(rule.reads[i], Reads::Result) ? s.result : nullptr;
    s.builder->CreateRet(emitAdjoint(rule, i, *s.builder, operands, result, s.function->getArg(rule.arity)));
    EXPECT_FALSE(verifyModule(s.module, &errs())) << rule.name;
  }
}
TEST(ScalarRules, EveryRuleReadsOnlyWhatItSays) {
  for (const ScalarRule &rule : scalarRules())
    expectNoOtherReads(rule);
}

// What reverse mode must keep alive follows from the formulas.
TEST(ScalarRules, SayWhatTheReverseSweepReads) {
  auto reads = [](StringRef name, unsigned operand) { return ruleNamed(name).reads[operand]; };
  EXPECT_EQ(reads("FAdd", 0), Reads::Nothing);
  EXPECT_EQ(reads("FMul", 0), Reads::B);
  EXPECT_EQ(reads("FMul", 1), Reads::A);
  EXPECT_EQ(reads("FDiv", 0), Reads::B);
  EXPECT_EQ(reads("FDiv", 1), Reads::B | Reads::Result);
  EXPECT_EQ(reads("Fma", 2), Reads::Nothing);
  EXPECT_EQ(reads("Exp", 0), Reads::Result);
  EXPECT_EQ(reads("Sqrt", 0), Reads::Result);
  EXPECT_EQ(reads("Tanh", 0), Reads::Result);
  EXPECT_EQ(reads("Pow", 0), Reads::A | Reads::B);
  EXPECT_EQ(reads("Pow", 1), Reads::A | Reads::Result);
  EXPECT_EQ(reads("MaxNum", 1), Reads::A | Reads::Result);
  EXPECT_EQ(reads("Fdim", 0), Reads::Result);
  EXPECT_EQ(reads("Floor", 0), Reads::Nothing);
}

//===-- The shape of what is emitted ---------------------------------------===//

/// The instructions emitted so far, each value named v.
std::string bodyOf(const Subject &s) {
  std::string text;
  raw_string_ostream os(text);
  for (Instruction &inst : s.function->getEntryBlock()) {
    inst.setName("v");
    os << inst << '\n';
  }
  return text;
}

/// The adjoints of all operands for an adjoint %t of the result %y.
std::string adjointsOf(StringRef name) {
  const ScalarRule &rule = ruleNamed(name);
  Subject s(rule, someTypes[1]);
  Value *adjoint = s.function->getArg(rule.arity + 1);
  adjoint->setName("t");
  s.result->setName("y");
  for (auto [i, operand] : enumerate(s.operands)) {
    operand->setName(Twine("abc"[i]));
    if (rule.partial[i])
      emitAdjoint(rule, i, *s.builder, s.operands, s.result, adjoint);
  }
  return bodyOf(s);
}

TEST(ScalarRules, TrivialPartialsEmitNoProduct) {
  EXPECT_EQ(adjointsOf("FAdd"), "");
  EXPECT_EQ(adjointsOf("FSub"), "  %v = fneg double %t\n");
  EXPECT_EQ(adjointsOf("FNeg"), "  %v = fneg double %t\n");
  EXPECT_EQ(adjointsOf("FMul"), "  %v = fmul double %b, %t\n  %v1 = fmul double %a, %t\n");
  EXPECT_EQ(adjointsOf("Exp"), "  %v = fmul double %y, %t\n");
  EXPECT_EQ(adjointsOf("Log"), "  %v = fdiv double %t, %a\n");
  EXPECT_EQ(adjointsOf("Floor"), "");
}

// t / b for the numerator, the same division for the denominator.
TEST(ScalarRules, QuotientsAreDividedOnce) {
  std::string division = adjointsOf("FDiv");
  EXPECT_EQ(StringRef(division).count("fdiv double %t, %b"), 2u) << division;
  EXPECT_EQ(StringRef(division).count("fdiv"), 2u) << division;
}

// A choice selects the product, so an infinite adjoint of the other branch stays out.
TEST(ScalarRules, ChoicesAreTrueZeros) {
  EXPECT_TRUE(StringRef(adjointsOf("MaxNum")).contains("select i1 %v, double %t, double 0.0")) << adjointsOf("MaxNum");
  EXPECT_FALSE(StringRef(adjointsOf("MaxNum")).contains("fmul"));
}

// A constant exponent folds: the derivative of pow(a, 0) is no call at all.
TEST(ScalarRules, ConstantExponentsFold) {
  const ScalarRule &rule = ruleNamed("Pow");
  Subject s(rule, someTypes[1]);
  s.operands[1] = ConstantFP::get(s.result->getType(), 0.0);
  Value *adjoint = emitAdjoint(rule, 0, *s.builder, s.operands, s.result, s.result);
  EXPECT_TRUE(match(adjoint, PatternMatch::m_PosZeroFP()));
}

// A cast's tangent is in the type of its result, its adjoint in that of its operand.
TEST(ScalarRules, CastsConvert) {
  const ScalarRule &rule = ruleNamed("FPExt");
  Subject s(rule, someTypes[1]);
  Type *narrow = Type::getFloatTy(s.context);
  Value *operand[] = {PoisonValue::get(narrow)};
  Value *tangent[] = {s.builder->CreateFPTrunc(s.result, narrow)};
  EXPECT_EQ(emitTangent(rule, *s.builder, operand, s.result, tangent)->getType(), s.result->getType());
  EXPECT_EQ(emitAdjoint(rule, 0, *s.builder, operand, s.result, s.result)->getType(), narrow);
}

// Literals have all the digits of the type they are used in.
TEST(ScalarRules, LongDoubleConstantsAreExact) {
  const ScalarRule &rule = ruleNamed("Exp2");
  Subject s(rule, someTypes[2]);
  emitAdjoint(rule, 0, *s.builder, s.operands, s.result, s.function->getArg(2));
  EXPECT_TRUE(StringRef(bodyOf(s)).contains("0xK3FFEB17217F7D1CF79AC")) << bodyOf(s);
}

//===-- Points where a naive formula fails ----------------------------------===//

TEST(ScalarRules, EdgePoints) {
  auto slope = [](StringRef name, unsigned i, double a, double b = 0) {
    const ScalarRule &rule = ruleNamed(name);
    return rule.slope[i](a, b, 0, rule.value(a, b, 0, 0));
  };
  const double inf = INFINITY;
  EXPECT_EQ(slope("Pow", 0, 0, 0), 0);
  EXPECT_EQ(slope("Pow", 0, 0, 1), 1);
  EXPECT_EQ(slope("Pow", 0, 0, 2), 0);
  EXPECT_EQ(slope("Pow", 0, -2, 3), 12);
  EXPECT_EQ(slope("Pow", 1, 0, 2), 0);
  EXPECT_TRUE(std::isnan(slope("Pow", 1, -1, 2)));
  EXPECT_EQ(slope("Powi", 0, 0, 0), 0);
  EXPECT_EQ(slope("Powi", 0, -2, 3), 12);
  EXPECT_EQ(slope("Sqrt", 0, 0), inf);
  EXPECT_EQ(slope("Cbrt", 0, 0), inf);
  EXPECT_EQ(slope("Hypot", 0, 0, 0), 0);
  EXPECT_EQ(slope("Fabs", 0, -3), -1);
  EXPECT_EQ(slope("J1", 0, 0), 0.5);
  EXPECT_EQ(slope("FRem", 1, -7, 2), 3);
  EXPECT_EQ(slope("FRem", 1, 1, inf), 0);
  EXPECT_EQ(slope("Remainder", 1, 5.5, 2), -3);
  // ties and NaNs: exactly one operand receives the adjoint
  EXPECT_EQ(slope("MaxNum", 0, 1, 1), 1);
  EXPECT_EQ(slope("MaxNum", 1, 1, 1), 0);
  EXPECT_EQ(slope("MaxNum", 0, NAN, 1), 0);
  EXPECT_EQ(slope("MaxNum", 1, NAN, 1), 1);
  EXPECT_EQ(slope("MinNum", 0, 1, NAN), 1);
  EXPECT_EQ(slope("MinNum", 1, 1, NAN), 0);
}

} // namespace
