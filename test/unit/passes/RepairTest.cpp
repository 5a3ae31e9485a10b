#include "ParseIR.h"
#include "passes/RepairPass.h"

using namespace llvm;
using namespace linkgrad;

static const char *text = R"(
  declare double @__enzyme_autodiff(ptr, ...)
  @table = internal constant [1 x ptr] [ptr @inTable]

  define double @asks(double %x) noinline optnone {
    %d = call double (ptr, ...) @__enzyme_autodiff(ptr @primal, double %x)
    ret double %d
  }
  define double @primal(double %x) noinline optnone {
    %y = call double @called(double %x)
    %f = load ptr, ptr @table
    %z = call double %f(double %y)
    ret double %z
  }
  define double @called(double %x) noinline optnone { ret double %x }
  define double @inTable(double %x) noinline optnone { ret double %x }
  define double @authors(double %x) noinline { ret double %x }
  define double @bystander(double %x) noinline optnone {
    %y = call double @authors(double %x)
    ret double %y
  }
)";

static bool isOptimisable(Module &module, StringRef name) {
  Function *function = module.getFunction(name);
  return !function->hasFnAttribute(Attribute::OptimizeNone) && !function->hasFnAttribute(Attribute::NoInline);
}

TEST(Repair, reachesCallsAddressesAndInitialisers) {
  LLVMContext context;
  auto module = parseIR(context, text);
  repairDifferentiatedFunctions(*module, {});
  for (StringRef name : {"asks", "primal", "called", "inTable"})
    EXPECT_TRUE(isOptimisable(*module, name)) << name.str();
}

TEST(Repair, leavesTheRestOfTheProgramAlone) {
  LLVMContext context;
  auto module = parseIR(context, text);
  repairDifferentiatedFunctions(*module, {});
  EXPECT_FALSE(isOptimisable(*module, "bystander"));
  EXPECT_FALSE(isOptimisable(*module, "authors"));
}

TEST(Repair, freesLoopsButKeepsWhatElseIsSaidOfThem) {
  LLVMContext context;
  auto module = parseIR(context, R"(
    declare double @__enzyme_autodiff(ptr, ...)
    define void @asks(i1 %again) {
      call double (ptr, ...) @__enzyme_autodiff(ptr @asks)
      br label %first
    first:
      br i1 %again, label %first, label %second, !llvm.loop !0
    second:
      br i1 %again, label %second, label %end, !llvm.loop !3
    end:
      ret void
    }
    !0 = distinct !{!0, !1, !2}
    !1 = !{!"llvm.loop.mustprogress"}
    !2 = !{!"llvm.loop.unroll.disable"}
    !3 = distinct !{!3, !4}
    !4 = !{!"llvm.loop.isvectorized", i32 1}
  )");
  repairDifferentiatedFunctions(*module, {});
  std::string after;
  raw_string_ostream os(after);
  module->print(os, nullptr);
  EXPECT_NE(after.find("mustprogress"), std::string::npos);
  EXPECT_EQ(after.find("unroll.disable"), std::string::npos);
  EXPECT_EQ(after.find("isvectorized"), std::string::npos);
}
