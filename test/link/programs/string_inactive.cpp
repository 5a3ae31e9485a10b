// Strings, streams and formatting inside f: text decides what is computed but has no derivative.
#include "check.h"
#include <sstream>
#include <string>
#include <vector>

extern int enzyme_out, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double evaluate(const char *text, double x) {
  std::string expression(text), word;
  std::istringstream words(expression);
  std::vector<double> stack;
  std::ostringstream log;
  while (words >> word) {
    log << word << ' ';
    if (word == "x")
      stack.push_back(x);
    else if (word == "sin")
      stack.back() = sin(stack.back());
    else if (word == "mul" || word == "add") {
      double top = stack.back();
      stack.pop_back();
      stack.back() = word == "mul" ? stack.back() * top : stack.back() + top;
    } else
      stack.push_back(std::stod(word));
    log << stack.back() << '\n';
  }
  return log.str().empty() ? 0 : stack[0] * expression.size();
}

int main() {
  for (const char *text : {"x", "x 2.5 mul sin", "x x mul 3 add x sin mul", "1.5 x x mul add x add sin"}) {
    double x = 0.7, want = DIFFERENCE(evaluate(text, x), x);
    checkDifference("reverse", __enzyme_autodiff<double>((void *)evaluate, enzyme_const, text, enzyme_out, x), want);
    checkDifference("forward", __enzyme_fwddiff<double>((void *)evaluate, enzyme_const, text, x, 1.0), want);
  }
  return checkResult();
}
