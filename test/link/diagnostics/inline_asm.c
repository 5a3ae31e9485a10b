// Inline assembly computes with an active value.
// expect-error: 'scaled'
// expect-error: [inline-asm]
extern double __enzyme_autodiff(void *, ...);

static double scaled(double x) {
  __asm__("addsd %0, %0" : "+x"(x));
  return x * x;
}

int main(void) { return __enzyme_autodiff((void *)scaled, 2.0) > 0; }
