#include "../passes/ParseIR.h"
#include "core/Engine.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Verifier.h"

using namespace llvm;
using namespace linkgrad;

static const char *text = R"(
  @enzyme_const = internal global i32 0
  @__enzyme_inactivefn_log = global ptr @log_it
  @__enzyme_inactive_global_seen = global ptr @seen
  @seen = internal global double 0.0
  declare double @__enzyme_autodiff(ptr, ...)
  declare i32 @__gxx_personality_v0(...)
  define internal double @log_it(double %x) { ret double %x }
  define double @square(double %x, double %y) {
    store double %x, ptr @seen
    %s = load double, ptr @seen
    %l = call double @log_it(double %s)
    %m = fmul double %x, %l
    ret double %m
  }
  define double @caller(double %x) personality ptr @__gxx_personality_v0 {
    %marker = load i32, ptr @enzyme_const
    %d = invoke double (ptr, ...) @__enzyme_autodiff(ptr @square, double %x, i32 %marker, double %x)
         to label %fine unwind label %bad
  fine:
    ret double %d
  bad:
    %e = landingpad { ptr, i32 } cleanup
    resume { ptr, i32 } %e
  }
)";

static unsigned volatileAccesses(const Function &function) {
  return count_if(instructions(function), [](const Instruction &inst) { return inst.isVolatile(); });
}

TEST(Protect, whatOptimisationWouldLoseIsKept) {
  LLVMContext context;
  auto module = parseIR(context, text);
  EXPECT_TRUE(protectRequests(*module));
  EXPECT_TRUE(module->getNamedValue("enzyme_const.marker")->isDeclaration());
  EXPECT_TRUE(module->getFunction("log_it")->hasFnAttribute(Attribute::NoInline));
  EXPECT_FALSE(module->getFunction("log_it")->hasLocalLinkage());
  EXPECT_EQ(volatileAccesses(*module->getFunction("square")), 2u);
  EXPECT_TRUE(any_of(instructions(*module->getFunction("caller")), [](Instruction &i) { return isa<InvokeInst>(i); }));
}

TEST(Protect, isUndoneInTheEnd) {
  LLVMContext context;
  auto module = parseIR(context, text);
  protectRequests(*module);
  EXPECT_EQ(differentiate(*module, {}).failed, 0u);
  removeRequestLeftovers(*module);
  EXPECT_TRUE(module->getFunction("log_it")->hasLocalLinkage());
  EXPECT_FALSE(module->getFunction("log_it")->hasFnAttribute(Attribute::NoInline));
  EXPECT_EQ(volatileAccesses(*module->getFunction("square")), 0u);
  for (const char *name : {"__enzyme_autodiff", "enzyme_const.marker", "__enzyme_inactivefn_log"})
    EXPECT_FALSE(module->getNamedValue(name)) << name;
  EXPECT_FALSE(verifyModule(*module, &errs()));
}

TEST(Protect, aProgramWithoutRequestsIsLeftAlone) {
  LLVMContext context;
  auto module = parseIR(context, "define double @f(double %x) { ret double %x }");
  EXPECT_FALSE(protectRequests(*module));
}
