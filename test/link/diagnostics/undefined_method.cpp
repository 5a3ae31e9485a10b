// C++ names are shown as the user wrote them.
// expect-error: Model::evaluate(double)
// expect-error: [no-rule]
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);

struct Model {
  double scale;
  double evaluate(double x) const; // defined nowhere
};

static double f(double x) { return Model{x}.evaluate(x); }

int main() { return __enzyme_autodiff<double>((void *)f, 2.0) > 0; }
