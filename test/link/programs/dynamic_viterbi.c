// Hidden Markov model: Viterbi by maxima with back pointers, and the forward algorithm by log-sum-exp.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { S = 3, T = 6 };

static double viterbi(const double *transition, const int *observed) {
  double score[T][S];
  int from[T][S], state = 0;
  for (int s = 0; s < S; ++s)
    score[0][s] = -s * 0.5;
  for (int t = 1; t < T; ++t)
    for (int s = 0; s < S; ++s) {
      from[t][s] = 0;
      for (int r = 1; r < S; ++r)
        if (score[t - 1][r] + transition[r * S + s] > score[t - 1][from[t][s]] + transition[from[t][s] * S + s])
          from[t][s] = r;
      score[t][s] = score[t - 1][from[t][s]] + transition[from[t][s] * S + s] + (observed[t] == s ? 0.3 : -0.7);
    }
  for (int s = 1; s < S; ++s)
    if (score[T - 1][s] > score[T - 1][state])
      state = s;
  double path = score[T - 1][state];
  for (int t = T - 1; t > 0; --t) {
    path += 0.1 * transition[state] * t;
    state = from[t][state];
  }
  return path;
}

static double forwardSum(const double *transition, const int *observed) {
  double a[S] = {0, -0.5, -1};
  for (int t = 1; t < T; ++t) {
    double b[S];
    for (int s = 0; s < S; ++s) {
      double m = -INFINITY, sum = 0;
      for (int r = 0; r < S; ++r)
        m = fmax(m, a[r] + transition[r * S + s]);
      for (int r = 0; r < S; ++r)
        sum += exp(a[r] + transition[r * S + s] - m);
      b[s] = m + log(sum) + (observed[t] == s ? 0.3 : -0.7);
    }
    for (int s = 0; s < S; ++s)
      a[s] = b[s];
  }
  return a[0] + a[1] * a[2];
}

int main(void) {
  double p[S * S] = {-0.2, -1.7, -2.4, -0.9, -0.8, -1.9, -1.1, -2.2, -0.45};
  int observed[T] = {0, 2, 1, 1, 0, 2};
  double d[2][S * S] = {{0}}, want[2][S * S], forward[2][S * S];
  __enzyme_autodiff((void *)viterbi, enzyme_dup, p, d[0], enzyme_const, observed);
  __enzyme_autodiff((void *)forwardSum, enzyme_dup, p, d[1], enzyme_const, observed);
  for (int i = 0; i < S * S; ++i) {
    double e[S * S] = {0};
    e[i] = 1;
    want[0][i] = DIFFERENCE(viterbi(p, observed), p[i]);
    want[1][i] = DIFFERENCE(forwardSum(p, observed), p[i]);
    forward[0][i] = __enzyme_fwddiff((void *)viterbi, enzyme_dup, p, e, enzyme_const, observed);
    forward[1][i] = __enzyme_fwddiff((void *)forwardSum, enzyme_dup, p, e, enzyme_const, observed);
  }
  checkArrayDifference("viterbi reverse", d[0], want[0], S * S);
  checkArrayDifference("viterbi forward", forward[0], want[0], S * S);
  checkArrayDifference("log-sum-exp reverse", d[1], want[1], S * S);
  checkArrayDifference("log-sum-exp forward", forward[1], want[1], S * S);
  return checkResult();
}
