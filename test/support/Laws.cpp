#include "test/support/Laws.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <csignal>
#include <cstring>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace {

class LawChecker {
public:
  LawChecker(Laboratory &laboratory, const Example &example, const Function &subject, const ExampleFile &file);
  std::string check();

private:
  void checkWritten();
  void checkDirect();
  void checkCentralDifference();
  void checkAsCallee();
  void checkLanes();
  void checkTwice();

  State run(const Form &form, State state, long rounds = 1);
  State start(Numbers dx = {}, Numbers dy = {}) const { return {example.numbers, std::move(dx), {0}, std::move(dy)}; }
  void same(const std::string &what, const Numbers &got, const Numbers &want, double tolerance);
  void samePrimal(const std::string &what, const State &got, const State &want);
  /// A random number for each place that \p chosen names, zero elsewhere.
  Numbers random(const std::vector<bool> &chosen);
  Numbers lane(const Numbers &all, unsigned index) const;

  Laboratory &laboratory;
  const Example &example;
  double tolerance;
  bool wide;
  std::vector<bool> active, inMemory; ///< by place among the numbers
  std::mt19937_64 generator{1};
  State primal;
  Numbers direction, seed; ///< ẋ, and ȳ of the memory; that of the result is 1
  State forward, reverse;  ///< of f itself, with those
  std::string problems;
};

} // namespace

LawChecker::LawChecker(Laboratory &laboratory, const Example &example, const Function &subject, const ExampleFile &file)
    : laboratory(laboratory), example(example), tolerance(file.tolerance), wide(file.wide) {
  for (auto [parameter, argument] : zip(subject.args(), example.arguments)) {
    active.insert(active.end(), argument.size, !parameter.getType()->isIntegerTy());
    inMemory.insert(inMemory.end(), argument.size, argument.isList);
  }
}

State LawChecker::run(const Form &form, State state, long rounds) {
  return laboratory.run(example, form, std::move(state), rounds);
}

Numbers LawChecker::random(const std::vector<bool> &chosen) {
  Numbers numbers;
  for (bool wanted : chosen) {
    double number = std::uniform_real_distribution(-1.0, 1.0)(generator);
    numbers.push_back(wanted ? number : 0);
  }
  return numbers;
}

Numbers LawChecker::lane(const Numbers &all, unsigned index) const {
  size_t size = example.numbers.size();
  return Numbers(all.begin() + index * size, all.begin() + (index + 1) * size);
}

static double norm(const Numbers &numbers) {
  double sum = 0;
  for (double number : numbers)
    sum += number * number;
  return std::sqrt(sum);
}

void LawChecker::same(const std::string &what, const Numbers &got, const Numbers &want, double tolerance) {
  raw_string_ostream os(problems);
  if (got.size() != want.size()) {
    os << what << ": " << got.size() << " numbers, but " << want.size() << " are expected\n";
    return;
  }
  double allowed = tolerance * (1 + norm(want));
  for (size_t i = 0; i < got.size(); ++i)
    // Not a number is not good either.
    if (!(std::abs(got[i] - want[i]) <= allowed) && !(got[i] == want[i]))
      os << what << "[" << i << "] is " << format("%.15g", got[i]) << ", expected " << format("%.15g", want[i]) << "\n";
}

void LawChecker::samePrimal(const std::string &what, const State &got, const State &want) {
  same("primal memory after " + what, got.x, want.x, 0.01 * tolerance);
  same("primal result of " + what, got.y, want.y, 0.01 * tolerance);
}

void LawChecker::checkWritten() {
  State gradient = run(gradientForm, start());
  Numbers got{primal.y}, want = example.expected;
  for (size_t i = 0; i < active.size(); ++i)
    if (active[i])
      got.push_back(gradient.dx[i]);
  same("value and gradient", got, want, tolerance);
  for (size_t i = 0, place = 1; i < active.size(); ++i) {
    if (!active[i])
      continue;
    Numbers unit(active.size());
    unit[i] = 1;
    State tangent = run(tangentForm, start(unit));
    if (place < want.size())
      same("tangent along " + std::to_string(i), tangent.dy, {want[place]}, tolerance);
    ++place;
  }
}

static double dot(const Numbers &a, const Numbers &b, double &scale) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    sum += a[i] * b[i];
    scale += std::abs(a[i] * b[i]);
  }
  return sum;
}

