// compile-flags: -fno-lto
double compiledAway(double x) { return x * x; }
