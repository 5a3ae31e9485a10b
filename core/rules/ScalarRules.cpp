//===- ScalarRules.cpp - reading ScalarRules.def --------------------------===//
//
// Each column of the table is expanded into a generic lambda, which is then
// instantiated as a number, as the set of primals it reads and as a generator of
// LLVM IR (see RuleExpressions.h).  A rule is therefore written once; both modes,
// what the tape keeps, its test and its documentation all follow from that line.
//
// The table is compiled to constant data.  A rule is found by opcode and by
// intrinsic through dense arrays sorted at compile time, and by name through
// LibmNames.
//
//===----------------------------------------------------------------------===//

#include "ScalarRules.h"
#include "LibmNames.h"
#include "RuleExpressions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsAMDGPU.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/IntrinsicsX86.h"
#include <algorithm>
#include <string_view>

using namespace llvm;
using namespace linkgrad;
using namespace linkgrad::formula;

//===-- From a column to the fields of ScalarRule -------------------------===//

namespace {

/// Operand \p i as an expression in \p type.  Absent operands are not read.
Emitted operandOf(ArrayRef<Value *> operands, unsigned i, Type *type, IRBuilderBase &b) {
  return Emitted(i < operands.size() ? operands[i] : nullptr, type, b);
}

template <auto column> Emitted expression(IRBuilderBase &b, ArrayRef<Value *> operands, Value *result, Type *type) {
  return column(operandOf(operands, 0, type, b), operandOf(operands, 1, type, b), operandOf(operands, 2, type, b),
                Emitted(result, type, b));
}
template <auto column> Value *emitPartial(IRBuilderBase &b, ArrayRef<Value *> operands, Value *result) {
  return expression<column>(b, operands, result, result->getType()).as(result->getType(), b);
}
template <auto column> Value *emitProduct(IRBuilderBase &b, ArrayRef<Value *> operands, Value *result, Value *factor) {
  return expression<column>(b, operands, result, factor->getType()).times(factor, b);
}
template <auto column> double evalColumn(double a, double b, double c, double y) { return column(a, b, c, y); }
template <auto column>
constexpr Reads readsOf = column(ReadSet(Reads::A), ReadSet(Reads::B), ReadSet(Reads::C), ReadSet(Reads::Result)).reads;
constexpr bool isZero(std::string_view formula) { return formula == "0.0"; }

} // namespace

#define COLUMN(EXPR)                                                                                                   \
  []<class V>([[maybe_unused]] V a, [[maybe_unused]] V b, [[maybe_unused]] V c, [[maybe_unused]] V y) -> V {           \
    return EXPR;                                                                                                       \
  }
#define EMIT(D) emitPartial<COLUMN(D)>
#define PRODUCT(D) emitProduct<COLUMN(D)>
#define READS(D) readsOf<COLUMN(D)>
#define EVAL(D) evalColumn<COLUMN(D)>
#define RANGE(LO, HI) {LO, HI}