/// ⟨ȳ, ẏ⟩ and ⟨x̄, ẋ⟩
static std::pair<Numbers, Numbers> bothSides(const Numbers &seedX, const Numbers &seedY, const Numbers &tangentX,
                                             const Numbers &tangentY, const Numbers &adjoint, const Numbers &direction,
                                             double &scale) {
  double left = dot(seedX, tangentX, scale) + dot(seedY, tangentY, scale);
  return {{left}, {dot(adjoint, direction, scale)}};
}

void LawChecker::checkDirect() {
  direction = random(active);
  seed = random(inMemory);
  forward = run(tangentForm, start(direction));
  samePrimal("tangent", forward, primal);
  reverse = run(gradientForm, start(seed));
  samePrimal("gradient", reverse, primal);
  // The tangent of an argument passed by value stays what it was, and its seed is none.
  double scale = 0;
  auto [left, right] = bothSides(seed, {1}, forward.dx, forward.dy, reverse.dx, direction, scale);
  same("dot product of gradient", right, left, tolerance * (1 + scale));
  State again = run(gradientForm, start(seed));
  same("gradient, again", again.dx, reverse.dx, 0);
}

void LawChecker::checkCentralDifference() {
  Numbers best;
  // Roundoff and curvature ask for different steps; one of them should do.
  double error = INFINITY, step = std::cbrt(tolerance) * 1e-2, scale = 1;
  Numbers differences;
  for (double h : {step, 10 * step, 0.1 * step}) {
    State ends[2];
    for (int side : {0, 1}) {
      State moved = start();
      for (size_t i = 0; i < moved.x.size(); ++i)
        moved.x[i] += (side ? h : -h) * direction[i];
      ends[side] = run(primalForm, moved);
    }
    Numbers numbers{(ends[1].y[0] - ends[0].y[0]) / (2 * h)}, want{forward.dy};
    for (size_t i = 0; i < active.size(); ++i)
      if (inMemory[i]) {
        numbers.push_back((ends[1].x[i] - ends[0].x[i]) / (2 * h));
        want.push_back(forward.dx[i]);
      }
    Numbers gap;
    for (size_t i = 0; i < want.size(); ++i)
      gap.push_back(want[i] - numbers[i]);
    scale = 1 + norm(want);
    if (norm(gap) < error)
      error = norm(gap), differences = numbers, best = want;
  }
  if (!(error <= std::pow(tolerance, 0.5555) * scale))
    same("tangent against central difference", best, differences, std::pow(tolerance, 0.5555) / 10);
}

void LawChecker::checkAsCallee() {
  State once = run(reverseForm, start(seed, {1}));
  samePrimal("reverse", once, primal);
  same("reverse as a callee", once.dx, reverse.dx, tolerance);
  State split = run(splitForm, start(seed, {1}));
  samePrimal("split", split, primal);
  same("split reverse", split.dx, reverse.dx, tolerance);
  State tangent = run(tangent1Form, start(direction, {0}));
  samePrimal("tangent of the caller", tangent, primal);
  same("tangent of the caller", tangent.dx, forward.dx, tolerance);
  same("tangent of the caller's result", tangent.dy, forward.dy, tolerance);
}

void LawChecker::checkLanes() {
  Numbers seed2 = random(inMemory), direction2 = random(active), direction3 = random(active);
  Numbers seeds = seed;
  seeds.insert(seeds.end(), seed2.begin(), seed2.end());
  State two = run(reverse2Form, start(seeds, {1, 0.5}));
  samePrimal("reverse of width 2", two, primal);
  same("first lane of reverse", lane(two.dx, 0), reverse.dx, tolerance);

  Numbers directions = direction;
  directions.insert(directions.end(), direction2.begin(), direction2.end());
  directions.insert(directions.end(), direction3.begin(), direction3.end());
  State three = run(tangent3Form, start(directions, {0, 0, 0}));
  samePrimal("tangent of width 3", three, primal);
  same("first lane of tangent", lane(three.dx, 0), forward.dx, tolerance);
  same("first lane of the result's tangent", {three.dy[0]}, forward.dy, tolerance);
  for (unsigned k : {1u, 2u}) {
    double scale = 0;
    auto [left, right] = bothSides(seed2, {0.5}, lane(three.dx, k), {three.dy[k]}, lane(two.dx, 1),
                                   k == 1 ? direction2 : direction3, scale);
    same("dot product of lane " + std::to_string(k), right, left, tolerance * (1 + scale));
  }
}

/// Two calls after each other: the second sees what the first left in memory.
void LawChecker::checkTwice() {
  State tangent = run(tangent1Form, start(direction, {0}), 2);
  State back = run(reverseForm, start(seed, {1}), 2);
  samePrimal("two rounds", back, tangent);
  double scale = 0;
  auto [left, right] = bothSides(seed, {1}, tangent.dx, tangent.dy, back.dx, direction, scale);
  same("dot product of two rounds", right, left, tolerance * (1 + scale));
  State split = run(splitForm, start(seed, {1}), 2);
  same("split reverse of two rounds", split.dx, back.dx, tolerance);
}

