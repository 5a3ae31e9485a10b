// The width must be a constant.
// expect-error: enzyme_width
// expect-error: [width-not-constant]
extern int enzyme_width, enzyme_dup;
extern double __enzyme_fwddiff(void *, ...);

static double square(double x) { return x * x; }

int main(int argc, char **argv) {
  (void)argv;
  return __enzyme_fwddiff((void *)square, enzyme_width, argc, enzyme_dup, 2.0, 1.0) > 0;
}
