// Eigen with fixed sizes: products, cross, norm, array expressions, blocks.
#include "check.h"
#include <eigen3/Eigen/Dense>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

using Eigen::Matrix3d;
using Eigen::Vector3d;

static double geometry(const Matrix3d &m, const Vector3d &v) {
  Vector3d w = m * v + m.transpose() * v.cross(m.col(1));
  Matrix3d p = (m * m).array().sin().matrix() + v * w.transpose();
  p.block<2, 2>(1, 0) *= w[0];
  return w.norm() * p.trace() + p.row(1).dot(v) + (p.array() * m.array()).sum();
}

int main() {
  Matrix3d m, dm = Matrix3d::Zero();
  m << 0.5, -0.2, 0.9, 1.1, 0.3, -0.7, 0.4, 0.8, -0.1;
  Vector3d v(0.6, -1.2, 0.3), dv = Vector3d::Zero();
  __enzyme_autodiff<double>((void *)geometry, enzyme_dup, &m, &dm, enzyme_dup, &v, &dv);
  for (int i = 0; i < 12; ++i) {
    Matrix3d tm = Matrix3d::Zero();
    Vector3d tv = Vector3d::Zero();
    (i < 9 ? tm.data()[i] : tv[i - 9]) = 1;
    double &x = i < 9 ? m.data()[i] : v[i - 9];
    double want = DIFFERENCE(geometry(m, v), x);
    checkDifference("reverse", i < 9 ? dm.data()[i] : dv[i - 9], want);
    checkDifference("forward", __enzyme_fwddiff<double>((void *)geometry, enzyme_dup, &m, &tm, enzyme_dup, &v, &tv),
                    want);
  }
  return checkResult();
}
