// How much of a substance is left after a time, in C.
#include <math.h>

double decay(double amount, double rate, double time) { return amount * exp(-rate * time); }
