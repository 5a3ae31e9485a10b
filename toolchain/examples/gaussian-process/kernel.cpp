#include "model.h"

Eigen::MatrixXd covariance(const Data &data, const double *parameter) {
  const int n = data.points.cols();
  Eigen::Array<double, inputs, 1> inverseLength;
  for (int i = 0; i < inputs; ++i)
    inverseLength[i] = std::exp(-parameter[i]);
  const double amplitude = std::exp(2 * parameter[inputs]), noise = std::exp(2 * parameter[inputs + 1]);

  Eigen::MatrixXd k(n, n);
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < j; ++i) {
      double distance = ((data.points.col(i) - data.points.col(j)).array() * inverseLength).matrix().squaredNorm();
      k(i, j) = k(j, i) = amplitude * std::exp(-0.5 * distance);
    }
    k(j, j) = amplitude + noise;
  }
  return k;
}
