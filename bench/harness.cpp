#include "harness.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <random>

namespace bench {

// build/bench/plain/gmm.so -> bench_gmm
static std::string entryName(const std::string &path) {
  size_t start = path.rfind('/') + 1;
  return "bench_" + path.substr(start, path.rfind('.') - start);
}

std::vector<Problem *> load(const std::string &path) {
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void *entry = library ? dlsym(library, entryName(path).c_str()) : nullptr;
  if (!entry) {
    std::fprintf(stderr, "cannot load %s: %s\n", path.c_str(), dlerror());
    std::exit(2);
  }
  std::vector<Problem *> problems;
  for (Problem *p = reinterpret_cast<Problem *(*)()>(entry)(); p->name; ++p)
    problems.push_back(p);
  return problems;
}

Problem *find(const std::vector<Problem *> &problems, const std::string &name) {
  for (Problem *problem : problems)
    if (name == problem->name)
      return problem;
  return nullptr;
}

Vector evaluate(const Problem &problem) {
  Vector y(problem.outputs);
  problem.primal(&problem, y.data());
  return y;
}

Vector differentiate(const Problem &problem, Derivative derivative) {
  // What a derivative leaves unwritten shows up as NaN.
  Vector g(problem.entries, NAN);
  derivative(&problem, g.data());
  return g;
}

static double dot(const double *a, const Vector &b) {
  double sum = 0;
  for (size_t i = 0; i < b.size(); ++i)
    sum += a[i] * b[i];
  return sum;
}

static double norm(const Vector &v) { return std::sqrt(dot(v.data(), v)); }

// What the derivative g predicts for the outputs along v: a vector where g is a Jacobian, else a number.
static Vector predict(const Problem &problem, const Vector &g, const Vector &v) {
  if (!problem.apply)
    return {dot(g.data(), v)};
  Vector dy(problem.outputs);
  problem.apply(&problem, g.data(), v.data(), dy.data());
  return dy;
}

// The outputs, or their product with the seed, at x + t v.
static Vector shifted(Problem &problem, const Vector &x, const Vector &v, double t) {
  for (size_t i = 0; i < x.size(); ++i)
    problem.x[i] = x[i] + t * v[i];
  Vector y = evaluate(problem);
  std::copy(x.begin(), x.end(), problem.x);
  return problem.seed ? Vector{dot(problem.seed, y)} : y;
}

static Vector centralDifference(Problem &problem, const Vector &x, const Vector &v, double h) {
  Vector above = shifted(problem, x, v, h), below = shifted(problem, x, v, -h);
  for (size_t i = 0; i < above.size(); ++i)
    above[i] = (above[i] - below[i]) / (2 * h);
  return above;
}

// Compares a prediction with Richardson's extrapolation of central differences, D = (4 D(h) - D(2h)) / 3,
// whose error is O(h^4) + O(epsilon / h). The best step is not known beforehand, so several are tried.
static double directionError(Problem &problem, const Vector &x, const Vector &v, const Vector &expected, double floor) {
  double best = INFINITY;
  for (double h : {1e-2, 1e-3, 1e-4, 1e-5, 1e-6}) {
    Vector fine = centralDifference(problem, x, v, h);
    Vector coarse = centralDifference(problem, x, v, 2 * h);
    for (size_t i = 0; i < fine.size(); ++i)
      fine[i] = (4 * fine[i] - coarse[i]) / 3 - expected[i];
    best = std::min(best, norm(fine) / std::max(norm(expected), floor));
    if (best < 1e-9)
      break;
  }
  return best;
}

double differenceError(Problem &problem, const Vector &g) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(-1, 1);
  Vector x(problem.x, problem.x + problem.inputs), v(x.size());
  double scale = norm(x) / std::sqrt(double(x.size())), worst = 0, size = 0;
  // Differences cannot resolve a derivative of the order of epsilon |y| / h.
  double resolution = 2e-7 * norm(shifted(problem, x, v, 0));
  for (int direction = 0; direction < 2; ++direction) {
    for (size_t i = 0; i < x.size(); ++i)
      v[i] = uniform(random) * std::max(std::fabs(x[i]), 0.1 * scale);
    Vector expected = predict(problem, g, v);
    size = std::max(size, norm(expected));
    worst = std::max(worst, directionError(problem, x, v, expected, resolution));
  }
  // A single input may matter little: then its derivative drowns in the rounding of y.
  double floor = std::max(resolution, 1e-3 * size / std::sqrt(double(x.size())));
  for (int sample = 0; sample < 4; ++sample) {
    size_t i = random() % x.size();
    std::fill(v.begin(), v.end(), 0.0);
    v[i] = std::max(std::fabs(x[i]), 0.1 * scale);
    worst = std::max(worst, directionError(problem, x, v, predict(problem, g, v), floor));
  }
  return std::isnan(worst) ? INFINITY : worst;
}

double largestError(const Vector &actual, const Vector &expected) {
  double largest = 0, worst = 0;
  for (double e : expected)
    largest = std::max(largest, std::fabs(e));
  if (largest == 0)
    largest = 1;
  for (size_t i = 0; i < expected.size(); ++i) {
    double error = std::fabs(actual[i] - expected[i]) / std::max(std::fabs(expected[i]), 1e-2 * largest);
    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
  }
  return worst;
}

static void require(Verdict &verdict, double error, double limit, const char *what) {
  if (error <= limit)
    return;
  char text[160];
  std::snprintf(text, sizeof text, "%s differ by %.2g (limit %.0e)", what, error, limit);
  verdict.failures.push_back(text);
}

Verdict verify(Problem &reference, Problem *differentiated) {
  Verdict verdict;
  Vector hand = differentiate(reference, reference.hand);
  verdict.handAgainstDifferences = differenceError(reference, hand);
  require(verdict, verdict.handAgainstDifferences, 1e-6, "hand-written and finite differences");
  if (!differentiated)
    return verdict;

  double limit = reference.tolerance > 0 ? reference.tolerance : 1e-9;
  Vector gradient = differentiate(*differentiated, differentiated->gradient);
  verdict.gradientAgainstHand = largestError(gradient, hand);
  require(verdict, verdict.gradientAgainstHand, limit, "linkgrad and hand-written");
  // The second call must not depend on what the first one left behind.
  Vector again = differentiate(*differentiated, differentiated->gradient);
  require(verdict, largestError(again, gradient), 0, "two calls of the gradient");
  verdict.primalAgainstPrimal = largestError(evaluate(*differentiated), evaluate(reference));
  require(verdict, verdict.primalAgainstPrimal, limit, "primal with and without linkgrad");
  return verdict;
}

static double threadSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

double secondsPerCall(const std::function<void()> &call, double fillSeconds) {
  double start = threadSeconds(), elapsed = 0;
  long calls = 0;
  // Reading the clock costs a system call: read it after 1, 2, 4, ... further calls.
  for (long batch = 1; elapsed < fillSeconds; batch *= 2) {
    for (long i = 0; i < batch; ++i)
      call();
    calls += batch;
    elapsed = threadSeconds() - start;
  }
  return elapsed / double(calls);
}

} // namespace bench
