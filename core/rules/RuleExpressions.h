//===- RuleExpressions.h - the language of ScalarRules.def ------*- C++ -*-===//
//
// A column of the table is a C++ expression in `a`, `b`, `c`, `y`.  It is
// instantiated three times, and what it computes depends on their type:
//
//   double    a number, so that a test can compare it with finite differences
//   ReadSet   which of them it uses, so that the plan knows what to keep
//   Emitted   LLVM instructions, so that both modes can emit it
//
// This header gives the three types the same vocabulary: + - * / == != < >, the
// mathematical constants, select, and the functions listed at the end.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "ScalarRules.h"
#include <cmath>

namespace linkgrad::formula {

//===-- Constants ---------------------------------------------------------===//

/// A number with more digits than a double has, for long double and fp128.
struct Constant {
  double number;
  const char *decimal;
  constexpr operator double() const { return number; }
};
// clang-format off
inline constexpr Constant pi{0x1.921fb54442d18p+1,            "3.14159265358979323846264338327950288420"};
inline constexpr Constant oneOverPi{0x1.45f306dc9c883p-2,     "0.318309886183790671537767526745028724069"};
inline constexpr Constant twoOverSqrtPi{0x1.20dd750429b6dp+0, "1.12837916709551257389615890312154517169"};
inline constexpr Constant oneOverSqrt2Pi{0x1.9884533d43651p-2, "0.398942280401432677939946059934381868476"};
inline constexpr Constant oneOverSqrt2{0x1.6a09e667f3bcdp-1,  "0.707106781186547524400844362104849039285"};
inline constexpr Constant ln2{0x1.62e42fefa39efp-1,           "0.693147180559945309417232121458176568076"};
inline constexpr Constant ln10{0x1.26bb1bbb55516p+1,          "2.30258509299404568401799145468436420760"};
inline constexpr Constant log2e{0x1.71547652b82fep+0,         "1.44269504088896340735992468100189213743"};
inline constexpr Constant log10e{0x1.bcb7b1526e50ep-2,        "0.434294481903251827651128918916605082294"};
// clang-format on

//===-- ReadSet -----------------------------------------------------------===//

struct ReadSet {
  Reads reads = Reads::Nothing;
  constexpr ReadSet(Reads r) : reads(r) {}
  constexpr ReadSet(double) {}
  constexpr ReadSet(Constant) {}
};

//===-- Emitted -----------------------------------------------------------===//

/// A value under construction:
///
///     condition ? numerator / divisor : otherwise
///
/// where condition and divisor may be absent.  The quotient and the choice at
/// the top of a formula stay open until its product with a tangent or an adjoint
/// is formed, because then
///
///     (n / d) * t            is emitted as   n * (t / d),  and t / d for n = 1
///     (p ? x : 0.0) * t      is emitted as   p ? x * t : 0.0
///
/// The first shares its division between the operands of one operation; the
/// second is a true zero even if t is infinite.
///
/// A literal has no type of its own: it takes the type of whatever it is
/// combined with, which makes a rule work for float, double and vectors alike.
/// An integer operand is converted when it meets a floating-point value.
class Emitted {
public:
  Emitted(double number) : literal(number) {}
  Emitted(Constant constant) : literal(constant.number), decimal(constant.decimal) {}
  /// \p type is the floating-point type of the operation, which literals take.
  Emitted(llvm::Value *value, llvm::Type *type, llvm::IRBuilderBase &builder)
      : builder(&builder), type(type), numerator(value) {}

  /// The value in \p type, with all its instructions.
  llvm::Value *as(llvm::Type *type, llvm::IRBuilderBase &builder) const;
  /// The product with \p factor, in its type.
  llvm::Value *times(llvm::Value *factor, llvm::IRBuilderBase &builder) const;

  friend Emitted operator/(const Emitted &, const Emitted &);
  friend Emitted operator-(const Emitted &);
  friend Emitted select(const Emitted &condition, const Emitted &value, const Emitted &otherwise);
  friend Emitted operation(const Emitted &, const Emitted &, llvm::Instruction::BinaryOps real,
                           llvm::Instruction::BinaryOps integer);
  friend Emitted comparison(const Emitted &, const Emitted &, llvm::CmpInst::Predicate real,
                            llvm::CmpInst::Predicate integer);
  friend Emitted intrinsicCall(llvm::Intrinsic::ID, llvm::ArrayRef<Emitted>);
  friend Emitted libraryCall(llvm::StringRef name, llvm::ArrayRef<Emitted>);

private:
  llvm::IRBuilderBase *builder = nullptr; ///< null in a literal
  llvm::Type *type = nullptr;             ///< null in a literal
  llvm::Value *numerator = nullptr;       ///< null in a literal
  double literal = 0;
  const char *decimal = nullptr;
  llvm::Value *divisor = nullptr;
  llvm::Value *condition = nullptr;
  double otherwise = 0;

