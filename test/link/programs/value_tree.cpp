// A tree as of a JSON document: values that hold a number, a string, a list of values and a map of values,
// copied, moved and erased. All of it is one memory to an analysis of pointers, the short strings' own memory is not.
#include "check.h"
#include <map>
#include <numeric>
#include <string>
#include <vector>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

struct Value {
  enum Kind { Number, Text, List, Object } kind = Number;
  double number = 0;
  std::string text;
  std::vector<Value> list;
  std::map<std::string, Value> members;

  Value() = default;
  Value(double d) : number(d) {}
  Value(const char *s) : kind(Text), text(s) {}
  Value(std::vector<Value> v) : kind(List), list(std::move(v)) {}
  Value &operator[](const std::string &name) {
    kind = Object;
    return members[name];
  }
  const Value &at(const std::string &name) const { return members.at(name); }

  double sum() const {
    switch (kind) {
    case Number:
      return number;
    case Text:
      return text.size() * 0.1;
    case List:
      return std::accumulate(list.begin(), list.end(), 0.0,
                             [](double s, const Value &v) { return s + v.sum() * v.sum(); });
    case Object:
      break;
    }
    double s = 0;
    for (auto &[name, value] : members)
      s += value.sum() * name.size();
    return s;
  }
};

static double tree(const double *x, int) {
  Value v;
  v["name"] = "model";
  v["description"] = "text that is too long for the memory of the string object itself";
  v["rate"] = x[0] * x[1];
  v["weights"] = std::vector<Value>{x[2], x[3] * 2, "skip", x[0]};
  v["nested"]["a"] = x[1];
  v["nested"]["b"]["c"] = std::vector<Value>{x[0] * x[3], std::vector<Value>{x[1], x[2]}};
  Value w = v;
  w["nested"]["a"].number *= 3;
  w.members.erase("name");
  v = std::move(w);
  return v.sum() + v.at("nested").at("a").number * v.at("rate").number;
}

int main() {
  constexpr int N = 4;
  double x[N] = {0.31, 0.53, 0.72, 1.17}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff((void *)tree, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double tangent[N] = {};
    tangent[i] = 1;
    forward[i] = __enzyme_fwddiff((void *)tree, enzyme_dup, x, tangent, enzyme_const, N);
    want[i] = DIFFERENCE(tree(x, N), x[i]);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
