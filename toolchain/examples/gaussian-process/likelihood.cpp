#include "model.h"

double logLikelihood(const double *parameter, const Data *data) {
  Eigen::LLT<Eigen::MatrixXd> cholesky(covariance(*data, parameter));
  Eigen::VectorXd weights = cholesky.solve(data->values);
  double logDeterminant = 2 * cholesky.matrixLLT().diagonal().array().log().sum();
  return -0.5 * (data->values.dot(weights) + logDeterminant + data->values.size() * std::log(2 * M_PI));
}