#define UNARY(NAME, MATCHES, VALUE, DA, RA)                                                                            \
  {#NAME, 1, {EMIT(DA)}, {READS(DA)}, {isZero(#DA)}, EVAL(VALUE), {EVAL(DA)}, {#VALUE, #DA}, {RANGE RA}, {PRODUCT(DA)}},
#define BINARY(NAME, MATCHES, VALUE, DA, DB, RA, RB)                                                                   \
  {#NAME,                                                                                                              \
   2,                                                                                                                  \
   {EMIT(DA), EMIT(DB)},                                                                                               \
   {READS(DA), READS(DB)},                                                                                             \
   {isZero(#DA), isZero(#DB)},                                                                                         \
   EVAL(VALUE),                                                                                                        \
   {EVAL(DA), EVAL(DB)},                                                                                               \
   {#VALUE, #DA, #DB},                                                                                                 \
   {RANGE RA, RANGE RB},                                                                                               \
   {PRODUCT(DA), PRODUCT(DB)}},
#define TERNARY(NAME, MATCHES, VALUE, DA, DB, DC, RA, RB, RC)                                                          \
  {#NAME,                                                                                                              \
   3,                                                                                                                  \
   {EMIT(DA), EMIT(DB), EMIT(DC)},                                                                                     \
   {READS(DA), READS(DB), READS(DC)},                                                                                  \
   {isZero(#DA), isZero(#DB), isZero(#DC)},                                                                            \
   EVAL(VALUE),                                                                                                        \
   {EVAL(DA), EVAL(DB), EVAL(DC)},                                                                                     \
   {#VALUE, #DA, #DB, #DC},                                                                                            \
   {RANGE RA, RANGE RB, RANGE RC},                                                                                     \
   {PRODUCT(DA), PRODUCT(DB), PRODUCT(DC)}},
#define INTEGER_FIRST(NAME, MATCHES, VALUE, DB, RA, RB)                                                                \
  {#NAME,                                                                                                              \
   2,                                                                                                                  \
   {nullptr, EMIT(DB)},                                                                                                \
   {Reads::Nothing, READS(DB)},                                                                                        \
   {true, isZero(#DB)},                                                                                                \
   EVAL(VALUE),                                                                                                        \
   {nullptr, EVAL(DB)},                                                                                                \
   {#VALUE, "", #DB},                                                                                                  \
   {RANGE RA, RANGE RB},                                                                                               \
   {nullptr, PRODUCT(DB)}},
#define INTEGER_SECOND(NAME, MATCHES, VALUE, DA, RA, RB)                                                               \
  {#NAME,                                                                                                              \
   2,                                                                                                                  \
   {EMIT(DA), nullptr},                                                                                                \
   {READS(DA), Reads::Nothing},                                                                                        \
   {isZero(#DA), true},                                                                                                \
   EVAL(VALUE),                                                                                                        \
   {EVAL(DA), nullptr},                                                                                                \
   {#VALUE, #DA, ""},                                                                                                  \
   {RANGE RA, RANGE RB},                                                                                               \
   {PRODUCT(DA), nullptr}},

static constexpr ScalarRule table[] = {
#include "ScalarRules.def"
};

ArrayRef<ScalarRule> linkgrad::scalarRules() { return table; }

//===-- Finding a rule ----------------------------------------------------===//

namespace {

enum RuleIndex : unsigned short {
#define UNARY(NAME, ...) rule##NAME,
#define BINARY(NAME, ...) rule##NAME,
#define TERNARY(NAME, ...) rule##NAME,
#define INTEGER_FIRST(NAME, ...) rule##NAME,
#define INTEGER_SECOND(NAME, ...) rule##NAME,
#include "ScalarRules.def"
};

enum class KeyKind : unsigned char { Opcode, Intrinsic, Library };

/// What an instruction is looked up by.
struct Key {
  KeyKind kind;
  unsigned id;
  RuleIndex rule;
  constexpr auto operator<=>(const Key &) const = default;
};

template <size_t size> constexpr auto sorted(std::array<Key, size> keys) {
  std::sort(keys.begin(), keys.end());
  return keys;
}

#define opcode(X) KeyKind::Opcode, Instruction::X
#define intrinsic(X) KeyKind::Intrinsic, Intrinsic::X
#define library KeyKind::Library, 0
#define UNARY(NAME, MATCHES, ...) Key{MATCHES, rule##NAME},
#define BINARY UNARY
#define TERNARY UNARY
#define INTEGER_FIRST UNARY
#define INTEGER_SECOND UNARY
#define LIBM(...)
#define EXACT(...)
#define INTRINSIC(ID, RULE) Key{intrinsic(ID), rule##RULE},
constexpr auto keys = sorted(std::to_array<Key>({
#include "LibmAliases.def"
#include "ScalarRules.def"
}));

const ScalarRule *findByKey(KeyKind kind, unsigned id) {
  auto before = [](const Key &l, const Key &r) { return std::tie(l.kind, l.id) < std::tie(r.kind, r.id); };
  Key wanted{kind, id, RuleIndex(0)};
  auto *found = std::lower_bound(keys.begin(), keys.end(), wanted, before);
  bool matches = found != keys.end() && found->kind == kind && found->id == id;
  return matches ? &table[found->rule] : nullptr;
}

/// A libm function and its rule.
struct LibmName {
  std::string_view base;
  RuleIndex rule;
};
constexpr LibmName libmNames[] = {
#define LIBM(NAME, RULE) {#NAME, rule##RULE},
#define EXACT(...)
#define INTRINSIC(...)
#include "LibmAliases.def"
};
constexpr struct {
  std::string_view name;
  LibmReal real;
  RuleIndex rule;
} exactNames[] = {
#define LIBM(...)
#define EXACT(NAME, REAL, RULE) {#NAME, LibmReal::REAL, rule##RULE},
#define INTRINSIC(...)
#include "LibmAliases.def"
};
static_assert(std::ranges::is_sorted(libmNames, {}, &LibmName::base), "LibmAliases.def must be in alphabetical order");

/// A program may have a function of its own with the name of a libm function.
bool hasSignatureOf(const FunctionType &type, const ScalarRule &rule, LibmReal real) {
  if (!represents(*type.getReturnType(), real) || type.getNumParams() != rule.arity || type.isVarArg())
    return false;
  for (unsigned i = 0; i < rule.arity; ++i) {
    Type *operand = type.getParamType(i);
    bool isInteger = !rule.partial[i];
    // The second operand of nexttoward is a long double in all its versions.
    bool anyReal = !isInteger && rule.zero[i];
    if (isInteger ? !operand->isIntegerTy() : anyReal ? !operand->isFloatingPointTy() : !represents(*operand, real))
      return false;
  }
  return true;
}

const ScalarRule *findByName(StringRef name, const FunctionType &type) {
  for (auto [base, real] : libmSpellings(name)) {
    std::string_view wanted(base);
    auto *found = std::ranges::lower_bound(libmNames, wanted, {}, &LibmName::base);
    if (found == std::end(libmNames) || found->base != wanted)
      continue;
    const ScalarRule &rule = table[found->rule];
    if (hasSignatureOf(type, rule, real))
      return &rule;
  }
  for (auto [exact, real, rule] : exactNames)
    if (exact == std::string_view(name) && hasSignatureOf(type, table[rule], real))
      return &table[rule];
  return nullptr;
}

/// A function for float may be said to behave like `sin` as well as like `sinf`.
const ScalarRule *findByLikeness(StringRef name, const FunctionType &type) {
  for (const char *suffix : {"", "f", "l"})
    if (const ScalarRule *rule = findByName((name + suffix).str(), type))
      return rule;
  return nullptr;
}

} // namespace

const ScalarRule *linkgrad::findScalarRule(const Instruction &inst) {
  const auto *call = dyn_cast<CallBase>(&inst);
  if (!call)
    return findByKey(KeyKind::Opcode, inst.getOpcode());
  // Indirect calls have no name.
  const Function *callee = call->getCalledFunction();
  return callee ? findScalarRule(*callee) : nullptr;
}

const ScalarRule *linkgrad::findScalarRule(const Function &function) {
  if (function.isIntrinsic())
    return findByKey(KeyKind::Intrinsic, function.getIntrinsicID());
  if (Attribute likeness = function.getFnAttribute("enzyme_math"); likeness.isValid())
    return findByLikeness(likeness.getValueAsString(), *function.getFunctionType());
  // What has a body is differentiated through it.
  return function.isDeclaration() ? findByName(function.getName(), *function.getFunctionType()) : nullptr;
}

//===-- Forward and reverse -----------------------------------------------===//

Value *linkgrad::emitTangent(const ScalarRule &rule, IRBuilderBase &b, ArrayRef<Value *> operands, Value *result,
                             ArrayRef<Value *> tangents) {
  Value *sum = nullptr;
  for (unsigned i = 0; i < rule.arity; ++i) {
    // Constant, or flat in this operand.
    if (!tangents[i] || rule.zero[i])
      continue;
    Value *tangent = castReal(b, tangents[i], result->getType());
    Value *term = rule.product[i](b, operands, result, tangent);
    sum = sum ? b.CreateFAdd(sum, term) : term;
  }
  return sum;
}

Value *linkgrad::emitAdjoint(const ScalarRule &rule, unsigned i, IRBuilderBase &b, ArrayRef<Value *> operands,
                             Value *result, Value *adjoint) {
  assert(rule.product[i] && "an integer operand has no adjoint");
  Value *product = rule.product[i](b, operands, result, adjoint);
  return operands[i] ? castReal(b, product, operands[i]->getType()) : product;
}
