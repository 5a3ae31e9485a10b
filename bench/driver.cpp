// Google Benchmark on the problems, for interactive use:
//
//   bench/run --driver --benchmark_filter=fft
//
// Each problem gives up to three benchmarks: NAME/primal and NAME/hand from the reference build,
// NAME/linkgrad from the differentiated one. A derivative that cannot be verified is not timed.
#include "harness.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <filesystem>
#include <memory>

using namespace bench;

namespace {

// A problem in both builds, set up and verified when the first of its benchmarks runs.
class Subject {
public:
  Subject(Problem *reference, Problem *differentiated) : reference(reference), differentiated(differentiated) {}

  // Why it must not be timed, or nothing.
  const std::string &objection() {
    if (prepared)
      return failure;
    prepared = true;
    reference->setup(reference, SIZE_FULL);
    if (differentiated)
      differentiated->setup(differentiated, SIZE_FULL);
    for (const std::string &text : verify(*reference, differentiated).failures)
      failure += text + "; ";
    return failure;
  }

  Problem *const reference, *const differentiated;

private:
  bool prepared = false;
  std::string failure;
};

using Choose = std::pair<Problem *, Derivative> (*)(const Subject &);

void add(const std::string &name, std::shared_ptr<Subject> subject, Choose choose) {
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State &state) {
    if (!subject->objection().empty())
      return state.SkipWithError(subject->objection().c_str());
    auto [problem, function] = choose(*subject);
    Vector out(std::max(problem->entries, problem->outputs));
    for (auto _ : state) {
      function(problem, out.data());
      benchmark::ClobberMemory();
    }
  })->Unit(benchmark::kMicrosecond);
}

void addAll(const std::filesystem::path &plain) {
  std::filesystem::path other = plain.parent_path().parent_path() / "linkgrad" / plain.filename();
  std::vector<Problem *> differentiated;
  if (std::filesystem::exists(other))
    differentiated = load(other.string());
  for (Problem *problem : load(plain.string())) {
    auto subject = std::make_shared<Subject>(problem, find(differentiated, problem->name));
    std::string name = problem->name;
    add(name + "/primal", subject, [](const Subject &s) { return std::pair(s.reference, s.reference->primal); });
    add(name + "/hand", subject, [](const Subject &s) { return std::pair(s.reference, s.reference->hand); });
    if (subject->differentiated)
      add(name + "/linkgrad", subject,
          [](const Subject &s) { return std::pair(s.differentiated, s.differentiated->gradient); });
  }
}

} // namespace

int main(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: driver [--benchmark_...] BUILD_FOLDER\n");
    return 2;
  }
  std::vector<std::filesystem::path> objects;
  for (const auto &entry : std::filesystem::directory_iterator(std::string(argv[1]) + "/plain"))
    if (entry.path().extension() == ".so" && entry.path().stem() != "timed-link")
      objects.push_back(entry.path());
  std::sort(objects.begin(), objects.end());
  for (const auto &object : objects)
    addAll(object);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
