//===- ScalarRulesJitTest.cpp - emitted derivatives, run -------------------===//
//
// A column of the table is read as a number and as instructions.  Here both
// readings meet: for each rule and type one function
//
//     void f(const double x[4], double out[6])
//
// takes the operands and the result, and returns the products of the partials
// with 2 as the forward (out[0..2]) and the reverse mode (out[3..5]) emit them.
//
//===----------------------------------------------------------------------===//

#include "core/rules/ScalarRules.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace llvm;
using namespace linkgrad;

extern "C" {
double __linkgrad_digamma(double); // defined by MathRulesTest.cpp
float __linkgrad_digammaf(float);
double __powidf2(double, int); // the compiler's run-time library
float __powisf2(float, int);
}

namespace {

using Emitted = void(const double *x, double *out);

/// How a lane type is written in a function's name.
enum class Lane { Float, Double, Vector };
std::string functionName(const ScalarRule &rule, Lane lane) {
  return std::string(rule.name) + (lane == Lane::Float ? ".float" : lane == Lane::Double ? ".double" : ".vector");
}

Type *laneType(LLVMContext &c, Lane lane) {
  if (lane == Lane::Float)
    return Type::getFloatTy(c);
  if (lane == Lane::Double)
    return Type::getDoubleTy(c);
  return FixedVectorType::get(Type::getDoubleTy(c), 2);
}

/// A double as a value of \p type: rounded, in both lanes, or truncated to an integer.
Value *fromDouble(IRBuilder<> &b, Value *number, Type *type) {
  if (type->isIntegerTy())
    return b.CreateFPToSI(number, type);
  Value *scalar = b.CreateFPCast(number, type->getScalarType());
  return type->isVectorTy() ? b.CreateVectorSplat(2, scalar) : scalar;
}

/// The last lane, as a double.
Value *toDouble(IRBuilder<> &b, Value *value) {
  if (value->getType()->isVectorTy())
    value = b.CreateExtractElement(value, 1);
  return b.CreateFPCast(value, b.getDoubleTy());
}

void defineSubject(Module &module, const ScalarRule &rule, Lane lane) {
  LLVMContext &c = module.getContext();
  IRBuilder<> b(c);
  auto *signature = FunctionType::get(b.getVoidTy(), {b.getPtrTy(), b.getPtrTy()}, false);
  auto *f = Function::Create(signature, Function::ExternalLinkage, functionName(rule, lane), module);
  b.SetInsertPoint(BasicBlock::Create(c, "", f));
  Type *type = laneType(c, lane), *real = b.getDoubleTy();
  auto input = [&](unsigned i, Type *type) {
    return fromDouble(b, b.CreateLoad(real, b.CreateConstGEP1_32(real, f->getArg(0), i)), type);
  };
  auto output = [&](unsigned i, Value *value) {
    Value *number = value ? toDouble(b, value) : ConstantFP::get(real, 0);
    b.CreateStore(number, b.CreateConstGEP1_32(real, f->getArg(1), i));
  };
  SmallVector<Value *> operands;
  for (unsigned i = 0; i < rule.arity; ++i)
    operands.push_back(input(i, rule.partial[i] ? type : b.getInt32Ty()));
  Value *result = input(3, type), *two = ConstantFP::get(type, 2);
  for (unsigned i = 0; i < rule.arity; ++i) {
    if (!rule.partial[i])
      continue;
    SmallVector<Value *> tangents(rule.arity, nullptr);
    tangents[i] = two;
    output(i, emitTangent(rule, b, operands, result, tangents));
    output(3 + i, emitAdjoint(rule, i, b, operands, result, two));
  }
  b.CreateRetVoid();
}

std::unique_ptr<orc::LLJIT> compileSubjects() {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  auto context = std::make_unique<LLVMContext>();
  auto module = std::make_unique<Module>("subjects", *context);
  for (const ScalarRule &rule : scalarRules())
    for (Lane lane : {Lane::Float, Lane::Double, Lane::Vector})
      defineSubject(*module, rule, lane);
  EXPECT_FALSE(verifyModule(*module, &errs()));
  auto jit = cantFail(orc::LLJITBuilder().create());
  orc::SymbolMap runtime;
  auto define = [&](StringRef name, auto *function) {
    runtime[jit->mangleAndIntern(name)] = orc::ExecutorSymbolDef::fromPtr(function);
  };
  define("__linkgrad_digamma", &__linkgrad_digamma);
  define("__linkgrad_digammaf", &__linkgrad_digammaf);
  define("__powidf2", &__powidf2);
  define("__powisf2", &__powisf2);
  cantFail(jit->getMainJITDylib().define(orc::absoluteSymbols(std::move(runtime))));
  cantFail(jit->addIRModule(orc::ThreadSafeModule(std::move(module), std::move(context))));
  return jit;
}

/// Compares the emitted function with the table's numbers at one point.
void expectSameNumbers(const ScalarRule &rule, Emitted *emitted, std::array<double, 4> x, double tolerance) {
  double out[6] = {};
  emitted(x.data(), out);
  for (unsigned i = 0; i < rule.arity; ++i) {
    if (!rule.partial[i])
      continue;
    double want = 2 * rule.slope[i](x[0], x[1], x[2], x[3]);
    EXPECT_NEAR(out[i], want, tolerance * (1 + std::abs(want))) << "tangent of operand " << i;
    EXPECT_NEAR(out[3 + i], want, tolerance * (1 + std::abs(want))) << "adjoint of operand " << i;
  }
}

TEST(ScalarRules, EmittedCodeComputesTheSlopes) {
  std::unique_ptr<orc::LLJIT> jit = compileSubjects();
  std::mt19937_64 random(1);
  for (const ScalarRule &rule : scalarRules())
    for (Lane lane : {Lane::Float, Lane::Double, Lane::Vector}) {
      SCOPED_TRACE(functionName(rule, lane));
      auto *emitted = cantFail(jit->lookup(functionName(rule, lane))).toPtr<Emitted>();
      for (int sample = 0; sample < 16; ++sample) {
        std::array<double, 4> x{};
        for (unsigned k = 0; k < rule.arity; ++k) {
          x[k] = std::uniform_real_distribution(rule.domain[k][0], rule.domain[k][1])(random);
          x[k] = rule.partial[k] ? float(x[k]) : std::floor(x[k]);
        }
        // A float in all readings, so that they compare with themselves.
        double y = rule.value(x[0], x[1], x[2], 0);
        x[3] = lane == Lane::Float ? float(y) : y;
        expectSameNumbers(rule, emitted, x, lane == Lane::Float ? 2e-5 : 1e-13);
      }
    }
}

} // namespace
