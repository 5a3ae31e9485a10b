//===- LibmNamesTest.cpp - which calls a rule is found for -----------------===//

#include "core/rules/ScalarRules.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace linkgrad;

namespace {

/// The name of the rule for the first instruction of @f, "" if there is none.
std::string ruleIn(StringRef text) {
  LLVMContext context;
  SMDiagnostic error;
  std::unique_ptr<Module> module = parseAssemblyString(text, error, context);
  EXPECT_TRUE(module) << error.getMessage().str();
  const ScalarRule *rule = findScalarRule(*inst_begin(module->getFunction("f")));
  return rule ? rule->name : "";
}

/// The same for a call of a declared function, given as `double @sin(double)`.
std::string ruleFor(StringRef declaration) {
  auto [result, rest] = declaration.split(" @");
  auto [name, types] = rest.drop_back().split('(');
  SmallVector<StringRef> parameters;
  types.split(parameters, ',');
  std::string arguments;
  for (StringRef type : parameters)
    arguments += (arguments.empty() ? "" : ", ") + type.trim().str() + " poison";
  return ruleIn(("declare " + declaration + "\ndefine void @f() {\n  %y = call " + result + " @" + name + "(" +
                 arguments + ")\n  ret void\n}\n")
                    .str());
}

TEST(LibmNames, HaveASuffixForTheType) {
  EXPECT_EQ(ruleFor("double @sin(double)"), "Sin");
  EXPECT_EQ(ruleFor("float @sinf(float)"), "Sin");
  EXPECT_EQ(ruleFor("x86_fp80 @sinl(x86_fp80)"), "Sin");
  EXPECT_EQ(ruleFor("fp128 @sinl(fp128)"), "Sin");
  EXPECT_EQ(ruleFor("float @sinf32(float)"), "Sin");
  EXPECT_EQ(ruleFor("double @sinf64(double)"), "Sin");
  EXPECT_EQ(ruleFor("x86_fp80 @sinf64x(x86_fp80)"), "Sin");
  EXPECT_EQ(ruleFor("fp128 @sinf128(fp128)"), "Sin");
}

TEST(LibmNames, HaveSpecialSpellings) {
  EXPECT_EQ(ruleFor("double @__exp_finite(double)"), "Exp");
  EXPECT_EQ(ruleFor("float @__powf_finite(float, float)"), "Pow");
  EXPECT_EQ(ruleFor("x86_fp80 @__logl_finite(x86_fp80)"), "Log");
  EXPECT_EQ(ruleFor("double @__nv_sin(double)"), "Sin");
  EXPECT_EQ(ruleFor("float @__nv_erff(float)"), "Erf");
  EXPECT_EQ(ruleFor("float @__ocml_sin_f32(float)"), "Sin");
  EXPECT_EQ(ruleFor("double @drem(double, double)"), "Remainder");
  EXPECT_EQ(ruleFor("double @pow10(double)"), "Exp10");
}

// The last letter may belong to the name.
TEST(LibmNames, AreReadAsTheyAreMeant) {
  EXPECT_EQ(ruleFor("double @erf(double)"), "Erf");
  EXPECT_EQ(ruleFor("float @erff(float)"), "Erf");
  EXPECT_EQ(ruleFor("double @ceil(double)"), "Ceil");
  EXPECT_EQ(ruleFor("x86_fp80 @ceill(x86_fp80)"), "Ceil");
}

TEST(LibmNames, MayTakeIntegers) {
  EXPECT_EQ(ruleFor("double @ldexp(double, i32)"), "Ldexp");
  EXPECT_EQ(ruleFor("double @scalbln(double, i64)"), "Ldexp");
  EXPECT_EQ(ruleFor("double @jn(i32, double)"), "Jn");
  EXPECT_EQ(ruleFor("float @__powisf2(float, i32)"), "Powi");
  EXPECT_EQ(ruleFor("double @_FortranAFPow8k(double, i64)"), "Powi");
  EXPECT_EQ(ruleFor("double @nexttoward(double, x86_fp80)"), "NextAfter");
  EXPECT_EQ(ruleFor("float @nexttowardf(float, x86_fp80)"), "NextAfter");
}

TEST(LibmNames, AreNothingWithAnotherSignature) {
  EXPECT_EQ(ruleFor("float @sin(float)"), "");
  EXPECT_EQ(ruleFor("double @sinf(double)"), "");
  EXPECT_EQ(ruleFor("double @sin(double, double)"), "");
  EXPECT_EQ(ruleFor("double @sin(ptr)"), "");
  EXPECT_EQ(ruleFor("i32 @sin(double)"), "");
  EXPECT_EQ(ruleFor("double @ldexp(double, double)"), "");
  EXPECT_EQ(ruleFor("double @jn(double, double)"), "");
  EXPECT_EQ(ruleFor("double @sine(double)"), "");
  EXPECT_EQ(ruleFor("double @f64(double)"), "");
}

// A body is differentiated, whatever the function is called.
TEST(LibmNames, AreNothingWithABody) {
  EXPECT_EQ(ruleIn("define double @f(double %x) {\n  %y = call double @sin(double %x)\n  ret double %y\n}\n"
                   "define double @sin(double %x) {\n  ret double %x\n}\n"),
            "");
}

// Unknown at compile time.
TEST(LibmNames, AreNothingThroughAPointer) {
  EXPECT_EQ(ruleIn("define double @f(double %x, ptr %p) {\n  %y = call double %p(double %x)\n  ret double %y\n}\n"),
            "");
}

TEST(ScalarRules, AreFoundForInstructions) {
  auto rule = [](StringRef instruction) {
    return ruleIn(("define void @f(double %x, double %y) {\n  %z = " + instruction + "\n  ret void\n}\n").str());
  };
  EXPECT_EQ(rule("fadd double %x, %y"), "FAdd");
  EXPECT_EQ(rule("frem double %x, %y"), "FRem");
  EXPECT_EQ(rule("fneg double %x"), "FNeg");
  EXPECT_EQ(rule("fptrunc double %x to float"), "FPTrunc");
  EXPECT_EQ(rule("fptosi double %x to i32"), "");
  EXPECT_EQ(rule("fcmp olt double %x, %y"), "");
  EXPECT_EQ(rule("alloca double"), "");
}

TEST(ScalarRules, AreFoundForIntrinsics) {
  EXPECT_EQ(ruleFor("double @llvm.sin.f64(double)"), "Sin");
  EXPECT_EQ(ruleFor("<4 x float> @llvm.fma.v4f32(<4 x float>, <4 x float>, <4 x float>)"), "Fma");
  EXPECT_EQ(ruleFor("double @llvm.powi.f64.i32(double, i32)"), "Powi");
  EXPECT_EQ(ruleFor("<2 x double> @llvm.x86.sse2.max.pd(<2 x double>, <2 x double>)"), "MaxX86");
  EXPECT_EQ(ruleFor("i64 @llvm.lround.i64.f64(double)"), "");
}

} // namespace
