#include "model.h"
#include <linkgrad.h>

Eigen::VectorXd gradient(const Eigen::VectorXd &parameter, const Data &data) {
  Eigen::VectorXd result = Eigen::VectorXd::Zero(parameters);
  __enzyme_autodiff<void>(logLikelihood, enzyme_dup, parameter.data(), result.data(), enzyme_const, &data);
  return result;
}
