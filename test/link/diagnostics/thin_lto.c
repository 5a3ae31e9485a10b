// ThinLTO bitcode never reaches the plugin's full-LTO stage: the message says which flag to change.
// compile-flags: -flto=thin
// expect-error: thin_lto
// expect-error: -flto=full
// expect-error: [thin-lto]
extern double __enzyme_autodiff(void *, ...);

static double square(double x) { return x * x; }

int main(void) { return __enzyme_autodiff((void *)square, 2.0) > 0; }
