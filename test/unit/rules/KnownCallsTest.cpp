//===- KnownCallsTest.cpp - the lists of library functions -----------------===//

#include "core/rules/KnownCalls.h"
#include "../passes/ParseIR.h"
#include "core/rules/ScalarRules.h"
#include "core/runtime/EmbeddedRuntime.h"
#include "llvm/Bitcode/BitcodeReader.h"

using namespace llvm;
using namespace linkgrad;

namespace {

/// The one function of a module.
struct Parsed {
  LLVMContext context;
  std::unique_ptr<Module> module;
  explicit Parsed(const Twine &text) : module(parseIR(context, text.str())) {}
  const Function &function() const { return *module->begin(); }
  const KnownCall *call() const { return findKnownCall(function()); }
};

bool isInactive(const Twine &name) {
  Parsed parsed("declare i32 @" + name + "(ptr)");
  return parsed.call() && parsed.call()->kind == CallKind::Inactive;
}

TEST(KnownCalls, AllocationsSayTheirSizeAndRelease) {
  Parsed parsed("declare ptr @calloc(i64, i64)");
  const KnownCall *call = parsed.call();
  ASSERT_TRUE(call);
  EXPECT_EQ(call->kind, CallKind::Allocation);
  EXPECT_EQ(call->size, 1);
  EXPECT_EQ(call->factor, 0);
  EXPECT_TRUE(call->zeroed);
  EXPECT_EQ(releaseFunctionName(*call, parsed.function()), "free");
}

// The aligned operator delete takes the alignment as well.
TEST(KnownCalls, AlignedNewIsReleasedWithItsAlignment) {
  Parsed parsed("declare ptr @_ZnwmSt11align_val_t(i64, i64)");
  ASSERT_TRUE(parsed.call());
  EXPECT_EQ(StringRef(parsed.call()->release), "_ZdlPvSt11align_val_t");
  EXPECT_EQ(parsed.call()->releaseArguments[0], 1);
  EXPECT_EQ(parsed.call()->releaseArguments[1], -1);
}

TEST(KnownCalls, RustAllocatorsMayBeMangled) {
  Parsed plain("declare ptr @__rust_alloc(i64, i64)");
  ASSERT_TRUE(plain.call());
  EXPECT_EQ(releaseFunctionName(*plain.call(), plain.function()), "__rust_dealloc");

  Parsed mangled("declare ptr @_RNvCs5QKde7ScR4E_7___rustc19___rust_alloc_zeroed(i64, i64)");
  ASSERT_TRUE(mangled.call());
  EXPECT_EQ(mangled.call()->kind, CallKind::Allocation);
  EXPECT_TRUE(mangled.call()->zeroed);
  EXPECT_EQ(releaseFunctionName(*mangled.call(), mangled.function()), "_RNvCs5QKde7ScR4E_7___rustc14___rust_dealloc");

  Parsed release("declare void @_RNvCs5QKde7ScR4E_7___rustc14___rust_dealloc(ptr, i64, i64)");
  ASSERT_TRUE(release.call());
  EXPECT_EQ(release.call()->kind, CallKind::Free);
}

TEST(KnownCalls, TransfersSayTheirDirection) {
  Parsed parsed("declare void @bcopy(ptr, ptr, i64)");
  ASSERT_TRUE(parsed.call());
  EXPECT_EQ(parsed.call()->kind, CallKind::Transfer);
  EXPECT_EQ(parsed.call()->pointer, 1);
  EXPECT_EQ(parsed.call()->source, 0);
}

TEST(KnownCalls, KnowWhatCarriesNoDerivative) {
  for (const char *name :
       {"printf", "strlen", "lroundl", "rand", "pthread_mutex_lock", "__cxa_throw", "omp_get_wtime", "MPI_Comm_rank"})
    EXPECT_TRUE(isInactive(name)) << name;
}

TEST(KnownCalls, KnowFamiliesByPrefix) {
  for (const char *name : {"_ZSt17__throw_bad_allocv", "_ZSt20__throw_length_errorPKc", "_ZNSolsEd",
                           "_ZSt16__ostream_insertIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_PKS3_l",
                           "_ZNSt6chrono3_V212steady_clock3nowEv", "_ZNSt6localeD1Ev",
                           "_ZNKSt8__detail20_Prime_rehash_policy14_M_need_rehashEmmm",
                           "_ZN4core9panicking5panic17h0123456789abcdefE", "_RNvNtCs9ltgdHTiPiY_4core9panicking5panic"})
    EXPECT_TRUE(isInactive(name)) << name;
}

// Functions that move numbers or call back are no business of a name list.
TEST(KnownCalls, AreNotInactiveForNothing) {
  for (const char *name : {"qsort", "bsearch", "pthread_create", "cblas_ddot", "MPI_Send", "_ZNSt6thread", "foo", "_ZN",
                           "_Z6printfv", "sin"})
    EXPECT_FALSE(isInactive(name)) << name;
}

TEST(KnownCalls, RuntimeRulesNameTheirFunctions) {
  Parsed parsed("declare float @modff(float, ptr)");
  ASSERT_TRUE(parsed.call());
  EXPECT_EQ(parsed.call()->kind, CallKind::RuntimeRule);
  EXPECT_EQ(parsed.call()->augmented, nullptr);
  EXPECT_EQ(StringRef(parsed.call()->reverse), "__linkgrad_modff_reverse");
  EXPECT_EQ(StringRef(parsed.call()->tangent), "__linkgrad_modff_tangent");
}

TEST(KnownCalls, AreNothingWithABody) {
  EXPECT_FALSE(Parsed("define ptr @malloc(i64 %size) {\n  ret ptr null\n}").call());
}

TEST(KnownCalls, AreNothingWithAnotherSignature) {
  EXPECT_FALSE(Parsed("declare double @malloc(i64)").call());
  EXPECT_FALSE(Parsed("declare ptr @malloc()").call());
  EXPECT_FALSE(Parsed("declare void @free(double)").call());
  EXPECT_FALSE(Parsed("declare void @memcpy(ptr, i64, ptr)").call());
}

// Every rule named here is defined in the run-time support.
TEST(KnownCalls, RuntimeRulesExist) {
  LLVMContext context;
  auto runtime = cantFail(parseBitcodeFile(MemoryBufferRef(embeddedRuntime(), "runtime"), context));
  auto isDefined = [&](const char *name) {
    const Function *function = runtime->getFunction(name);
    return function && !function->isDeclaration();
  };
  for (const KnownCall &call : knownCalls())
    if (call.kind == CallKind::RuntimeRule) {
      EXPECT_TRUE(isDefined(call.reverse)) << call.reverse;
      EXPECT_TRUE(isDefined(call.tangent)) << call.tangent;
    }
  for (const char *name : {"__linkgrad_digamma", "__linkgrad_digammaf", "__linkgrad_digammal"})
    EXPECT_TRUE(isDefined(name)) << name;
}

// One name, one meaning: no function is both here and in the scalar table.
TEST(KnownCalls, DoNotOverlapWithScalarRules) {
  LLVMContext context;
  Module module("m", context);
  Type *real = Type::getDoubleTy(context);
  for (const KnownCall &call : knownCalls())
    for (unsigned arity : {1, 2, 3}) {
      auto *type = FunctionType::get(real, SmallVector<Type *>(arity, real), false);
      auto *function = Function::Create(type, Function::ExternalLinkage, call.name, module);
      auto *inst = CallInst::Create(type, function, SmallVector<Value *>(arity, PoisonValue::get(real)));
      EXPECT_FALSE(findScalarRule(*inst)) << call.name;
      inst->deleteValue();
      function->eraseFromParent();
    }
}

} // namespace
