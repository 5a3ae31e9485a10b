//===- RustMathTest.cpp - mathematical libraries written in Rust ----------===//

#include "../passes/ParseIR.h"
#include "core/Engine.h"
#include "core/rules/KnownCalls.h"
#include "core/rules/RustPaths.h"
#include "core/rules/ScalarRules.h"
#include "llvm/IR/Verifier.h"

using namespace llvm;
using namespace linkgrad;

namespace {

struct Named {
  LLVMContext context;
  std::unique_ptr<Module> module;
  explicit Named(const std::string &text) : module(parseIR(context, text)) {
    nameMathLibraries(*module);
    EXPECT_FALSE(verifyModule(*module, &errs()));
  }
  bool hasRule(StringRef name) const {
    const Function *function = module->getFunction(name);
    return function && findScalarRule(*function);
  }
};

std::string unary(const std::string &name, const std::string &type = "double") {
  return "define internal " + type + " @" + name + "(" + type + " %x) {\n ret " + type + " %x\n}\n";
}

TEST(RustMath, FunctionsOfTheCrateHaveTheRulesOfTheirNames) {
  const std::string legacy = "_ZN4libm4math5floor5floor17h0123456789abcdefE";
  const std::string single = "_ZN4libm4math4sinf4sinf17h0123456789abcdefE";
  const std::string newer = "_RNvNtNtCs3RbYaX4Gpqn_4libm4math3exp3exp";
  Named named(unary(legacy) + unary(single, "float") + unary(newer));
  for (const std::string &name : {legacy, single, newer}) {
    EXPECT_TRUE(named.hasRule(name)) << name;
    EXPECT_TRUE(named.module->getFunction(name)->hasFnAttribute(Attribute::NoInline));
    EXPECT_FALSE(named.module->getFunction(name)->hasLocalLinkage());
  }
}

TEST(RustMath, OtherFunctionsHaveNone) {
  const std::string helper = "_ZN4libm4math5k_sin5k_sin17h0123456789abcdefE";
  const std::string another = "_ZN5model4math3exp3exp17h0123456789abcdefE";
  const std::string wrongType = "_ZN4libm4math3sin3sin17h0123456789abcdefE";
  Named named(unary(helper) + unary(another) + unary(wrongType, "i64") + unary("exp"));
  for (const std::string &name : {helper, another, wrongType, std::string("exp")})
    EXPECT_FALSE(named.hasRule(name)) << name;
}

TEST(RustMath, EachOfTwoResultsHasAFunction) {
  const std::string sincos = "_ZN4libm4math6sincos6sincos17h0123456789abcdefE";
  const std::string frexp = "_ZN4libm4math6frexpf6frexpf17h0123456789abcdefE";
  Named named("define { double, double } @" + sincos + "(double %x) {\n ret { double, double } zeroinitializer\n}\n" +
              "define { float, i32 } @" + frexp + "(float %x) {\n ret { float, i32 } zeroinitializer\n}\n");
  EXPECT_TRUE(named.hasRule(sincos + ".whole.0"));
  EXPECT_TRUE(named.hasRule(sincos + ".whole.1"));
  const Function *exponent = named.module->getFunction(frexp + ".whole.1");
  ASSERT_TRUE(exponent);
  EXPECT_TRUE(exponent->hasFnAttribute("enzyme_inactive"));
}

TEST(RustMath, PathsConsistOfIdentifiers) {
  StringRef path = "4libm4math5floor17h0123456789abcdefE";
  EXPECT_EQ(takeIdentifier(path), "libm");
  EXPECT_EQ(takeIdentifier(path), "math");
  EXPECT_EQ(takeIdentifier(path), "floor");
  path = "9short";
  EXPECT_EQ(takeIdentifier(path), "");
}

TEST(RustMath, RandomBitsHaveNoDerivative) {
  LLVMContext context;
  std::unique_ptr<Module> module = parseIR(context, R"(
    @"_ZN68_$LT$rand..rngs..thread..ThreadRng$u20$as$u20$rand_core..RngCore$GT$8next_u6417h0123456789abcdefE" = global i8 0
    @_RNvXs_NtCsab_5model3rngNtB4_3RngNtCscd_9rand_core7RngCore8next_u64 = global i8 0
    @_ZN5model3rng8next_u6417h0123456789abcdefE = global i8 0)");
  std::vector<bool> inactive;
  for (const GlobalVariable &code : module->globals())
    inactive.push_back(isInactiveLibraryCode(code));
  EXPECT_EQ(inactive, (std::vector{true, true, false}));
}

} // namespace
