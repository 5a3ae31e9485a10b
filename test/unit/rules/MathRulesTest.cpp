//===- MathRulesTest.cpp - the run-time rules against mathematics ----------===//

#include <cmath>
#include <complex>
#include <gtest/gtest.h>
#include <random>

extern "C" {
#include "core/runtime/MathRules.c"
double _Complex conj(double _Complex);
double _Complex cproj(double _Complex);
}

namespace {

//===-- digamma ------------------------------------------------------------===//

// Reference values computed with 40 digits (mpmath).
TEST(Digamma, HasAllItsDigits) {
  const struct {
    double x;
    long double psi;
  } values[] = {{1e-8, -100000000.5772156463599L},
                {0.1, -10.4237549404110762321L},
                {0.5, -1.963510026021423479441L},
                {1, -0.5772156649015328606065L},
                {1.25, -0.2274535333762654080895L},
                {1.4616321449683622, -9.241265521729427516792e-17L},
                {1.4616321449683625, 1.224537462200406903132e-16L},
                {1.5, 0.03648997397857652055902L},
                {1.75, 0.2474724535468611637064L},
                {2, 0.4227843350984671393935L},
                {2.5, 0.7031566406452431872257L},
                {3.7, 1.167153539361511440948L},
                {9.9, 2.241180316606381436548L},
                {10, 2.251752589066721107647L},
                {12.5, 2.48519565127491204815L},
                {100, 4.600161852738087400199L},
                {1e10, 23.02585092989045684018L},
                {-0.5, 0.03648997397857652055902L},
                {-1.25, 3.714139120213527830373L},
                {-3.9, -8.185090197209119351808L},
                {-0.1, 9.24507305005294804233L},
                {-20.5, 3.044616882512524630889L},
                {-1e-8, 99999999.42278431655687L}};
  for (auto [x, psi] : values) {
    double want = double(psi);
    EXPECT_NEAR(__linkgrad_digamma(x), want, 4 * 0x1p-52 * std::abs(want)) << x;
    EXPECT_NEAR(__linkgrad_digammal(x), psi, 6 * 0x1p-63L * std::abs(psi)) << x;
    // A float is another number than the double it is closest to.
    double nearby = __linkgrad_digamma(float(x));
    EXPECT_NEAR(__linkgrad_digammaf(float(x)), nearby, 4 * 0x1p-23 * std::abs(nearby)) << x;
  }
}

TEST(Digamma, Poles) {
  EXPECT_EQ(__linkgrad_digamma(0.0), -INFINITY);
  EXPECT_EQ(__linkgrad_digamma(-0.0), INFINITY);
  EXPECT_EQ(__linkgrad_digamma(INFINITY), INFINITY);
  EXPECT_TRUE(std::isnan(__linkgrad_digamma(-3)));
  EXPECT_TRUE(std::isnan(__linkgrad_digamma(-INFINITY)));
  EXPECT_TRUE(std::isnan(__linkgrad_digamma(NAN)));
}

//===-- Functions with pointers --------------------------------------------===//

TEST(SinCos, TangentAndReverseAgreeWithTheDerivative) {
  double s, ds, c, dc;
  __linkgrad_sincos_tangent(0.5, 2, &s, &ds, &c, &dc);
  EXPECT_EQ(s, std::sin(0.5));
  EXPECT_EQ(c, std::cos(0.5));
  EXPECT_DOUBLE_EQ(ds, 2 * std::cos(0.5));
  EXPECT_DOUBLE_EQ(dc, -2 * std::sin(0.5));
  ds = 3, dc = 5;
  EXPECT_DOUBLE_EQ(__linkgrad_sincos_reverse(0.5, &s, &ds, &c, &dc), 3 * std::cos(0.5) - 5 * std::sin(0.5));
  EXPECT_EQ(ds, 0);
  EXPECT_EQ(dc, 0);
}

// The outputs may have been overwritten when the reverse sweep arrives.
TEST(SinCos, ReverseDoesNotReadTheOutputs) {
  double s = NAN, ds = 1, c = NAN, dc = 0;
  EXPECT_EQ(__linkgrad_sincos_reverse(0, &s, &ds, &c, &dc), 1);
}

// A shadow that is the pointer itself, or null, is a constant: it stays as it is.
TEST(SinCos, ConstantOutputsAreNotTouched) {
  double s = 7, c = 8;
  EXPECT_EQ(__linkgrad_sincos_reverse(0, &s, &s, &c, nullptr), 0);
  EXPECT_EQ(s, 7);
  EXPECT_EQ(c, 8);
}

TEST(Modf, PassesTheTangentToTheFraction) {
  double whole, dWhole = 9;
  auto r = __linkgrad_modf_tangent(-2.75, 3, &whole, &dWhole);
  EXPECT_EQ(r.value, -0.75);
  EXPECT_EQ(r.tangent, 3);
  EXPECT_EQ(whole, -2);
  EXPECT_EQ(dWhole, 0);
  dWhole = 9;
  EXPECT_EQ(__linkgrad_modf_reverse(-2.75, &whole, &dWhole, 4), 4);
  EXPECT_EQ(dWhole, 0);
}

TEST(Frexp, ScalesByThePowerOfTwo) {
  int exponent = -1;
  auto r = __linkgrad_frexp_tangent(20, 3, &exponent, nullptr);
  EXPECT_EQ(r.value, 0.625);
  EXPECT_EQ(r.tangent, 3.0 / 32);
  EXPECT_EQ(exponent, 5);
  EXPECT_EQ(__linkgrad_frexp_reverse(20, &exponent, nullptr, 3), 3.0 / 32);
}

TEST(Remquo, IsStraightInBothOperands) {
  int bits;
  auto r = __linkgrad_remquo_tangent(7.5, 1, 2, 10, &bits, nullptr); // 7.5 = 4*2 - 0.5
  EXPECT_EQ(r.value, -0.5);
  EXPECT_EQ(r.tangent, 1 - 4 * 10);
  EXPECT_EQ(bits & 7, 4);
  auto adjoints = __linkgrad_remquo_reverse(7.5, 2, &bits, nullptr, 3);
  EXPECT_EQ(adjoints.first, 3);
  EXPECT_EQ(adjoints.second, -12);
}

TEST(LgammaR, HasSlopeDigamma) {
  int sign = 0;
  auto r = __linkgrad_lgamma_r_tangent(-0.5, 2, &sign, nullptr);
  EXPECT_DOUBLE_EQ(r.value, std::lgamma(-0.5));
  EXPECT_DOUBLE_EQ(r.tangent, 2 * __linkgrad_digamma(-0.5));
  EXPECT_EQ(sign, -1);
  EXPECT_DOUBLE_EQ(__linkgrad_lgamma_r_reverse(-0.5, &sign, nullptr, 2), r.tangent);
}

//===-- Complex functions --------------------------------------------------===//

using Complex = std::complex<double>;

// C's complex types; clang has them in C++, but not of a dependent type.
template <class T> struct CType;
template <> struct CType<double> {
  using Type = double _Complex;
};
template <> struct CType<float> {
  using Type = float _Complex;
};
template <> struct CType<long double> {
  using Type = long double _Complex;
};

template <class T> typename CType<T>::Type toC(Complex z) {
  typename CType<T>::Type c;
  __real__ c = T(z.real());
  __imag__ c = T(z.imag());
  return c;
}
template <class T> Complex fromC(typename CType<T>::Type c) { return {double(__real__ c), double(__imag__ c)}; }

/// A function and its rules for one type, as functions of double.
struct ComplexRule {
  const char *name;
  Complex (*value)(Complex z);
  Complex (*tangentValue)(Complex z, Complex dz);
  Complex (*tangent)(Complex z, Complex dz);
  Complex (*reverse)(Complex z, Complex adjoint);
  double tolerance;
};

#define DOUBLE_RULE(F)                                                                                                 \
  {#F,                                                                                                                 \
   [](Complex z) { return fromC<double>(F(toC<double>(z))); },                                                         \
   [](Complex z, Complex t) {                                                                                          \
     return fromC<double>(__linkgrad_##F##_tangent(z.real(), t.real(), z.imag(), t.imag()).value);                     \
   },                                                                                                                  \
   [](Complex z, Complex t) {                                                                                          \
     return fromC<double>(__linkgrad_##F##_tangent(z.real(), t.real(), z.imag(), t.imag()).tangent);                   \
   },                                                                                                                  \
   [](Complex z, Complex t) { return fromC<double>(__linkgrad_##F##_reverse(toC<double>(z), toC<double>(t))); },       \
   1e-9},
#define FLOAT_RULE(F)                                                                                                  \
  {#F "f",                                                                                                             \
   [](Complex z) { return fromC<double>(F(toC<double>(z))); },                                                         \
   [](Complex z, Complex t) { return fromC<float>(__linkgrad_##F##f_tangent(toC<float>(z), toC<float>(t)).value); },   \
   [](Complex z, Complex t) { return fromC<float>(__linkgrad_##F##f_tangent(toC<float>(z), toC<float>(t)).tangent); }, \
   [](Complex z, Complex t) { return fromC<float>(__linkgrad_##F##f_reverse(toC<float>(z), toC<float>(t))); },         \
   2e-4},
#define LONG_RULE(F)                                                                                                   \
  {#F "l",                                                                                                             \
   [](Complex z) { return fromC<double>(F(toC<double>(z))); },                                                         \
   [](Complex z, Complex t) {                                                                                          \
     auto shadow = toC<long double>(t);                                                                                \
     return fromC<long double>(__linkgrad_##F##l_tangent(toC<long double>(z), &shadow).value);                         \
   },                                                                                                                  \
   [](Complex z, Complex t) {                                                                                          \
     auto shadow = toC<long double>(t);                                                                                \
     return fromC<long double>(__linkgrad_##F##l_tangent(toC<long double>(z), &shadow).tangent);                       \
   },                                                                                                                  \
   [](Complex z, Complex t) {                                                                                          \
     auto shadow = toC<long double>({1, 2}); /* it is added to */                                                      \
     __linkgrad_##F##l_reverse(toC<long double>(z), &shadow, t.real(), t.imag());                                      \
     return fromC<long double>(shadow) - Complex(1, 2);                                                                \
   },                                                                                                                  \
   1e-9},
// clang-format off
#define EACH_COMPLEX_FUNCTION(RULE)                                                                                    \
  RULE(cexp) RULE(clog) RULE(clog10) RULE(csqrt) RULE(csin) RULE(ccos) RULE(ctan) RULE(csinh) RULE(ccosh) RULE(ctanh)  \
  RULE(casin) RULE(cacos) RULE(catan) RULE(casinh) RULE(cacosh) RULE(catanh) RULE(conj) RULE(cproj)
// clang-format on

const ComplexRule complexRules[] = {EACH_COMPLEX_FUNCTION(DOUBLE_RULE) EACH_COMPLEX_FUNCTION(FLOAT_RULE)
                                        EACH_COMPLEX_FUNCTION(LONG_RULE)};

double dot(Complex a, Complex b) { return a.real() * b.real() + a.imag() * b.imag(); }

/// Fourth-order central difference of f at z along t.
template <class F> auto derivativeAlong(F f, Complex z, Complex t) {
  const double h = 1e-4;
  return (f(z - 2 * h * t) - 8.0 * f(z - h * t) + 8.0 * f(z + h * t) - f(z + 2 * h * t)) / (12 * h);
}

void expectComplexRule(const ComplexRule &rule, Complex z, Complex t, Complex adjoint) {
  Complex numeric = derivativeAlong(rule.value, z, t), tangent = rule.tangent(z, t);
  double tolerance = rule.tolerance * (1 + std::abs(numeric));
  EXPECT_NEAR(std::abs(tangent - numeric), 0, tolerance) << "at " << z << ": " << tangent << " != " << numeric;
  EXPECT_NEAR(std::abs(rule.tangentValue(z, t) - rule.value(z)), 0, tolerance) << "value at " << z;
  EXPECT_NEAR(dot(rule.reverse(z, adjoint), t), dot(adjoint, numeric), 4 * tolerance) << "reverse at " << z;
}

// In all quadrants, inside and outside of the unit circle, away from the cuts.
TEST(ComplexRules, AgreeWithFiniteDifferences) {
  std::mt19937_64 random(0);
  std::uniform_real_distribution<double> part(0.15, 2), sign(-1, 1), direction(-1, 1);
  for (const ComplexRule &rule : complexRules) {
    SCOPED_TRACE(rule.name);
    for (int sample = 0; sample < 64; ++sample) {
      Complex z(std::copysign(part(random), sign(random)), std::copysign(part(random), sign(random)));
      Complex t(direction(random), direction(random)), adjoint(direction(random), direction(random));
      expectComplexRule(rule, z, t, adjoint);
    }
  }
}

TEST(ComplexRules, AbsoluteValueAndAngle) {
  auto c = toC<double>({3, 4});
  EXPECT_DOUBLE_EQ(__linkgrad_cabs_tangent(3, 1, 4, 0).value, 5);
  EXPECT_DOUBLE_EQ(__linkgrad_cabs_tangent(3, 1, 4, 0).tangent, 0.6);
  EXPECT_LT(std::abs(fromC<double>(__linkgrad_cabs_reverse(c, 10)) - Complex(6, 8)), 1e-14);
  EXPECT_EQ(fromC<double>(__linkgrad_cabs_reverse(toC<double>(0), 10)), Complex(0, 0));
  EXPECT_DOUBLE_EQ(__linkgrad_carg_tangent(3, 0, 4, 1).value, std::atan2(4, 3));
  EXPECT_DOUBLE_EQ(__linkgrad_carg_tangent(3, 0, 4, 1).tangent, 3.0 / 25);
  EXPECT_LT(std::abs(fromC<double>(__linkgrad_carg_reverse(c, 25)) - Complex(-4, 3)), 1e-14);
  EXPECT_LT(std::abs(fromC<float>(__linkgrad_cabsf_reverse(toC<float>({3, 4}), 10)) - Complex(6, 8)), 1e-5);
}

Complex power(Complex z, Complex w) { return fromC<double>(cpow(toC<double>(z), toC<double>(w))); }

TEST(ComplexRules, Power) {
  Complex z(0.7, -1.2), w(1.5, 0.4), t(0.3, 0.8), adjoint(-0.6, 0.9);
  Complex byBase = derivativeAlong([&](Complex z) { return power(z, w); }, z, t);
  Complex byExponent = derivativeAlong([&](Complex w) { return power(z, w); }, w, t);
  auto r = __linkgrad_cpow_tangent(0.7, 0.3, -1.2, 0.8, 1.5, 0.3, 0.4, 0.8);
  EXPECT_LT(std::abs(fromC<double>(r.tangent) - byBase - byExponent), 1e-9);
  auto adjoints = __linkgrad_cpow_reverse(toC<double>(z), toC<double>(w), toC<double>(adjoint));
  EXPECT_NEAR(dot(fromC<double>(adjoints.first), t), dot(adjoint, byBase), 1e-9);
  EXPECT_NEAR(dot(fromC<double>(adjoints.second), t), dot(adjoint, byExponent), 1e-9);
}

// At z = 0, z^0 and z^1 have the slopes 0 and 1.
TEST(ComplexRules, PowerAtZero) {
  auto slope = [](Complex w) {
    return fromC<double>(__linkgrad_cpow_reverse(toC<double>(0), toC<double>(w), toC<double>(1)).first);
  };
  EXPECT_EQ(slope(0), Complex(0));
  EXPECT_EQ(slope(1), Complex(1));
  EXPECT_EQ(slope(2), Complex(0));
}

TEST(ComplexRules, ConstantsByReferenceHaveNoShadow) {
  long double _Complex z = toC<long double>({2, 0}), shadow = toC<long double>(0);
  __linkgrad_cpowl_reverse(z, &shadow, z, nullptr, 1, 0);
  EXPECT_NEAR(double(__real__ shadow), 4, 1e-12);
  EXPECT_NEAR(double(__real__ __linkgrad_cpowl_tangent(z, nullptr, z, nullptr).tangent), 0, 0);
}

//===-- The operators * and / ----------------------------------------------===//

using Four = std::array<double, 4>;

void expectProductRule(Complex (*value)(Four), Complex (*tangent)(Four, Four), Four (*reverse)(Four, Complex),
                       double tolerance) {
  Four x{1.5, -0.7, 0.4, 2.1};
  Complex adjoint(0.3, -1.1);
  Four adjoints = reverse(x, adjoint);
  for (int i = 0; i < 4; ++i) {
    Four unit{};
    unit[i] = 1;
    auto along = [&](Complex step) {
      Four p = x;
      p[i] += step.real();
      return value(p);
    };
    Complex numeric = derivativeAlong(along, 0, 1);
    EXPECT_LT(std::abs(tangent(x, unit) - numeric), tolerance) << "tangent of operand " << i;
    EXPECT_NEAR(adjoints[i], dot(adjoint, numeric), tolerance) << "adjoint of operand " << i;
  }
}

#define EXPECT_PRODUCT_RULE(REAL, F, EXPRESSION, TOLERANCE, ...)                                                       \
  expectProductRule(                                                                                                   \
      [](Four x) {                                                                                                     \
        Complex z(x[0], x[1]), w(x[2], x[3]);                                                                          \
        return EXPRESSION;                                                                                             \
      },                                                                                                               \
      [](Four x, Four t) {                                                                                             \
        return fromC<REAL>(__linkgrad_##F##_tangent(x[0], t[0], x[1], t[1], x[2], t[2], x[3], t[3]).tangent);          \
      },                                                                                                               \
      [](Four x, Complex t) {                                                                                          \
        auto r = __linkgrad_##F##_reverse(x[0], x[1], x[2], x[3], __VA_ARGS__);                                        \
        return Four{double(r.a), double(r.b), double(r.c), double(r.d)};                                               \
      },                                                                                                               \
      TOLERANCE)

TEST(ComplexRules, ProductsAndQuotients) {
  EXPECT_PRODUCT_RULE(double, __muldc3, z *w, 1e-10, toC<double>(t));
  EXPECT_PRODUCT_RULE(double, __divdc3, z / w, 1e-10, toC<double>(t));
  EXPECT_PRODUCT_RULE(float, __mulsc3, z *w, 1e-5, toC<float>(t));
  EXPECT_PRODUCT_RULE(float, __divsc3, z / w, 1e-5, toC<float>(t));
  EXPECT_PRODUCT_RULE(long double, __mulxc3, z *w, 1e-10, t.real(), t.imag());
  EXPECT_PRODUCT_RULE(long double, __divxc3, z / w, 1e-10, t.real(), t.imag());
}

} // namespace
