// The caller's tape buffer is smaller than __enzyme_augmentsize says.
// expect-error: 'repeat'
// expect-error: [tape-size]
extern int enzyme_dup, enzyme_const, enzyme_tape, enzyme_allocated;
extern void __enzyme_augmentfwd(void *, ...);
extern void __enzyme_reverse(void *, ...);

static void repeat(double *x, int n) {
  for (int i = 0; i < n; ++i)
    *x = *x * *x;
}

int main(int argc, char **argv) {
  (void)argv;
  char buffer[1];
  double x = 2, dx = 1;
  __enzyme_augmentfwd((void *)repeat, enzyme_allocated, 1L, enzyme_tape, buffer, enzyme_dup, &x, &dx, enzyme_const,
                      argc);
  __enzyme_reverse((void *)repeat, enzyme_allocated, 1L, enzyme_tape, buffer, enzyme_dup, &x, &dx, enzyme_const, argc);
  return dx > 0;
}
