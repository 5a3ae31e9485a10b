//===- PairIntrinsicsTest.cpp - two results become two operations ----------===//

#include "core/rules/PairIntrinsics.h"
#include "core/rules/ScalarRules.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace llvm;
using namespace linkgrad;

namespace {

const char *const text = R"(
define double @modf.fraction(double %x) {
  %pair = call { double, double } @llvm.modf.f64(double %x)
  %y = extractvalue { double, double } %pair, 0
  ret double %y
}
define double @modf.whole(double %x) {
  %pair = call { double, double } @llvm.modf.f64(double %x)
  %y = extractvalue { double, double } %pair, 1
  ret double %y
}
define double @sincos.ratio(double %x) {
  %pair = call { double, double } @llvm.sincos.f64(double %x)
  %s = extractvalue { double, double } %pair, 0
  %c = extractvalue { double, double } %pair, 1
  %y = fdiv double %s, %c
  ret double %y
}
define double @sincospi.sine(double %x) {
  %pair = call { double, double } @llvm.sincospi.f64(double %x)
  %y = extractvalue { double, double } %pair, 0
  ret double %y
}
define double @frexp.sum(double %x) {
  %pair = call { double, i32 } @llvm.frexp.f64.i32(double %x)
  %m = extractvalue { double, i32 } %pair, 0
  %e = extractvalue { double, i32 } %pair, 1
  %r = sitofp i32 %e to double
  %y = fadd double %m, %r
  ret double %y
}
define { double, double } @whole.struct(double %x) {
  %pair = call { double, double } @llvm.modf.f64(double %x)
  ret { double, double } %pair
}
define { <2 x float>, <2 x i32> } @vector(<2 x float> %x) {
  %pair = call { <2 x float>, <2 x i32> } @llvm.frexp.v2f32.v2i32(<2 x float> %x)
  ret { <2 x float>, <2 x i32> } %pair
}
)";

std::unique_ptr<Module> splitModule(LLVMContext &context) {
  SMDiagnostic error;
  std::unique_ptr<Module> module = parseAssemblyString(text, error, context);
  EXPECT_TRUE(module) << error.getMessage().str();
  for (Function &function : *module)
    if (!function.isDeclaration()) {
      EXPECT_TRUE(splitPairIntrinsics(function));
      EXPECT_FALSE(splitPairIntrinsics(function)) << "must be stable";
    }
  EXPECT_FALSE(verifyModule(*module, &errs()));
  return module;
}

// All floating-point instructions that are left have a rule.
TEST(PairIntrinsics, LeaveOnlyWhatHasARule) {
  LLVMContext context;
  std::unique_ptr<Module> module = splitModule(context);
  for (Function &function : *module)
    for (Instruction &inst : instructions(function)) {
      bool isReal = inst.getType()->isFPOrFPVectorTy();
      bool isStructural = isa<SelectInst, SIToFPInst>(inst);
      EXPECT_TRUE(!isReal || isStructural || findScalarRule(inst)) << inst.getOpcodeName();
    }
}

TEST(PairIntrinsics, KeepTheirValues) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  auto context = std::make_unique<LLVMContext>();
  std::unique_ptr<Module> module = splitModule(*context);
  auto jit = cantFail(orc::LLJITBuilder().create());
  cantFail(jit->addIRModule(orc::ThreadSafeModule(std::move(module), std::move(context))));
  auto run = [&](StringRef name, double x) { return cantFail(jit->lookup(name)).toPtr<double(double)>()(x); };
  EXPECT_EQ(run("modf.fraction", 2.75), 0.75);
  EXPECT_EQ(run("modf.fraction", -2.75), -0.75);
  EXPECT_TRUE(std::signbit(run("modf.fraction", -3.0)));
  EXPECT_EQ(run("modf.fraction", -INFINITY), 0);
  EXPECT_TRUE(std::isnan(run("modf.fraction", NAN)));
  EXPECT_EQ(run("modf.whole", -2.75), -2);
  EXPECT_DOUBLE_EQ(run("sincos.ratio", 0.5), std::tan(0.5));
  EXPECT_DOUBLE_EQ(run("sincospi.sine", 1000000.5), 1);
  EXPECT_EQ(run("frexp.sum", 20), 0.625 + 5);
  EXPECT_EQ(run("frexp.sum", 0x1p-1074), 0.5 - 1073);
  EXPECT_EQ(run("frexp.sum", 0), 0);
}

} // namespace
