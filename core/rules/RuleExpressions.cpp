//===- RuleExpressions.cpp - formulas that write themselves as IR ---------===//

#include "RuleExpressions.h"
#include "llvm/IR/Module.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;
using namespace linkgrad;
using namespace linkgrad::formula;

// The root of digamma and the function itself, as the run-time support has them.
#define REAL double
#define MATH(f) __builtin_##f
#define NAME(f) runtime_##f
#define PSI_ROOT 0x1.762d86356be3fp+0
#define PSI_ROOT_REST 9.549995429965697715184199e-17
#include "../runtime/MathDigamma.inc"
#undef REAL
#undef MATH
#undef NAME
#undef PSI_ROOT
#undef PSI_ROOT_REST

double linkgrad::formula::digamma(double x) { return runtime_digamma(x); }

//===-- Values of a type --------------------------------------------------===//

/// \p value, once per element if \p type is a vector and \p value is not.
static Value *splatTo(IRBuilderBase &b, Value *value, Type *type) {
  auto *vector = dyn_cast<VectorType>(type);
  if (!vector || value->getType()->isVectorTy())
    return value;
  return b.CreateVectorSplat(vector->getElementCount(), value);
}

Value *formula::castReal(IRBuilderBase &b, Value *value, Type *type) {
  if (value->getType() == type)
    return value;
  if (value->getType()->isIntOrIntVectorTy()) {
    Type *real = value->getType()->isVectorTy() ? type : type->getScalarType();
    return splatTo(b, b.CreateSIToFP(value, real), type);
  }
  return b.CreateFPCast(value, type);
}

static Value *literalAs(Type *type, double number, const char *decimal) {
  if (type->isIntOrIntVectorTy())
    return ConstantInt::getSigned(type, int64_t(number));
  return decimal ? ConstantFP::get(type, decimal) : ConstantFP::get(type, number);
}

/// number * factor without an instruction where none is needed.
static Value *literalTimes(double number, const char *decimal, Value *factor, IRBuilderBase &b) {
  if (number == 0)
    return ConstantFP::getZero(factor->getType());
  if (number == 1)
    return factor;
  if (number == -1)
    return b.CreateFNeg(factor);
  return b.CreateFMul(literalAs(factor->getType(), number, decimal), factor);
}

Value *Emitted::numeratorAs(Type *type, IRBuilderBase &b) const {
  if (!numerator)
    return literalAs(type, literal, decimal);
  return type->isFPOrFPVectorTy() ? castReal(b, numerator, type) : numerator;
}

Value *Emitted::as(Type *type, IRBuilderBase &b) const {
  Value *value = numeratorAs(type, b);
  if (divisor)
    value = b.CreateFDiv(value, divisor);
  if (condition)
    value = b.CreateSelect(condition, value, literalAs(type, otherwise, nullptr));
  return value;
}

Value *Emitted::times(Value *factor, IRBuilderBase &b) const {
  Value *quotient = divisor ? b.CreateFDiv(factor, divisor) : factor;
  Value *product = numerator ? b.CreateFMul(numeratorAs(factor->getType(), b), quotient)
                             : literalTimes(literal, decimal, quotient, b);
  if (condition)
    product = b.CreateSelect(condition, product, literalTimes(otherwise, nullptr, factor, b));
  return product;
}

//===-- Operators ---------------------------------------------------------===//

Emitted formula::operation(const Emitted &l, const Emitted &r, Instruction::BinaryOps real,
                           Instruction::BinaryOps integer) {
  const Emitted &typed = l.type ? l : r;
  assert(typed.builder && "the compiler combines literals");
  IRBuilderBase &b = *typed.builder;
  // An integer stays one as long as it meets integers and literals only.
  bool inIntegers = (l.isInteger() || !l.builder) && (r.isInteger() || !r.builder);
  Type *type = !inIntegers ? typed.type : typed.numerator->getType();
  Value *x = l.as(type, b), *y = r.as(type, b);
  return {b.CreateBinOp(inIntegers ? integer : real, x, y), typed.type, b};
}

Emitted formula::comparison(const Emitted &l, const Emitted &r, CmpInst::Predicate real, CmpInst::Predicate integer) {
  const Emitted &typed = l.type ? l : r;
  assert(typed.builder && "the compiler combines literals");
  IRBuilderBase &b = *typed.builder;
  Type *type = typed.isInteger() ? typed.numerator->getType() : typed.type;
  Value *x = l.as(type, b), *y = r.as(type, b);
  return {b.CreateCmp(typed.isInteger() ? integer : real, x, y), typed.type, b};
}

Emitted formula::operator-(const Emitted &x) {
  return {x.builder->CreateFNeg(x.as(x.type, *x.builder)), x.type, *x.builder};
}

Emitted formula::operator/(const Emitted &l, const Emitted &r) {
  const Emitted &typed = l.type ? l : r;
  assert(typed.builder && "the compiler combines literals");
  IRBuilderBase &b = *typed.builder;
  Emitted quotient = l;
  if (l.divisor || l.condition)
    quotient = Emitted(l.as(typed.type, b), typed.type, b);
  quotient.builder = &b;
  quotient.type = typed.type;
  quotient.divisor = r.as(typed.type, b);
  return quotient;
}

