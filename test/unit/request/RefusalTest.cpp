// A refused link leaves the module as it was, whatever had been done by then.
#include "../passes/ParseIR.h"
#include "core/Engine.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/Verifier.h"

using namespace llvm;
using namespace linkgrad;

static std::string print(const Module &module) {
  std::string text;
  raw_string_ostream(text) << module;
  return text;
}

/// Differentiates; expects a refusal and an unchanged module.
static void expectRefused(StringRef text) {
  LLVMContext context;
  unsigned errors = 0;
  context.setDiagnosticHandlerCallBack(
      [](const DiagnosticInfo *info, void *count) {
        *static_cast<unsigned *>(count) += info->getSeverity() == DS_Error;
      },
      &errors);
  auto module = parseIR(context, text);
  std::string before = print(*module);
  EXPECT_GT(differentiate(*module, {}).failed, 0u);
  EXPECT_GT(errors, 0u);
  EXPECT_EQ(print(*module), before);
  EXPECT_FALSE(verifyModule(*module, &errs()));
}

TEST(Refusal, ofOneRequestIsOfAll) {
  expectRefused(R"(
    @calls = global double 0.0
    declare double @__enzyme_autodiff(ptr, ...)
    declare double @mystery(double)
    define double @good(double %x) {
      %y = fmul double %x, %x
      store double %y, ptr @calls
      ret double %y
    }
    define double @bad(double %x) {
      %y = call double @mystery(double %x)
      ret double %y
    }
    define double @caller(double %x) {
      %a = call double (ptr, ...) @__enzyme_autodiff(ptr @good, double %x)
      %b = call double (ptr, ...) @__enzyme_autodiff(ptr @bad, double %x)
      %c = fadd double %a, %b
      ret double %c
    })");
}

TEST(Refusal, ofAnOuterRequestRestoresTheInnerOne) {
  expectRefused(R"(
    declare double @__enzyme_fwddiff(ptr, ...)
    declare double @mystery(double)
    declare double @sin(double)
    define double @slope(double %x) {
      %a = call double (ptr, ...) @__enzyme_fwddiff(ptr @sin, double %x, double 1.0)
      %b = call double @mystery(double %a)
      ret double %b
    }
    define double @caller(double %x) {
      %a = call double (ptr, ...) @__enzyme_fwddiff(ptr @slope, double %x, double 1.0)
      ret double %a
    })");
}

TEST(Refusal, forATypeComesBeforeAnythingIsEmitted) {
  expectRefused(R"(
    declare { double, double } @__enzyme_autodiff(ptr, ...)
    define double @f(double %x) { ret double %x }
    define double @caller(double %x) {
      %a = call { double, double } (ptr, ...) @__enzyme_autodiff(ptr @f, double %x)
      %b = extractvalue { double, double } %a, 0
      ret double %b
    })");
}
