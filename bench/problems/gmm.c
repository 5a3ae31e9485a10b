/* Gaussian mixture model, log-likelihood with a Wishart prior (ADBench, Srajer et al. 2018).
 *
 * Points x_i in R^d are explained by K Gaussians with weights softmax(alpha), means mu_k and inverse
 * covariances Q_k^T Q_k, where Q_k is lower triangular: its diagonal is exp(q_k), which keeps it
 * positive, and below the diagonal stand the free numbers l_k. Up to constants
 *
 *   L = sum_i lse_k( alpha_k + sum(q_k) - |Q_k (x_i - mu_k)|^2 / 2 ) - n lse(alpha)
 *       + sum_k ( gamma^2/2 (|exp q_k|^2 + |l_k|^2) - m sum(q_k) )
 *
 * with lse the logarithm of a sum of exponentials. Active: alpha, mu, q and l. The parameters of a
 * Gaussian are stored as in ADBench: q_k, then the columns of the strict lower triangle.
 */
#include "problem.h"
#include <math.h>
#include <string.h>

struct Gmm {
  int d, k, n;
  const double *points;
  double gamma;
  int m;
  /* Workspace of the hand-written gradient. */
  double *centred, *product, *term, *diagonal, *diagonalBar, *logDeterminant;
};

static int triangleSize(int d) { return d * (d - 1) / 2; }

static double logSumExp(int n, const double *v) {
  double largest = v[0];
  for (int i = 1; i < n; ++i)
    if (v[i] > largest)
      largest = v[i];
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += exp(v[i] - largest);
  return largest + log(sum);
}

/* out = Q v, column by column. */
static void multiplyTriangle(int d, const double *diagonal, const double *lower, const double *v,
                             double *restrict out) {
  for (int i = 0; i < d; ++i)
    out[i] = diagonal[i] * v[i];
  for (int i = 0; i < d; ++i) {
    for (int j = i + 1; j < d; ++j)
      out[j] += lower[j - i - 1] * v[i];
    lower += d - i - 1;
  }
}

static double squaredNorm(int n, const double *v) {
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += v[i] * v[i];
  return sum;
}

static double wishartPrior(int d, int k, double gamma, int m, const double *logDeterminant, const double *diagonal,
                           const double *covariance) {
  int size = d + triangleSize(d);
  double sum = 0;
  for (int ik = 0; ik < k; ++ik) {
    double frobenius = squaredNorm(d, &diagonal[ik * d]) + squaredNorm(size - d, &covariance[ik * size + d]);
    sum += 0.5 * gamma * gamma * frobenius - m * logDeterminant[ik];
  }
  return sum;
}

static double logLikelihood(int d, int k, int n, const double *alphas, const double *means, const double *covariance,
                            const double *points, double gamma, int m) {
  int size = d + triangleSize(d);
  double *diagonal = malloc(sizeof(double) * k * d);
  double *logDeterminant = malloc(sizeof(double) * k);
  double *centred = malloc(sizeof(double) * d);
  double *product = malloc(sizeof(double) * d);
  double *term = malloc(sizeof(double) * k);

  for (int ik = 0; ik < k; ++ik) {
    logDeterminant[ik] = 0;
    for (int i = 0; i < d; ++i) {
      logDeterminant[ik] += covariance[ik * size + i];
      diagonal[ik * d + i] = exp(covariance[ik * size + i]);
    }
  }
  double sum = 0;
  for (int ix = 0; ix < n; ++ix) {
    for (int ik = 0; ik < k; ++ik) {
      for (int i = 0; i < d; ++i)
        centred[i] = points[ix * d + i] - means[ik * d + i];
      multiplyTriangle(d, &diagonal[ik * d], &covariance[ik * size + d], centred, product);
      term[ik] = alphas[ik] + logDeterminant[ik] - 0.5 * squaredNorm(d, product);
    }
    sum += logSumExp(k, term);
  }
  sum += wishartPrior(d, k, gamma, m, logDeterminant, diagonal, covariance) - n * logSumExp(k, alphas);

  free(term);
  free(product);
  free(centred);
  free(logDeterminant);
  free(diagonal);
  return sum;
}

static const double *meansOf(const struct Gmm *s, const double *x) { return x + s->k; }
static const double *covarianceOf(const struct Gmm *s, const double *x) { return x + s->k + s->k * s->d; }

