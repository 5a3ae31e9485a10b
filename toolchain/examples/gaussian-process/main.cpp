#include "model.h"
#include <chrono>
#include <cstdio>
#include <random>

/// Observations of a function that depends on some inputs more than on others.
static Data observe(int count) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  Data data{Eigen::MatrixXd(inputs, count), Eigen::VectorXd(count)};
  for (int j = 0; j < count; ++j) {
    for (int i = 0; i < inputs; ++i)
      data.points(i, j) = normal(random);
    auto x = data.points.col(j);
    data.values[j] = std::sin(x[0] + 0.5 * x[1]) + 0.3 * x[2] * x[3] + 0.1 * normal(random);
  }
  return data;
}

static Eigen::VectorXd differences(Eigen::VectorXd parameter, const Data &data) {
  Eigen::VectorXd result(parameters);
  for (int i = 0; i < parameters; ++i) {
    const double kept = parameter[i], step = 1e-5;
    parameter[i] = kept + step;
    double above = logLikelihood(parameter.data(), &data);
    parameter[i] = kept - step;
    double below = logLikelihood(parameter.data(), &data);
    parameter[i] = kept;
    result[i] = (above - below) / (2 * step);
  }
  return result;
}

/// Milliseconds of the fastest of some runs.
template <class Work> static double milliseconds(Work work) {
  double best = 1e300;
  for (int i = 0; i < 5; ++i) {
    auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

int main() {
  const Data data = observe(300);
  Eigen::VectorXd parameter = Eigen::VectorXd::Constant(parameters, 0.5), exact, estimate;
  parameter[inputs + 1] = -1;

  volatile double sink;
  double primal = milliseconds([&] { sink = logLikelihood(parameter.data(), &data); });
  double derived = milliseconds([&] { exact = gradient(parameter, data); });
  double differenced = milliseconds([&] { estimate = differences(parameter, data); });

  std::printf("log likelihood %.6f, and its derivative by the log of\n", logLikelihood(parameter.data(), &data));
  std::printf("%20s %16s %16s\n", "", "linkgrad", "differences");
  for (int i = 0; i < parameters; ++i) {
    char name[32];
    std::snprintf(name, sizeof name, i < inputs ? "length scale %d" : i == inputs ? "amplitude" : "noise", i);
    std::printf("%20s %16.9f %16.9f\n", name, exact[i], estimate[i]);
  }
  std::printf("\nfunction %.2f ms, gradient %.2f ms (%.1f times the function), differences %.2f ms (%.1f times)\n",
              primal, derived, derived / primal, differenced, differenced / primal);

  double error = (exact - estimate).norm() / estimate.norm();
  std::printf("relative difference %.1e\n", error);
  return error < 1e-6 ? 0 : 1;
}
