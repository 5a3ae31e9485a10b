//===- PropertyTest.cpp - the laws hold for random programs ---------------===//
//
// Each seed is a program (ProgramGenerator.h) and a point, checked by the laws of
// test/support in a process of its own.  A failure prints its seed and writes the
// program as a spec:
//
//   LINKGRAD_SEED=17 propertyTests                    that seed, in this process
//   LINKGRAD_SEEDS=5000 [LINKGRAD_FIRST_SEED=n] propertyTests     many
//   LINKGRAD_NARROW=1 ...                             without the forms of several lanes
//   LINKGRAD_SPEC=/tmp/linkgrad-seed-17.ll specTests  the program as it was written
//
//===----------------------------------------------------------------------===//
#include "ProgramGenerator.h"
#include "test/support/Laws.h"
#include "llvm/IR/PassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Utils/Mem2Reg.h"
#include <array>
#include <gtest/gtest.h>

using namespace llvm;

namespace {

/// How the program is prepared before the engine sees it.
enum class Shape { Allocas, Registers, Optimised };
Shape shapeOf(uint64_t seed) { return Shape(seed % 3); }

void promote(Module &module) {
  FunctionAnalysisManager functions;
  PassBuilder().registerFunctionAnalyses(functions);
  for (Function &function : module)
    if (!function.isDeclaration()) {
      functions.invalidate(function, PreservedAnalyses::none());
      PromotePass().run(function, functions);
      functions.invalidate(function, PreservedAnalyses::none());
      SimplifyCFGPass().run(function, functions);
    }
}

/// The program of \p seed, as a spec.
std::string programFor(uint64_t seed) {
  LLVMContext context;
  std::unique_ptr<Module> module = ProgramGenerator(context, seed).make();
  std::string text;
  raw_string_ostream os(text);
  if (verifyModule(*module, &os))
    return "the generator is wrong: " + text;
  if (shapeOf(seed) == Shape::Registers)
    promote(*module);
  os << "; Random program, seed " << seed << ".\n; check @f(";
  std::mt19937_64 generator(seed);
  auto number = [&] { return std::uniform_real_distribution(-1.0, 1.0)(generator); };
  os << number() << ", " << number();
  for (unsigned list = 0; list < 2; ++list) {
    os << ", [";
    for (unsigned i = 0; i < ProgramGenerator::room; ++i)
      os << (i ? ", " : "") << number();
    os << "]";
  }
  os << ", " << generator() % ProgramGenerator::cells << ")\n";
  if (shapeOf(seed) == Shape::Optimised)
    os << "; optimised\n";
  if (getenv("LINKGRAD_NARROW"))
    os << "; width 1\n";
  os << *module;
  return text;
}

/// Seeds of defects that are known and not yet mended; test/spec/known-failures
/// has small programs for each cause.  Remove a seed when its test says it passes.
const SmallVector<uint64_t> knownFailures = {};

uint64_t environment(const char *name, uint64_t otherwise) {
  const char *text = getenv(name);
  return text ? strtoull(text, nullptr, 10) : otherwise;
}

std::string writeDown(uint64_t seed, const std::string &program) {
  SmallString<128> path;
  sys::path::system_temp_directory(true, path);
  sys::path::append(path, "linkgrad-seed-" + std::to_string(seed) + ".ll");
  std::error_code error;
  raw_fd_ostream(path, error) << program;
  return path.str().str();
}

class RandomPrograms : public testing::Test {
public:
  RandomPrograms(uint64_t first, uint64_t count) : first(first), count(count) {}
  void TestBody() override {
    for (uint64_t seed = first; seed < first + count; ++seed) {
      std::string problems = inChild(30, [&] { return checkExamples(programFor(seed)); });
      bool known = llvm::is_contained(knownFailures, seed);
      EXPECT_FALSE(known && problems.empty()) << "seed " << seed << " passes now: remove it from knownFailures";
      if (!problems.empty() && !known)
        ADD_FAILURE() << "LINKGRAD_SEED=" << seed << ", written to " << writeDown(seed, programFor(seed)) << "\n"
                      << problems;
    }
  }

private:
  uint64_t first, count;
};

class OneProgram : public testing::Test {
public:
  void TestBody() override {
    uint64_t seed = environment("LINKGRAD_SEED", 0);
    std::string program = programFor(seed);
    outs() << "written to " << writeDown(seed, program) << "\n";
    outs().flush();
    EXPECT_EQ(checkExamples(program), "");
  }
};

/// In chunks, so that ctest can run them side by side.
[[maybe_unused]] const bool registered = [] {
  if (getenv("LINKGRAD_SEED")) {
    testing::RegisterTest("Property", "OneProgram", nullptr, nullptr, __FILE__, __LINE__,
                          []() -> testing::Test * { return new OneProgram; });
    return true;
  }
  constexpr uint64_t chunk = 50;
  uint64_t first = environment("LINKGRAD_FIRST_SEED", 0), end = first + environment("LINKGRAD_SEEDS", 200);
  for (; first < end; first += chunk) {
    uint64_t count = std::min(chunk, end - first);
    testing::RegisterTest("Property", ("RandomPrograms/" + std::to_string(first)).c_str(), nullptr, nullptr, __FILE__,
                          __LINE__, [=]() -> testing::Test * { return new RandomPrograms(first, count); });
  }
  return true;
}();

} // namespace