static void primal(const struct Problem *p, double *y) {
  const struct Gmm *s = p->data;
  y[0] = logLikelihood(s->d, s->k, s->n, p->x, meansOf(s, p->x), covarianceOf(s, p->x), s->points, s->gamma, s->m);
}

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  const struct Gmm *s = p->data;
  memset(g, 0, sizeof(double) * p->entries);
  __enzyme_autodiff((void *)logLikelihood, enzyme_const, s->d, enzyme_const, s->k, enzyme_const, s->n, enzyme_dup, p->x,
                    g, enzyme_dup, meansOf(s, p->x), meansOf(s, g), enzyme_dup, covarianceOf(s, p->x),
                    covarianceOf(s, g), enzyme_const, s->points, enzyme_const, s->gamma, enzyme_const, s->m);
}
#endif

/* Replaces v by softmax(v) in place. */
static void softmax(int n, double *v) {
  double largest = v[0], sum = 0;
  for (int i = 1; i < n; ++i)
    largest = v[i] > largest ? v[i] : largest;
  for (int i = 0; i < n; ++i)
    sum += v[i] = exp(v[i] - largest);
  for (int i = 0; i < n; ++i)
    v[i] /= sum;
}

/* One column of the adjoint of z = Q c: with the entries l below the diagonal,
 *   lBar += zBar c_i   and the result is   sum_j l_j zBar_j. */
static double columnAdjoint(int n, const double *lower, double *restrict lowerBar, const double *productBar,
                            double centred) {
  pair c = {centred, centred}, sum0 = {0, 0}, sum1 = {0, 0};
  int j = 0;
  for (; j + 4 <= n; j += 4) {
    pair bar0 = loadPair(productBar + j), bar1 = loadPair(productBar + j + 2);
    sum0 += loadPair(lower + j) * bar0;
    sum1 += loadPair(lower + j + 2) * bar1;
    storePair(lowerBar + j, loadPair(lowerBar + j) + bar0 * c);
    storePair(lowerBar + j + 2, loadPair(lowerBar + j + 2) + bar1 * c);
  }
  if (j + 2 <= n) {
    pair bar = loadPair(productBar + j);
    sum0 += loadPair(lower + j) * bar;
    storePair(lowerBar + j, loadPair(lowerBar + j) + bar * c);
    j += 2;
  }
  double sum = sumPair(sum0 + sum1);
  if (j < n) {
    sum += lower[j] * productBar[j];
    lowerBar[j] += productBar[j] * centred;
  }
  return sum;
}

/* The adjoint of term = ... - |z|^2/2 with z = Q c, c = x - mu, for weight w = d L / d term:
 *   zBar = -w z,  qBar += w + ...,  cBar = Q^T zBar,  QBar += zBar c^T,  muBar -= cBar.
 * The diagonal's adjoint is taken through exp once, at the end. */
static void termAdjoint(int d, double weight, const double *diagonal, const double *lower, const double *centred,
                        double *restrict product, double *restrict meanBar, double *restrict diagonalBar,
                        double *restrict lowerBar) {
  for (int i = 0; i < d; ++i) {
    product[i] *= -weight;
    diagonalBar[i] += product[i] * centred[i];
  }
  for (int i = 0; i < d; ++i) {
    int below = d - i - 1;
    meanBar[i] -= diagonal[i] * product[i] + columnAdjoint(below, lower, lowerBar, product + i + 1, centred[i]);
    lower += below;
    lowerBar += below;
  }
}

/* Diagonals, their exponentials and what depends on the parameters alone: prior and lse(alpha). */
static void handPrior(const struct Gmm *s, const double *alphas, const double *covariance, double *alphaBar,
                      double *covarianceBar) {
  int d = s->d, k = s->k, size = d + triangleSize(d);
  memcpy(s->term, alphas, sizeof(double) * k);
  softmax(k, s->term);
  double square = s->gamma * s->gamma;
  for (int ik = 0; ik < k; ++ik) {
    alphaBar[ik] = -s->n * s->term[ik];
    s->logDeterminant[ik] = 0;
    for (int i = 0; i < d; ++i) {
      double q = covariance[ik * size + i];
      s->logDeterminant[ik] += q;
      s->diagonal[ik * d + i] = exp(q);
      s->diagonalBar[ik * d + i] = square * s->diagonal[ik * d + i];
      covarianceBar[ik * size + i] = -s->m;
    }
    for (int i = d; i < size; ++i)
      covarianceBar[ik * size + i] = square * covariance[ik * size + i];
  }
}

