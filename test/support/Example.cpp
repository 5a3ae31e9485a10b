#include "test/support/Example.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <optional>

using namespace llvm;

static void skipBlanks(StringRef &text) { text = text.ltrim(" ,"); }

static std::optional<double> takeNumber(StringRef &text) {
  skipBlanks(text);
  StringRef token = text.take_while([](char c) { return isAlnum(c) || c == '.' || c == '-' || c == '+'; });
  double number = 0;
  if (token.empty() || token.getAsDouble(number))
    return std::nullopt;
  text = text.drop_front(token.size());
  return number;
}

/// `2, [1, 5], 3)`
static bool takeArguments(StringRef &text, Example &example) {
  for (skipBlanks(text); !text.consume_front(")"); skipBlanks(text)) {
    Example::Argument argument;
    argument.at = example.numbers.size();
    argument.isList = text.consume_front("[");
    do {
      std::optional<double> number = takeNumber(text);
      if (!number)
        return false;
      example.numbers.push_back(*number);
      skipBlanks(text);
    } while (argument.isList && !text.consume_front("]"));
    argument.size = example.numbers.size() - argument.at;
    example.arguments.push_back(argument);
  }
  return true;
}

/// `= 6  grad 3 [0 1] 2`
static bool takeExpectation(StringRef text, Example &example) {
  while (!text.empty()) {
    if (std::optional<double> number = takeNumber(text))
      example.expected.push_back(*number);
    else if (!text.consume_front("=") && !text.consume_front("grad") && !text.consume_front("[") &&
             !text.consume_front("]"))
      return text.trim().empty();
  }
  return true;
}

static bool takeExample(StringRef text, Example &example) {
  size_t name = text.find('(');
  if (name == StringRef::npos)
    return false;
  example.function = text.take_front(name).str();
  text = text.drop_front(name + 1);
  if (!takeArguments(text, example))
    return false;
  if (example.kind == Example::Eval)
    return takeExpectation(text, example);
  example.message = text.trim().str();
  return true;
}

ExampleFile readExamples(StringRef text, std::string &complaint) {
  ExampleFile file;
  SmallVector<StringRef> lines;
  text.split(lines, '\n');
  for (auto [index, line] : enumerate(lines)) {
    Example example;
    example.line = index + 1;
    bool good = true;
    if (line.consume_front("; tolerance "))
      good = !line.trim().getAsDouble(file.tolerance);
    else if (line.trim() == "; optimised")
      file.optimised = true;
    else if (line.trim() == "; width 1")
      file.wide = false;
    else if (line.consume_front("; eval @"))
      example.kind = Example::Eval, good = takeExample(line, example);
    else if (line.consume_front("; refuse @"))
      example.kind = Example::Refuse, good = takeExample(line, example);
    else if (line.consume_front("; check @"))
      example.kind = Example::Check, good = takeExample(line, example);
    if (!good)
      complaint = "cannot read line " + std::to_string(index + 1);
    if (good && !example.function.empty())
      file.examples.push_back(std::move(example));
  }
  return file;
}
