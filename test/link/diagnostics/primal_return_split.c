// enzyme_primal_return on the second pass of split mode: the first one has returned the primal.
// expect-error: enzyme_primal_return
extern int enzyme_primal_return, enzyme_out;
struct augmented {
  void *tape;
  double primal;
};
struct result {
  double primal, dx;
};
extern struct augmented __enzyme_augmentfwd(void *, ...);
extern struct result __enzyme_reverse(void *, ...);

static double square(double x) { return x * x; }

int main(void) {
  struct augmented a = __enzyme_augmentfwd((void *)square, enzyme_out, 2.0);
  return __enzyme_reverse((void *)square, enzyme_primal_return, enzyme_out, 2.0, 1.0, a.tape).dx > 0;
}
