#include "passes/RustRequests.h"
#include "ParseIR.h"
#include "passes/RustPairs.h"
#include "passes/RustSeeds.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// Errors are counted.
struct Errors : DiagnosticHandler {
  explicit Errors(std::string &text) : text(text) {}
  bool handleDiagnostics(const DiagnosticInfo &info) override {
    raw_string_ostream os(text);
    DiagnosticPrinterRawOStream printer(os);
    info.print(printer);
    return true;
  }
  std::string &text;
};

struct RustRequests : testing::Test {
  RustRequests() { context.setDiagnosticHandler(std::make_unique<Errors>(errors)); }
  Module &parse(const std::string &text) {
    module = parseIR(context, "@enzyme_dup = external global ptr\n@enzyme_out = external global ptr\n"
                              "@enzyme_const = external global ptr\n@enzyme_primal_return = external global ptr\n"
                              "declare double @__enzyme_fwddiff_R1d(...)\n"
                              "declare double @__enzyme_autodiff_R1d(...)\n" +
                                  text);
    return *module;
  }
  std::string errors;
  LLVMContext context;
  std::unique_ptr<Module> module;
};

} // namespace

/// Forward mode of two numbers or of one pair, whose parameters have these names.
static std::string forward(StringRef first, StringRef second) {
  return ("define double @f(double %" + first + ", double %" + second + R"() {
            %r = fmul double %)" +
          first + ", %" + second + R"(
            ret double %r
          }
          define double @R1d(double %a, double %b, double %c, double %d) {
            %t = call double (...) @__enzyme_fwddiff_R1d(ptr @f, ptr @enzyme_dup, double %a, double %b,
                                                         ptr @enzyme_dup, double %c, double %d)
            ret double %t
          })")
      .str();
}

/// The parameters of @R1d that are passed to the request, in order.
static std::string passed(const Module &module) {
  std::string names;
  for (const Instruction &i : instructions(*module.getFunction("R1d")))
    if (auto *call = dyn_cast<CallInst>(&i))
      for (const Value *operand : call->args())
        if (isa<Argument>(operand))
          names += operand->getName();
  return names;
}

TEST_F(RustRequests, namesTellPairsFromTwoArguments) {
  EXPECT_EQ(adaptRustRequests(parse(forward("x", "y"))), 0u);
  EXPECT_EQ(passed(*module), "abcd");
  EXPECT_EQ(adaptRustRequests(parse(forward("p.0", "p.1"))), 0u);
  EXPECT_EQ(passed(*module), "acbd");
  EXPECT_EQ(errors, "");
}

TEST_F(RustRequests, withoutNamesTwoNumbersAreRefused) {
  EXPECT_EQ(adaptRustRequests(parse(forward("0", "1"))), 1u);
  EXPECT_NE(errors.find("[rust-pair]"), std::string::npos);
}

TEST_F(RustRequests, debugInformationTellsPairs) {
  const char *text = R"ir(
    define void @pair(double %0, double %1) !dbg !5 { ret void }
    define void @two(double %0, double %1) !dbg !6 { ret void }
    define void @slice(ptr %0, i64 %1, ptr %2) !dbg !7 { ret void }
    define void @ofC(i128 %0, double %1) !dbg !8 { ret void }
    define void @lines(double %0, double %1) !dbg !9 { ret void }
    !llvm.dbg.cu = !{!0}
    !llvm.module.flags = !{!2}
    !0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !1, isOptimized: true)
    !1 = !DIFile(filename: "a.rs", directory: "/")
    !2 = !{i32 2, !"Debug Info Version", i32 3}
    !5 = distinct !DISubprogram(name: "pair", file: !1, unit: !0, type: !10, spFlags: DISPFlagDefinition)
    !6 = distinct !DISubprogram(name: "two", file: !1, unit: !0, type: !11, spFlags: DISPFlagDefinition)
    !7 = distinct !DISubprogram(name: "slice", file: !1, unit: !0, type: !12, spFlags: DISPFlagDefinition)
    !8 = distinct !DISubprogram(name: "ofC", file: !1, unit: !0, type: !13, spFlags: DISPFlagDefinition)
    !9 = distinct !DISubprogram(name: "lines", file: !1, unit: !0, type: !14, spFlags: DISPFlagDefinition)
    !10 = !DISubroutineType(types: !{null, !20})
    !11 = !DISubroutineType(types: !{null, !24, !21, !21})
    !12 = !DISubroutineType(types: !{null, !20, !25})
    !13 = !DISubroutineType(types: !{null, !20, !21})
    !14 = !DISubroutineType(types: !{null})
    !20 = !DICompositeType(tag: DW_TAG_structure_type, name: "(f64, f64)", size: 128, elements: !{!22, !23, !26})
    !21 = !DIBasicType(name: "f64", size: 64, encoding: DW_ATE_float)
    !22 = !DIDerivedType(tag: DW_TAG_member, name: "__0", baseType: !21, size: 64)
    !23 = !DIDerivedType(tag: DW_TAG_member, name: "__1", baseType: !21, size: 64, offset: 64)
    !24 = !DIBasicType(name: "()", encoding: DW_ATE_unsigned)
    !25 = !DIDerivedType(tag: DW_TAG_pointer_type, name: "&f64", baseType: !21, size: 64)
    !26 = !DIDerivedType(tag: DW_TAG_member, name: "__2", baseType: !24)
  )ir";
  parse(text);
  auto starts = [&](StringRef name, unsigned i) { return RustPairs(*module->getFunction(name), 0).startsAt(i); };
  EXPECT_EQ(starts("pair", 0), true);
  EXPECT_EQ(starts("two", 0), false);
  EXPECT_EQ(starts("slice", 0), true);
  EXPECT_EQ(starts("slice", 1), false);
  EXPECT_EQ(starts("ofC", 0), std::nullopt);
  EXPECT_EQ(starts("lines", 0), std::nullopt);
}

/// Reverse mode of a slice and a number, inside a function with these parameters.
static std::string reverse(StringRef name, StringRef parameters) {
  return ("define double @f(ptr %x, i64 %n, double %y) {\n  ret double %y\n}\ndefine double @" + name + "(" +
          parameters + R"() {
            %t = call double (...) @__enzyme_autodiff_R1d(ptr @f, ptr @enzyme_dup, ptr %a, ptr %b,
                                                          ptr @enzyme_const, i64 %n, ptr @enzyme_out, double %y)
            ret double %t
          })")
      .str();
}

TEST_F(RustRequests, theSeedIsWhatTheOperandsLeave) {
  ModuleAnalysisManager analyses;
  parse(reverse("_R1d", "ptr %a, i64 %n, ptr %b, i64 %m, double %y, double %0"));
  RustSeedsPass().run(*module, analyses);
  RustSeedsPass().run(*module, analyses); // once is enough
  EXPECT_EQ(adaptRustRequests(*module), 0u) << errors;
  unsigned seeds = 0;
  for (const Instruction &i : instructions(*module->getFunction("_R1d")))
    if (auto *call = dyn_cast<CallInst>(&i))
      seeds += count(call->args(), module->getFunction("_R1d")->getArg(5));
  EXPECT_EQ(seeds, 1u);
}

TEST_F(RustRequests, aLostSeedIsRefused) {
  ModuleAnalysisManager analyses;
  parse(reverse("inlinedInto", "ptr %a, i64 %n, ptr %b, i64 %m, double %y, double %0"));
  RustSeedsPass().run(*module, analyses);
  EXPECT_EQ(adaptRustRequests(*module), 1u);
  EXPECT_NE(errors.find("[rust-seed]"), std::string::npos);
}