Emitted formula::select(const Emitted &condition, const Emitted &value, const Emitted &otherwise) {
  Type *type = condition.type;
  IRBuilderBase &b = *condition.builder;
  if (auto *known = dyn_cast<llvm::Constant>(condition.numerator)) {
    if (known->isAllOnesValue())
      return value;
    if (known->isNullValue())
      return otherwise;
  }
  // Kept open only if the other arm is a plain number.
  if (value.condition || otherwise.builder || otherwise.decimal)
    return {b.CreateSelect(condition.numerator, value.as(type, b), otherwise.as(type, b)), type, b};
  Emitted choice = value;
  choice.builder = &b;
  choice.type = type;
  choice.condition = condition.numerator;
  choice.otherwise = otherwise.literal;
  return choice;
}

//===-- Calls -------------------------------------------------------------===//

/// The exponent of an intrinsic has the width of C's int; a `long` one (scalbln)
/// is clamped, far outside of the range in which the result depends on it.
static Value *narrowExponent(IRBuilderBase &b, Value *exponent) {
  Type *type = exponent->getType();
  if (type->getScalarSizeInBits() <= 32)
    return exponent;
  exponent = b.CreateBinaryIntrinsic(Intrinsic::smin, exponent, ConstantInt::getSigned(type, INT32_MAX));
  exponent = b.CreateBinaryIntrinsic(Intrinsic::smax, exponent, ConstantInt::getSigned(type, -INT32_MAX));
  return b.CreateTrunc(exponent, type->getWithNewBitWidth(32));
}

Emitted formula::intrinsicCall(Intrinsic::ID id, ArrayRef<Emitted> operands) {
  const Emitted &typed = operands.front().type ? operands.front() : operands.back();
  IRBuilderBase &b = *typed.builder;
  SmallVector<Type *> overloads{typed.type};
  SmallVector<Value *> values;
  // Only powi and ldexp take an integer; the exponent of pow is in the type of the others.
  bool keepsIntegers = id == Intrinsic::powi || id == Intrinsic::ldexp;
  for (const Emitted &operand : operands) {
    if (!keepsIntegers || !operand.isInteger()) {
      values.push_back(operand.as(typed.type, b));
      continue;
    }
    Value *exponent = narrowExponent(b, operand.numerator);
    // In a vector ldexp has one per element, powi one for all.
    values.push_back(id == Intrinsic::ldexp ? splatTo(b, exponent, typed.type) : exponent);
    overloads.push_back(values.back()->getType());
  }
  return {b.CreateIntrinsic(id, overloads, values), typed.type, b};
}

/// How the function is called for numbers of \p type, which libm supports.
static std::string libraryName(StringRef name, Type *type, const Triple &triple) {
  std::string base = (name == "digamma" ? "__linkgrad_" + name : name).str();
  if (triple.isNVPTX())
    return "__nv_" + name.str() + (type->isFloatTy() ? "f" : "");
  if (triple.isAMDGPU())
    return "__ocml_" + name.str() + (type->isFloatTy() ? "_f32" : "_f64");
  if (type->isFloatTy())
    return base + "f";
  if (type->isDoubleTy())
    return base;
  return base + (type->isFP128Ty() && triple.isX86() ? "f128" : "l");
}

/// The type in which \p name is computed for operands of \p type.
static Type *libraryType(StringRef name, Type *type, const Triple &triple) {
  if (type->isHalfTy() || type->isBFloatTy())
    return Type::getFloatTy(type->getContext());
  if (type->isFP128Ty() && triple.isX86() && name == "digamma")
    return Type::getX86_FP80Ty(type->getContext());
  return type;
}

/// One call with scalars.  It is a pure function to us: what it does to errno
/// is not part of a derivative.
static Value *callScalar(IRBuilderBase &b, StringRef name, ArrayRef<Value *> values, Type *type) {
  Module &module = *b.GetInsertBlock()->getModule();
  const Triple &triple = module.getTargetTriple();
  Type *computed = libraryType(name, type, triple);
  SmallVector<Value *> arguments;
  SmallVector<Type *> types;
  for (Value *value : values) {
    arguments.push_back(value->getType()->isIntegerTy() ? value : castReal(b, value, computed));
    types.push_back(arguments.back()->getType());
  }
  auto *signature = FunctionType::get(computed, types, false);
  FunctionCallee callee = module.getOrInsertFunction(libraryName(name, computed, triple), signature);
  CallInst *call = b.CreateCall(callee, arguments);
  call->setDoesNotThrow();
  call->addFnAttr(Attribute::WillReturn);
  if (auto *function = dyn_cast<Function>(callee.getCallee()); function && function->isDeclaration())
    call->setDoesNotAccessMemory();
  return castReal(b, call, type);
}

Emitted formula::libraryCall(StringRef name, ArrayRef<Emitted> operands) {
  const Emitted &typed = operands.back();
  IRBuilderBase &b = *typed.builder;
  SmallVector<Value *> values;
  for (const Emitted &operand : operands)
    values.push_back(operand.isInteger() ? operand.numerator : operand.as(typed.type, b));
  auto *vector = dyn_cast<FixedVectorType>(typed.type);
  if (!vector)
    return {callScalar(b, name, values, typed.type), typed.type, b};
  Value *result = PoisonValue::get(vector);
  for (unsigned lane = 0; lane < vector->getNumElements(); ++lane) {
    SmallVector<Value *> elements;
    for (Value *value : values)
      elements.push_back(value->getType()->isVectorTy() ? b.CreateExtractElement(value, lane) : value);
    Value *element = callScalar(b, name, elements, vector->getElementType());
    result = b.CreateInsertElement(result, element, lane);
  }
  return {result, vector, b};
}
