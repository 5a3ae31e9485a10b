#include "../passes/ParseIR.h"
#include "core/request/DerivativeRequest.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// One call in a function @caller(double %x, ptr %p, ptr %s); the primals are below.
class RequestParser : public testing::Test {
protected:
  std::optional<DerivativeRequest> parse(StringRef call) {
    std::string text = (R"(
      @enzyme_const = external global i32
      @enzyme_dup = external global i32
      @enzyme_out = external global i32
      @enzyme_dupv = external global i32
      @enzyme_width = external global i32
      @enzyme_interleave = external global i32
      @enzyme_primal_return = external global i32
      @enzyme_allocated = external global i32
      @enzyme_foo = external global i32
      @named = internal constant ptr @scalar
      declare double @__enzyme_autodiff(...)
      declare double @__enzyme_fwddiff_here(...)
      declare double @__enzyme_reverse(...)
      declare double @mystery(double)
      define double @scalar(double %x, i32 %n) { ret double %x }
      define double @memory(ptr %p, double %x) { ret double %x }
      define void @nothing(ptr %p) { ret void }
      define void @caller(double %x, ptr %p, ptr %s) {
        %r = call double (...) )" +
                        call + R"(
        ret void
      })")
                           .str();
    module = parseIR(context, text);
    CallBase *found = entryCalls(*module).front();
    diagnostics = Diagnostics();
    return parseRequest(*cast<CallInst>(found), *entryOf(*found->getCalledFunction()), diagnostics);
  }
  Function *function(StringRef name) { return module->getFunction(name); }
  Value *argument(unsigned i) { return function("caller")->getArg(i); }

  LLVMContext context;
  std::unique_ptr<Module> module;
  Diagnostics diagnostics;
};

} // namespace

TEST_F(RequestParser, defaultsFollowTheTypes) {
  auto request = parse("@__enzyme_autodiff(ptr @scalar, double %x, i32 3)");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.primal, function("scalar"));
  EXPECT_EQ(request->key.form, DerivativeForm::Gradient);
  EXPECT_EQ(request->key.arguments[0].activity, Activity::Active);
  EXPECT_EQ(request->key.arguments[1].activity, Activity::Constant);
  EXPECT_EQ(request->key.result, Activity::Active);
  EXPECT_EQ(request->primals[0], argument(0));
}

TEST_F(RequestParser, aPointerIsFollowedByItsShadow) {
  auto request = parse("@__enzyme_autodiff(ptr @memory, ptr %p, ptr %s, ptr @enzyme_const, double %x)");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.arguments[0].activity, Activity::Duplicated);
  EXPECT_EQ(request->shadows[0].front(), argument(2));
  EXPECT_EQ(request->key.arguments[1].activity, Activity::Constant);
}

TEST_F(RequestParser, inForwardModeFloatsHaveTangents) {
  auto request = parse("@__enzyme_fwddiff_here(ptr @scalar, double %x, double 1.0, i32 3)");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.form, DerivativeForm::Forward);
  EXPECT_EQ(request->key.arguments[0].activity, Activity::Duplicated);
  EXPECT_EQ(request->shadows[0].size(), 1u);
}

TEST_F(RequestParser, aWidthMayStandBehindWhatItConcerns) {
  auto request = parse("@__enzyme_fwddiff_here(ptr @scalar, double %x, double 1.0, double 2.0, i32 3, "
                       "ptr @enzyme_width, i32 2)");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.width, 2u);
  EXPECT_EQ(request->shadows[0].size(), 2u);
}

TEST_F(RequestParser, interleavedShadowsStandBehindAllPrimals) {
  auto request =
      parse("@__enzyme_fwddiff_here(ptr @memory, ptr @enzyme_interleave, ptr %p, double %x, ptr %s, double 1.0)");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->primals[1], argument(0));
  EXPECT_EQ(request->shadows[0].front(), argument(2));
  EXPECT_TRUE(isa<ConstantFP>(request->shadows[1].front()));
}