std::string LawChecker::check() {
  primal = run(primalForm, start());
  if (laboratory.complaint().empty() && example.kind == Example::Eval)
    checkWritten();
  if (laboratory.complaint().empty())
    checkDirect();
  if (laboratory.complaint().empty())
    checkCentralDifference();
  if (laboratory.complaint().empty())
    checkAsCallee();
  if (laboratory.complaint().empty() && wide)
    checkLanes();
  if (laboratory.complaint().empty())
    checkTwice();
  return problems + laboratory.complaint();
}

static std::unique_ptr<Module> parse(StringRef text, LLVMContext &context, std::string &problem) {
  SMDiagnostic error;
  std::unique_ptr<Module> module = parseAssemblyString(text, error, context);
  if (!module) {
    raw_string_ostream os(problem);
    error.print("example", os);
  }
  return module;
}

static std::string print(const Module &module) {
  std::string text;
  raw_string_ostream(text) << module;
  return text;
}

/// The functions of the program itself, printed.
static std::string printSubjects(const Module &module) {
  std::string text;
  raw_string_ostream os(text);
  for (const Function &function : module)
    if (!function.isDeclaration() && !function.getName().starts_with("form."))
      os << function;
  return text;
}

static std::string checkRefusal(StringRef text, const Example &example, bool optimised) {
  LLVMContext context;
  std::string errors, problem;
  collectErrors(context, errors);
  std::unique_ptr<Module> module = parse(text, context, problem);
  if (!module)
    return problem;
  std::string before = printSubjects(*module);
  problem = addGradientForm(*module, example);
  if (!problem.empty())
    return problem;
  if (differentiateModule(*module, optimised, errors).empty())
    return "was not refused";
  if (!StringRef(errors).contains(example.message))
    return "expected a diagnostic with '" + example.message + "', not:\n" + errors;
  if (!optimised && printSubjects(*module) != before)
    return "the refusal changed the module:\n" + printSubjects(*module);
  return "";
}

std::string checkExamples(StringRef text, std::string *printed) {
  std::string problems;
  ExampleFile file = readExamples(text, problems);
  if (file.examples.empty() && problems.empty())
    problems = "no examples";
  if (!problems.empty())
    return problems;
  auto context = std::make_unique<LLVMContext>();
  std::string errors;
  collectErrors(*context, errors);
  std::unique_ptr<Module> module = parse(text, *context, problems);
  if (!module)
    return problems;
  // Attributes and types of the subjects, which the laws speak of.
  LLVMContext subjectContext;
  std::unique_ptr<Module> subjects = parse(text, subjectContext, problems);
  bool anyNumbers = false;
  for (const Example &example : file.examples) {
    problems = example.kind == Example::Refuse ? checkRefusal(text, example, file.optimised)
                                               : (anyNumbers = true, addForms(*module, example, file.wide));
    if (!problems.empty())
      return "line " + std::to_string(example.line) + ": " + problems;
  }
  if (!anyNumbers)
    return "";
  problems = differentiateModule(*module, file.optimised, errors);
  if (printed)
    *printed = print(*module);
  if (!problems.empty())
    return problems;
  Laboratory laboratory(std::move(module), std::move(context));
  if (!laboratory.complaint().empty())
    return laboratory.complaint();
  for (const Example &example : file.examples) {
    if (example.kind == Example::Refuse)
      continue;
    std::string wrong = LawChecker(laboratory, example, *subjects->getFunction(example.function), file).check();
    if (!wrong.empty())
      problems += "line " + std::to_string(example.line) + ":\n" + wrong;
  }
  return problems;
}

std::string inChild(unsigned seconds, function_ref<std::string()> work) {
  int ends[2];
  if (pipe(ends))
    return "no pipe";
  fflush(nullptr);
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    alarm(seconds);
    std::string text = work();
    for (size_t at = 0; at < text.size();) {
      ssize_t written = write(ends[1], text.data() + at, text.size() - at);
      if (written <= 0)
        break;
      at += written;
    }
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, count);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status))
    text +=
        WTERMSIG(status) == SIGALRM ? "took too long\n" : std::string("crashed: ") + strsignal(WTERMSIG(status)) + "\n";
  else if (WEXITSTATUS(status))
    text += "exited with " + std::to_string(WEXITSTATUS(status)) + "\n";
  return text;
}
