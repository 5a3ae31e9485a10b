// A Gaussian process: how likely are the observations, given how smooth the
// unknown function is in each of its inputs?
#pragma once
#include <Eigen/Dense>

constexpr int inputs = 10;
/// Log of: one length scale for each input, the amplitude, the noise.
constexpr int parameters = inputs + 2;

struct Data {
  Eigen::MatrixXd points; // one column for each observation
  Eigen::VectorXd values;
};

/// kernel.cpp: covariance of all pairs of observations.
Eigen::MatrixXd covariance(const Data &data, const double *parameter);

/// likelihood.cpp: log p(values | points, parameter).
double logLikelihood(const double *parameter, const Data *data);

/// gradient.cpp: its gradient with respect to all parameters, by one request.
Eigen::VectorXd gradient(const Eigen::VectorXd &parameter, const Data &data);
