#include "core/request/Registrations.h"
#include "../passes/ParseIR.h"
#include "core/rules/CustomSignature.h"
#include "core/support/Diagnostics.h"

using namespace llvm;
using namespace linkgrad;

static const char *text = R"(
  @__enzyme_register_gradient_f = global [3 x ptr] [ptr @f, ptr @augmented, ptr @reverse]
  @__enzyme_register_derivative_f = global [2 x ptr] [ptr @f, ptr @tangent]
  @_ZL20__enzyme_inactivefn_g = internal global ptr @g
  @__enzyme_inactive_global_counter = global ptr @counter
  @__enzyme_function_like_h = global { ptr, ptr } { ptr @h, ptr @name }
  @name = internal constant [6 x i8] c"log1p\00"
  @counter = global double 0.0
  @remark = internal constant [16 x i8] c"enzyme_inactive\00", section "llvm.metadata"
  @llvm.global.annotations = appending global [1 x { ptr, ptr }] [{ ptr, ptr } { ptr @noted, ptr @remark }]
  define double @f(double %x, ptr %p) { ret double %x }
  define double @augmented(double %x, ptr %p, ptr %s) { ret double %x }
  define double @reverse(double %x, ptr %p, ptr %s, double %r) { ret double %r }
  define double @tangent(double %x, double %t, ptr %p, ptr %s) { ret double %t }
  define double @g(double %x) { ret double %x }
  define double @h(double %x) { ret double %x }
  define double @noted(double %x) { ret double %x }
  define double @attributed(double %x) "enzyme_inactive" { ret double %x }
  define double @plain(double %x) { ret double %x }
)";

namespace {

class RegistrationsTest : public testing::Test {
protected:
  Function &function(StringRef name) { return *module->getFunction(name); }

  LLVMContext context;
  std::unique_ptr<Module> module = parseIR(context, text);
  Diagnostics diagnostics;
};

} // namespace

TEST_F(RegistrationsTest, areReadFromGlobalsAnnotationsAndAttributes) {
  Registrations found = readRegistrations(*module, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  const CustomRule *rule = found.customRule(function("f"));
  ASSERT_TRUE(rule);
  EXPECT_EQ(rule->augmented, &function("augmented"));
  EXPECT_EQ(rule->reverse, &function("reverse"));
  EXPECT_EQ(rule->tangent, &function("tangent"));
  for (const char *name : {"g", "noted", "attributed"})
    EXPECT_TRUE(found.inactive.contains(&function(name))) << name;
  EXPECT_TRUE(found.inactive.contains(module->getGlobalVariable("counter")));
  EXPECT_EQ(found.functionLike.lookup(&function("h")), "log1p");
  EXPECT_FALSE(found.inactive.contains(&function("plain")));
}

TEST_F(RegistrationsTest, registeredFunctionsKeepTheirIdentity) {
  SmallVector<Function *> kept = registeredFunctions(*module);
  EXPECT_TRUE(is_contained(kept, &function("f")));
  EXPECT_FALSE(is_contained(kept, &function("plain")));
}

TEST_F(RegistrationsTest, anIncompleteOneIsReported) {
  GlobalVariable *gradient = module->getGlobalVariable("__enzyme_register_gradient_f");
  gradient->setInitializer(nullptr);
  new GlobalVariable(*module, gradient->getValueType(), true, GlobalValue::ExternalLinkage,
                     ConstantArray::get(cast<ArrayType>(gradient->getValueType()),
                                        {&function("f"), &function("reverse"),
                                         ConstantPointerNull::get(PointerType::get(context, 0))}),
                     "__enzyme_register_gradient_g");
  readRegistrations(*module, diagnostics);
  EXPECT_EQ(diagnostics.size(), 1u);
}

TEST_F(RegistrationsTest, areErasedWithWhatKeptThemAlive) {
  eraseRegistrations(*module);
  EXPECT_FALSE(module->getNamedValue("__enzyme_register_gradient_f"));
  EXPECT_FALSE(module->getNamedValue("__enzyme_inactive_global_counter"));
  EXPECT_TRUE(module->getNamedValue("counter"));
}

TEST_F(RegistrationsTest, signaturesAreThoseOfTheCallingConvention) {
  CustomRule rule = *readRegistrations(*module, diagnostics).customRule(function("f"));
  for (RulePart part : {RulePart::Augmented, RulePart::Reverse, RulePart::Tangent})
    EXPECT_EQ(missedSignature(function("f"), rule, part), std::nullopt);
  rule.reverse = &function("augmented");
  EXPECT_EQ(missedSignature(function("f"), rule, RulePart::Reverse), "double (double, ptr, ptr, double)");
  rule.tangent = &function("augmented");
  EXPECT_EQ(missedSignature(function("f"), rule, RulePart::Tangent), "{ double, double } (double, double, ptr, ptr)");
}