/* One point: all terms, their softmax (the weights), then the adjoint of each term while the
 * vectors are still in cache. */
static void handPoint(const struct Gmm *s, const double *point, const double *alphas, const double *means,
                      const double *covariance, double *alphaBar, double *meanBar, double *covarianceBar) {
  int d = s->d, k = s->k, size = d + triangleSize(d);
  for (int ik = 0; ik < k; ++ik) {
    double *centred = &s->centred[ik * d], *product = &s->product[ik * d];
    for (int i = 0; i < d; ++i)
      centred[i] = point[i] - means[ik * d + i];
    multiplyTriangle(d, &s->diagonal[ik * d], &covariance[ik * size + d], centred, product);
    s->term[ik] = alphas[ik] + s->logDeterminant[ik] - 0.5 * squaredNorm(d, product);
  }
  softmax(k, s->term);
  for (int ik = 0; ik < k; ++ik) {
    alphaBar[ik] += s->term[ik];
    termAdjoint(d, s->term[ik], &s->diagonal[ik * d], &covariance[ik * size + d], &s->centred[ik * d],
                &s->product[ik * d], &meanBar[ik * d], &s->diagonalBar[ik * d], &covarianceBar[ik * size + d]);
  }
}

/* sum(q_k) enters every term that alpha_k enters, so its adjoint is the weight total of k: alphaBar
 * without the lse(alpha) part. */
static void hand(const struct Problem *p, double *g) {
  const struct Gmm *s = p->data;
  int d = s->d, k = s->k, size = d + triangleSize(d);
  const double *alphas = p->x, *means = meansOf(s, p->x), *covariance = covarianceOf(s, p->x);
  double *meanBar = g + k, *covarianceBar = g + k + k * d;

  memset(meanBar, 0, sizeof(double) * k * d);
  handPrior(s, alphas, covariance, g, covarianceBar);
  for (int ik = 0; ik < k; ++ik)
    for (int i = 0; i < d; ++i)
      covarianceBar[ik * size + i] -= g[ik];
  for (int ix = 0; ix < s->n; ++ix)
    handPoint(s, &s->points[ix * d], alphas, means, covariance, g, meanBar, covarianceBar);
  for (int ik = 0; ik < k; ++ik)
    for (int i = 0; i < d; ++i)
      covarianceBar[ik * size + i] += g[ik] + s->diagonalBar[ik * d + i] * s->diagonal[ik * d + i];
}

static void setup(struct Problem *p, enum Size size) {
  struct Gmm *s = p->data = allocate(1, sizeof *s);
  uint64_t seed = 1;
  s->d = p->variant;
  s->k = p->variant == 10 ? 200 : 25;
  s->n = 1000;
  if (size == SIZE_QUICK)
    s->k = 5, s->n = 40;
  s->gamma = 1.0;
  s->m = 2;
  double *points = reals((size_t)s->n * s->d);
  fill(&seed, points, (size_t)s->n * s->d, 0, 1);
  s->points = points;
  s->centred = reals(s->k * s->d);
  s->product = reals(s->k * s->d);
  s->term = reals(s->k);
  s->diagonal = reals(s->k * s->d);
  s->diagonalBar = reals(s->k * s->d);
  s->logDeterminant = reals(s->k);

  p->inputs = p->entries = s->k + s->k * s->d + (size_t)s->k * (s->d + triangleSize(s->d));
  p->outputs = 1;
  p->x = reals(p->inputs);
  fill(&seed, p->x, s->k + s->k * s->d, 0, 1);
  fill(&seed, (double *)covarianceOf(s, p->x), p->inputs - s->k - s->k * s->d, -0.3, 0.3);
}

BENCH_EXPORT struct Problem *bench_gmm(void) {
  static struct Problem problems[] = {{.name = "gmm10",
                                       .title = "GMM log-likelihood, d=10 K=200",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand,
                                       .variant = 10},
                                      {.name = "gmm64",
                                       .title = "GMM log-likelihood, d=64 K=25",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand,
                                       .variant = 64},
                                      {.name = NULL}};
  return problems;
}