TEST_F(RequestParser, aStridedShadowIsOnePointerForAllLanes) {
  auto request = parse("@__enzyme_fwddiff_here(ptr @memory, ptr @enzyme_width, i32 4, ptr @enzyme_dupv, i64 8, ptr %p, "
                       "ptr %s, ptr @enzyme_const, double %x)");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->shadows[0].size(), 1u);
  EXPECT_TRUE(request->strides[0]);
}

TEST_F(RequestParser, aConstantGlobalNamesAFunction) {
  auto request = parse("@__enzyme_autodiff(ptr @scalar, double %x, i32 3)");
  IRBuilder<> b(request->call);
  EXPECT_EQ(functionNamedBy(b.CreateLoad(b.getPtrTy(), module->getGlobalVariable("named", true))), function("scalar"));
  EXPECT_EQ(functionNamedBy(argument(1)), nullptr);
}

TEST_F(RequestParser, operandsFollowWhatReplacesThem) {
  auto request = parse("@__enzyme_autodiff(ptr @scalar, double %x, i32 3)");
  Constant *two = ConstantFP::get(Type::getDoubleTy(context), 2);
  argument(0)->replaceAllUsesWith(two);
  EXPECT_EQ(request->primals[0], two);
}

TEST_F(RequestParser, refusesWhatIsMissingOrTooMuch) {
  for (const char *call : {
           "@__enzyme_autodiff(ptr %p, double %x)",                                          // no function
           "@__enzyme_autodiff(ptr @mystery, double %x)",                                    // no body
           "@__enzyme_autodiff(ptr @scalar, double %x)",                                     // an argument is missing
           "@__enzyme_autodiff(ptr @scalar, double %x, i32 1, i32 2)",                       // one too many
           "@__enzyme_autodiff(ptr @nothing, ptr %p)",                                       // no shadow
           "@__enzyme_autodiff(ptr @nothing, ptr @enzyme_out, ptr %p)",                      // memory by value
           "@__enzyme_autodiff(ptr @nothing, ptr @enzyme_foo, ptr %p)",                      // unknown marker
           "@__enzyme_autodiff(ptr @nothing, ptr @enzyme_primal_return, ptr %p, ptr %s)",    // there is none
           "@__enzyme_fwddiff_here(ptr @scalar, ptr @enzyme_out, double %x, i32 1)",         // reverse mode only
           "@__enzyme_fwddiff_here(ptr @scalar, ptr @enzyme_width, i32 0, double %x, i32 1)" // no lane
       }) {
    EXPECT_FALSE(parse(call)) << call;
    EXPECT_EQ(diagnostics.size(), 1u) << call;
  }
}

TEST_F(RequestParser, refusesATapeBufferWithoutRoomForTheHandle) {
  EXPECT_FALSE(parse("@__enzyme_reverse(ptr @nothing, ptr @enzyme_allocated, i64 4, ptr %p, ptr %s, ptr %p)"));
  EXPECT_TRUE(parse("@__enzyme_reverse(ptr @nothing, ptr @enzyme_allocated, i64 8, ptr %p, ptr %s, ptr %p)"));
}

TEST(Markers, areWholeWords) {
  EXPECT_EQ(markerNamed("enzyme_dup"), Marker::Dup);
  EXPECT_EQ(markerNamed("enzyme_dupnoneed"), Marker::DupNoNeed);
  EXPECT_EQ(markerNamed("_ZN7linkgradL10enzyme_outE"), Marker::Out);
  EXPECT_EQ(markerNamed("enzyme_dupliq"), std::nullopt);
  EXPECT_EQ(markerNamed("enzyme_foo"), std::nullopt);
}

TEST_F(RequestParser, theShadowOfAnIntegerIsSkipped) {
  auto request = parse("@__enzyme_fwddiff_here(ptr @scalar, double %x, double 1.0, ptr @enzyme_dup, i32 3, i32 0)");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->key.arguments[1].activity, Activity::Constant);
  request = parse("@__enzyme_fwddiff_here(ptr @scalar, ptr @enzyme_interleave, double %x, ptr @enzyme_dup, i32 3, "
                  "double 1.0, i32 0)");
  ASSERT_TRUE(request);
  EXPECT_TRUE(isa<ConstantFP>(request->shadows[0].front()));
}
