// Loading, verifying and timing problems: what the interactive driver and the measuring program share.
//
// A problem exists twice, as two shared objects built from one source: the reference, compiled and
// linked without linkgrad, and the differentiated one. Both are loaded into the same process, so that
// their runs can be interleaved and see the same machine, but each has its own code and its own data.
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include "problems/problem.h"

#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

using Vector = std::vector<double>;

// The problems a shared object offers; exits with a message when it cannot be loaded.
std::vector<Problem *> load(const std::string &path);

// The problem of that name, or null.
Problem *find(const std::vector<Problem *> &problems, const std::string &name);

using Derivative = void (*)(const Problem *, double *);

Vector evaluate(const Problem &problem);
Vector differentiate(const Problem &problem, Derivative derivative);

// Relative disagreement between a derivative and central differences of the primal, the worst over
// random directions and single inputs.
double differenceError(Problem &problem, const Vector &g);

// Relative disagreement of two vectors, the worst entry. Entries a hundred times smaller than the
// largest are compared on the scale of the latter: they are sums in which larger terms cancelled.
double largestError(const Vector &actual, const Vector &expected);

// Everything that must hold before a number is believed. An empty list means verified.
struct Verdict {
  double handAgainstDifferences = 0;
  double gradientAgainstHand = 0;
  double primalAgainstPrimal = 0;
  std::vector<std::string> failures;
};
Verdict verify(Problem &reference, Problem *differentiated);

// Seconds of thread CPU time for one call, averaged over as many as fill the given time.
double secondsPerCall(const std::function<void()> &call, double fillSeconds);

} // namespace bench

#endif
