#include "passes/RequestWrappers.h"
#include "ParseIR.h"

using namespace llvm;
using namespace linkgrad;

static const char *text = R"(
  declare double @__enzyme_autodiff(ptr, ...)

  define double @slope(ptr %f, double %x) noinline optnone {
    %variable = alloca ptr
    store ptr %f, ptr %variable
    %g = load ptr, ptr %variable
    %d = call double (ptr, ...) @__enzyme_autodiff(ptr %g, double %x)
    ret double %d
  }
  define double @passesOn(ptr %f, double %x) {
    %d = call double @slope(ptr %f, double %x)
    ret double %d
  }
  define double @knows(double %x) {
    %d = call double @passesOn(ptr @square, double %x)
    %e = call double (ptr, ...) @__enzyme_autodiff(ptr @square, double %x)
    ret double %d
  }
  define double @callsWhoKnows(double %x) {
    %d = call double @knows(double %x)
    ret double %d
  }
  define double @square(double %x) { ret double %x }
)";

TEST(RequestWrappers, areInlinedUpToWhoeverNamesTheFunction) {
  LLVMContext context;
  auto module = parseIR(context, text);
  auto involved = inlineRequestWrappers(*module);
  EXPECT_TRUE(module->getFunction("slope")->hasFnAttribute(Attribute::AlwaysInline));
  EXPECT_FALSE(module->getFunction("slope")->hasFnAttribute(Attribute::OptimizeNone));
  EXPECT_TRUE(module->getFunction("passesOn")->hasFnAttribute(Attribute::AlwaysInline));
  EXPECT_FALSE(module->getFunction("knows")->hasFnAttribute(Attribute::AlwaysInline));
  EXPECT_TRUE(involved.contains(module->getFunction("knows")));
  EXPECT_FALSE(involved.contains(module->getFunction("callsWhoKnows")));
}

TEST(RequestWrappers, theAuthorsNoinlineIsRespected) {
  LLVMContext context;
  auto module = parseIR(context, text);
  module->getFunction("passesOn")->addFnAttr(Attribute::NoInline);
  inlineRequestWrappers(*module);
  EXPECT_FALSE(module->getFunction("passesOn")->hasFnAttribute(Attribute::AlwaysInline));
}
