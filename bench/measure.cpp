// Verifies and measures problems; bench/run starts it and reads its lines.
//
//   measure verify  quick|full PLAIN.so [LINKGRAD.so]
//   measure time    ROUNDS MILLISECONDS PLAIN.so [LINKGRAD.so]
//   measure once    PROBLEM primal|hand|gradient OBJECT.so
//
// `verify` and `time` print one line per problem: its name, then key=value pairs. `once` calls one
// function twice in a process of its own and prints the peak resident memory; the second call is made
// by countedCall, so that an instruction counter can be switched on for it alone.
#include "harness.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <unistd.h>

using namespace bench;

static int usage() {
  std::fprintf(stderr, "usage: measure verify quick|full PLAIN.so [LINKGRAD.so]\n"
                       "       measure time ROUNDS MILLISECONDS PLAIN.so [LINKGRAD.so]\n"
                       "       measure once PROBLEM primal|hand|gradient OBJECT.so\n");
  return 2;
}

// Calls visit(reference, differentiated or null) for each problem, freshly set up.
static void forEach(Size size, char **objects, const std::function<void(Problem &, Problem *)> &visit) {
  std::vector<Problem *> plain = load(objects[0]), differentiated;
  if (objects[1])
    differentiated = load(objects[1]);
  for (Problem *reference : plain) {
    Problem *other = find(differentiated, reference->name);
    reference->setup(reference, size);
    if (other)
      other->setup(other, size);
    visit(*reference, other);
  }
}

static int verifyAll(Size size, char **objects) {
  bool good = true;
  forEach(size, objects, [&](Problem &reference, Problem *differentiated) {
    Verdict verdict = verify(reference, differentiated);
    std::printf("%s differences=%.1e", reference.name, verdict.handAgainstDifferences);
    if (differentiated)
      std::printf(" gradient=%.1e primal=%.1e", verdict.gradientAgainstHand, verdict.primalAgainstPrimal);
    std::printf(" ok=%d\n", verdict.failures.empty());
    for (const std::string &failure : verdict.failures)
      std::fprintf(stderr, "%s: %s\n", reference.name, failure.c_str());
    std::fflush(stdout);
    good &= verdict.failures.empty();
  });
  return good ? 0 : 1;
}

static double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

static Vector ratios(const Vector &above, const Vector &below) {
  Vector out(above.size());
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = above[i] / below[i];
  return out;
}

// Ratios are formed within a round, whose three runs are neighbours in time, and their median is taken:
// a slow spell of the machine hits both sides of a ratio or falls out.
static void timeProblem(Problem &reference, Problem *differentiated, int rounds, double fillSeconds) {
  Vector y(reference.outputs), g(reference.entries);
  Vector primal, hand, gradient;
  for (int round = -1; round < rounds; ++round) {
    double p = secondsPerCall([&] { reference.primal(&reference, y.data()); }, fillSeconds);
    double h = secondsPerCall([&] { reference.hand(&reference, g.data()); }, fillSeconds);
    double d =
        differentiated ? secondsPerCall([&] { differentiated->gradient(differentiated, g.data()); }, fillSeconds) : 0;
    if (round < 0)
      continue; // caches, page tables and branch predictors are warm from here on
    primal.push_back(p);
    hand.push_back(h);
    gradient.push_back(d);
  }
  std::printf("%s primal_ms=%.4f hand=%.3f", reference.name, 1e3 * median(primal), median(ratios(hand, primal)));
  if (differentiated)
    std::printf(" gradient=%.3f gradient_hand=%.3f", median(ratios(gradient, primal)), median(ratios(gradient, hand)));
  std::printf("\n");
  std::fflush(stdout);
}

extern "C" __attribute__((noinline)) void countedCall(const std::function<void()> &call) {
  call();
  asm volatile("" ::: "memory"); // not a tail call: the counter watches this function return
}

// The largest resident size so far, in KiB. Unlike getrusage's it starts from zero at exec.
static long peakMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0)
      return std::atol(line.c_str() + 6);
  return 0;
}

static int callOnce(const char *name, const char *which, const char *object) {
  Problem *problem = find(load(object), name);
  if (!problem)
    return usage();
  problem->setup(problem, SIZE_FULL);
  // Not initialised, so that the primal's run does not pay for a gradient it does not compute.
  double *out = static_cast<double *>(std::malloc(sizeof(double) * std::max(problem->entries, problem->outputs)));
  std::function<void()> call = [=] { problem->primal(problem, out); };
  if (!std::strcmp(which, "hand"))
    call = [=] { problem->hand(problem, out); };
  if (!std::strcmp(which, "gradient"))
    call = [=] { problem->gradient(problem, out); };
  call();
  countedCall(call);
  std::printf("%s peak_kib=%ld\n", name, peakMemory());
  std::fflush(stdout);
  std::free(out);
  return 0;
}

int main(int argc, char **argv) {
  std::string command = argc > 1 ? argv[1] : "";
  if (command == "verify" && argc >= 4)
    return verifyAll(std::strcmp(argv[2], "quick") ? SIZE_FULL : SIZE_QUICK, argv + 3);
  if (command == "once" && argc == 5)
    return callOnce(argv[2], argv[3], argv[4]);
  if (command != "time" || argc < 5)
    return usage();
  int rounds = std::atoi(argv[2]);
  double fillSeconds = 1e-3 * std::atof(argv[3]);
  forEach(SIZE_FULL, argv + 4, [&](Problem &reference, Problem *differentiated) {
    timeProblem(reference, differentiated, rounds, fillSeconds);
  });
  return 0;
}
