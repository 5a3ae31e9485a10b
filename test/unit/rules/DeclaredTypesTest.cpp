//===- DeclaredTypesTest.cpp - what accesses say of themselves -------------===//

#include "core/rules/DeclaredTypes.h"
#include "../passes/ParseIR.h"
#include "core/Engine.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;
using namespace linkgrad;

namespace {

struct Parsed {
  LLVMContext context;
  std::unique_ptr<Module> module;
  explicit Parsed(StringRef text) : module(parseIR(context, text)) {}
  template <typename Kind> const Kind &first() const {
    for (const Instruction &inst : instructions(*module->begin()))
      if (auto *found = dyn_cast<Kind>(&inst))
        return *found;
    llvm_unreachable("not in the function");
  }
  bool readsInteger() const { return isDeclaredInteger(first<LoadInst>()); }
};

const std::string kinds = R"(
  !0 = !{!"Simple C++ TBAA"}
  !1 = !{!"omnipotent char", !0, i64 0}
  !2 = !{!"int", !1, i64 0}
  !3 = !{!"float", !1, i64 0}
  !4 = !{!"_ZTS5Color", !1, i64 0}
  !5 = !{!"_ZTS4Wrap", !3, i64 0}
)";

std::string loadOf(const std::string &type) {
  return "define i32 @f(ptr %p) {\n %x = load i32, ptr %p, !tbaa !9\n ret i32 %x\n}\n!9 = !{" + type + ", " + type +
         ", i64 0}" + kinds;
}

TEST(DeclaredTypes, IntegersAndEnumerationsAreIntegers) {
  EXPECT_TRUE(Parsed(loadOf("!2")).readsInteger());
  EXPECT_TRUE(Parsed(loadOf("!4")).readsInteger());
}

TEST(DeclaredTypes, BytesNumbersAndClassesAreNot) {
  EXPECT_FALSE(Parsed(loadOf("!1")).readsInteger());
  EXPECT_FALSE(Parsed(loadOf("!3")).readsInteger());
  EXPECT_FALSE(Parsed(loadOf("!5")).readsInteger());
  EXPECT_TRUE(isDeclaredReal(Parsed(loadOf("!3")).first<LoadInst>()));
}

TEST(DeclaredTypes, UnoptimisedCodeSaysItByItsAddresses) {
  auto function = [](const char *address, const char *attributes) {
    Parsed parsed("define i32 @f(ptr %p, i64 %i) " + std::string(attributes) + " {\n %a = getelementptr " + address +
                  "\n %x = load i32, ptr %a\n ret i32 %x\n}");
    declareIntegers(*parsed.module);
    return parsed.readsInteger();
  };
  const char *none = "noinline optnone";
  EXPECT_TRUE(function("[8 x i32], ptr %p, i64 0, i64 %i", none));
  EXPECT_TRUE(function("{ double, i32 }, ptr %p, i64 0, i32 1", none));
  EXPECT_FALSE(function("{ double, { i32 } }, ptr %p, i64 0, i32 1", none)); // a union, as like as not
  EXPECT_FALSE(function("i8, ptr %p, i64 %i", none));
  EXPECT_FALSE(function("[8 x i32], ptr %p, i64 0, i64 %i", ""));
}

TEST(DeclaredTypes, CopiesOfIntegers) {
  Parsed parsed("define void @f(ptr %p, ptr %q, i64 %n) {\n call void @llvm.memcpy.p0.p0.i64(ptr %p, ptr %q, i64 %n, "
                "i1 false), !tbaa !9\n ret void\n}\ndeclare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)\n"
                "!9 = !{!2, !2, i64 0}" +
                kinds);
  Type *integers = declaredIntegers(parsed.first<AnyMemTransferInst>());
  ASSERT_TRUE(integers);
  EXPECT_TRUE(integers->isIntegerTy(32));
}

TEST(DeclaredTypes, NumbersThatBecomeTheirBitsStayNumbers) {
  Parsed parsed("define i64 @f(ptr %p) {\n %x = load double, ptr %p\n %b = bitcast double %x to i64\n ret i64 %b\n}");
  declareReals(*parsed.module);
  auto &load = const_cast<LoadInst &>(parsed.first<LoadInst>());
  EXPECT_TRUE(isDeclaredReal(load));
  // As the optimiser does.
  IRBuilder<> b(&load);
  LoadInst *bits = b.CreateLoad(b.getInt64Ty(), load.getPointerOperand());
  bits->copyMetadata(load);
  EXPECT_TRUE(declaredTypeOf(*bits)->isDoubleTy());
  EXPECT_TRUE(declaredTypeOf(*b.CreateLoad(b.getInt64Ty(), load.getPointerOperand()))->isIntegerTy());
}

} // namespace