  llvm::Value *numeratorAs(llvm::Type *, llvm::IRBuilderBase &) const;
  bool isInteger() const { return numerator && numerator->getType()->isIntOrIntVectorTy(); }
};

Emitted operator/(const Emitted &, const Emitted &);
Emitted select(const Emitted &condition, const Emitted &value, const Emitted &otherwise);
Emitted operation(const Emitted &, const Emitted &, llvm::Instruction::BinaryOps real,
                  llvm::Instruction::BinaryOps integer);
Emitted comparison(const Emitted &, const Emitted &, llvm::CmpInst::Predicate real, llvm::CmpInst::Predicate integer);
/// An intrinsic whose overloaded types are those of its operands; an integer
/// operand keeps its own.
Emitted intrinsicCall(llvm::Intrinsic::ID, llvm::ArrayRef<Emitted>);
/// The libm function of the operands' type, once per element of a vector.
/// `digamma` is in core/runtime.
Emitted libraryCall(llvm::StringRef name, llvm::ArrayRef<Emitted>);

/// \p value in the floating-point type \p type.
llvm::Value *castReal(llvm::IRBuilderBase &, llvm::Value *value, llvm::Type *type);

//===-- Operators ---------------------------------------------------------===//

#define OPERATOR(OP, REAL, INTEGER)                                                                                    \
  constexpr ReadSet operator OP(ReadSet l, ReadSet r) { return l.reads | r.reads; }                                    \
  inline Emitted operator OP(const Emitted &l, const Emitted &r) {                                                     \
    return operation(l, r, llvm::Instruction::REAL, llvm::Instruction::INTEGER);                                       \
  }
#define COMPARISON(OP, REAL, INTEGER)                                                                                  \
  constexpr ReadSet operator OP(ReadSet l, ReadSet r) { return l.reads | r.reads; }                                    \
  inline Emitted operator OP(const Emitted &l, const Emitted &r) {                                                     \
    return comparison(l, r, llvm::CmpInst::FCMP_##REAL, llvm::CmpInst::ICMP_##INTEGER);                                \
  }
OPERATOR(+, FAdd, Add)
OPERATOR(-, FSub, Sub)
OPERATOR(*, FMul, Mul)
COMPARISON(==, OEQ, EQ)
COMPARISON(!=, UNE, NE)
COMPARISON(<, OLT, SLT)
COMPARISON(>, OGT, SGT)
#undef OPERATOR
#undef COMPARISON

constexpr ReadSet operator/(ReadSet l, ReadSet r) { return l.reads | r.reads; }
constexpr ReadSet operator-(ReadSet x) { return x; }
Emitted operator-(const Emitted &);

inline double select(bool condition, double value, double otherwise) { return condition ? value : otherwise; }
constexpr ReadSet select(ReadSet condition, ReadSet value, ReadSet otherwise) {
  return condition.reads | value.reads | otherwise.reads;
}

//===-- Functions ---------------------------------------------------------===//

// Each is an intrinsic or a library function when emitted; as a number it is
// what <cmath> calls so, or the function defined here.

double digamma(double);
inline double powi(double x, double n) { return std::pow(x, n); }
inline double ldexp(double x, double n) { return std::ldexp(x, int(n)); }
inline double jn(double n, double x) { return ::jn(int(n), x); }
inline double yn(double n, double x) { return ::yn(int(n), x); }

#define ONE_OPERAND(F, CALL, WHAT)                                                                                     \
  [[maybe_unused]] constexpr ReadSet F(ReadSet x) { return x; }                                                        \
  [[maybe_unused]] inline Emitted F(const Emitted &x) { return CALL(WHAT, x); }
#define TWO_OPERANDS(F, CALL, WHAT)                                                                                    \
  [[maybe_unused]] constexpr ReadSet F(ReadSet x, ReadSet y) { return x.reads | y.reads; }                             \
  [[maybe_unused]] inline Emitted F(const Emitted &x, const Emitted &y) { return CALL(WHAT, {x, y}); }
#define INTRINSIC1(F) ONE_OPERAND(F, intrinsicCall, llvm::Intrinsic::F)
#define INTRINSIC2(F) TWO_OPERANDS(F, intrinsicCall, llvm::Intrinsic::F)
#define LIBRARY1(F) ONE_OPERAND(F, libraryCall, #F)
#define LIBRARY2(F) TWO_OPERANDS(F, libraryCall, #F)
using ::j0, ::j1, ::y0, ::y1;
using std::sqrt, std::exp, std::log, std::sin, std::cos, std::sinh, std::cosh, std::rint, std::copysign, std::pow;
INTRINSIC1(sqrt)
INTRINSIC1(exp)
INTRINSIC1(log)
INTRINSIC1(sin)
INTRINSIC1(cos)
INTRINSIC1(sinh)
INTRINSIC1(cosh)
INTRINSIC1(rint)
INTRINSIC2(copysign)
INTRINSIC2(pow)
INTRINSIC2(powi)
INTRINSIC2(ldexp)
LIBRARY1(digamma)
LIBRARY1(j0)
LIBRARY1(j1)
LIBRARY2(jn)
LIBRARY1(y0)
LIBRARY1(y1)
LIBRARY2(yn)
#undef ONE_OPERAND
#undef TWO_OPERANDS
#undef INTRINSIC1
#undef INTRINSIC2
#undef LIBRARY1
#undef LIBRARY2

} // namespace linkgrad::formula
