// Function and class templates with value parameters, instantiated for several types and sizes.
#include "check.h"

extern int enzyme_dup, enzyme_out;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

template <int N, typename T> struct Power {
  static T of(T x) { return x * Power<N - 1, T>::of(x); }
};
template <typename T> struct Power<0, T> {
  static T of(T) { return 1; }
};

template <typename T, int Rows, int Columns> struct Matrix {
  T data[Rows][Columns] = {};
  template <int Other> Matrix<T, Rows, Other> operator*(const Matrix<T, Columns, Other> &o) const {
    Matrix<T, Rows, Other> r;
    for (int i = 0; i < Rows; ++i)
      for (int j = 0; j < Other; ++j)
        for (int k = 0; k < Columns; ++k)
          r.data[i][j] += data[i][k] * o.data[k][j];
    return r;
  }
};

template <typename T> T evaluate(T x) {
  Matrix<T, 2, 3> a{{{x, 1, 2}, {Power<2, T>::of(x), -x, 3}}};
  Matrix<T, 3, 2> b{{{1, x}, {x * x, 2}, {-1, Power<5, T>::of(x)}}};
  auto c = a * b * a;
  return c.data[0][0] * c.data[1][2] - c.data[0][1];
}

int main() {
  double x = 0.9, want = DIFFERENCE(evaluate(x), x);
  checkDifference("double reverse", __enzyme_autodiff<double>((void *)evaluate<double>, x), want);
  checkDifference("double forward", __enzyme_fwddiff<double>((void *)evaluate<double>, x, 1.0), want);
  float y = 0.9f;
  checkNear("float reverse", __enzyme_autodiff<float>((void *)evaluate<float>, y), want, 1e-4);
  checkNear("float forward", __enzyme_fwddiff<float>((void *)evaluate<float>, y, 1.0f), want, 1e-4);
  return checkResult();
}
