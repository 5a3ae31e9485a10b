/* Bundle adjustment: the sparse Jacobian of reprojection errors (ADBench, Srajer et al. 2018).
 *
 * A camera (rotation vector r, centre C, focal length f, principal point u0, radial distortion k1 k2)
 * sees a point X of weight w at pixel m. Its two residuals and the weight's own one are
 *
 *   e = w (project(camera, X) - m),      c = 1 - w^2.
 *
 *   Xc = R(r) (X - C)        rotation by Rodrigues' formula
 *   q  = Xc.xy / Xc.z        perspective
 *   s  = q (1 + k1 |q|^2 + k2 |q|^4) f + u0
 *
 * Each observation gives a dense block of 2 x (11 + 3 + 1) derivatives and the single dc/dw. The block
 * takes two reverse sweeps, one per residual.
 */
#include "problem.h"
#include <math.h>
#include <string.h>

enum { CAMERA = 11, ROTATION = 0, CENTRE = 3, FOCAL = 6, PRINCIPAL = 7, RADIAL = 9 };
enum { BLOCK = CAMERA + 3 + 1 };

struct Adjustment {
  int cameras, points, observations;
  const int *seenBy, *seen;
  const double *pixels;
};

static double dot3(const double *a, const double *b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void cross(const double *a, const double *b, double *out) {
  out[0] = a[1] * b[2] - a[2] * b[1];
  out[1] = a[2] * b[0] - a[0] * b[2];
  out[2] = a[0] * b[1] - a[1] * b[0];
}

/* out = p cos t + (u x p) sin t + u (u . p) (1 - cos t), t = |r|, u = r / t. */
static void rotate(const double *r, const double *p, double *out) {
  double square = dot3(r, r);
  double rotated[3];
  if (square == 0) {
    cross(r, p, rotated);
    for (int i = 0; i < 3; ++i)
      out[i] = p[i] + rotated[i];
    return;
  }
  double theta = sqrt(square), c = cos(theta), s = sin(theta);
  double u[3] = {r[0] / theta, r[1] / theta, r[2] / theta};
  cross(u, p, rotated);
  double along = dot3(u, p) * (1 - c);
  for (int i = 0; i < 3; ++i)
    out[i] = p[i] * c + rotated[i] * s + u[i] * along;
}

static void project(const double *camera, const double *point, double *out) {
  double offset[3], seen[3];
  for (int i = 0; i < 3; ++i)
    offset[i] = point[i] - camera[CENTRE + i];
  rotate(&camera[ROTATION], offset, seen);
  double qx = seen[0] / seen[2], qy = seen[1] / seen[2];
  double square = qx * qx + qy * qy;
  double distortion = 1 + camera[RADIAL] * square + camera[RADIAL + 1] * square * square;
  out[0] = qx * distortion * camera[FOCAL] + camera[PRINCIPAL];
  out[1] = qy * distortion * camera[FOCAL] + camera[PRINCIPAL + 1];
}

static void residual(const double *camera, const double *point, const double *weight, const double *pixel,
                     double *error) {
  project(camera, point, error);
  error[0] = *weight * (error[0] - pixel[0]);
  error[1] = *weight * (error[1] - pixel[1]);
}

static void weightResidual(const double *weight, double *error) { *error = 1 - *weight * *weight; }

/* Inputs: cameras, then points, then weights. */
static const double *cameraOf(const struct Adjustment *s, const double *x, int observation) {
  return x + CAMERA * s->seenBy[observation];
}
static const double *pointOf(const struct Adjustment *s, const double *x, int observation) {
  return x + CAMERA * s->cameras + 3 * s->seen[observation];
}
static const double *weightOf(const struct Adjustment *s, const double *x, int observation) {
  return x + CAMERA * s->cameras + 3 * s->points + observation;
}

static void primal(const struct Problem *p, double *y) {
  const struct Adjustment *s = p->data;
  for (int i = 0; i < s->observations; ++i) {
    const double *weight = weightOf(s, p->x, i);
    residual(cameraOf(s, p->x, i), pointOf(s, p->x, i), weight, &s->pixels[2 * i], &y[2 * i]);
    weightResidual(weight, &y[2 * s->observations + i]);
  }
}

/* Jacobian entries: per observation the gradients of its two residuals, each [camera, point, weight];
 * then all dc/dw. */
static void apply(const struct Problem *p, const double *g, const double *v, double *dy) {
  const struct Adjustment *s = p->data;
  for (int row = 0; row < 2 * s->observations; ++row, g += BLOCK) {
    const double *camera = cameraOf(s, v, row / 2);
    dy[row] = dot3(g + CAMERA, pointOf(s, v, row / 2)) + g[CAMERA + 3] * *weightOf(s, v, row / 2);
    for (int j = 0; j < CAMERA; ++j)
      dy[row] += g[j] * camera[j];
  }
  for (int i = 0; i < s->observations; ++i)
    dy[2 * s->observations + i] = g[i] * *weightOf(s, v, i);
}

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  const struct Adjustment *s = p->data;
  memset(g, 0, sizeof(double) * p->entries);
  for (int i = 0; i < s->observations; ++i) {
    const double *camera = cameraOf(s, p->x, i), *point = pointOf(s, p->x, i);
    const double *weight = weightOf(s, p->x, i);
    for (int row = 0; row < 2; ++row) {
      double *block = g + BLOCK * (2 * i + row);
      double error[2], errorBar[2] = {row == 0, row == 1};
      __enzyme_autodiff((void *)residual, enzyme_dup, camera, block, enzyme_dup, point, block + CAMERA, enzyme_dup,
                        weight, block + CAMERA + 3, enzyme_const, &s->pixels[2 * i], enzyme_dupnoneed, error, errorBar);
    }
    double error, errorBar = 1;
    __enzyme_autodiff((void *)weightResidual, enzyme_dup, weight, g + 2 * BLOCK * s->observations + i, enzyme_dupnoneed,
                      &error, &errorBar);
  }
}
#endif

/* What the forward pass of one observation leaves for its two reverse sweeps. */
struct View {
  double offset[3], u[3], turned[3], seen[3];
  double theta, sine, cosine, along;
  double q[2], square, distortion, pixel[2];
};

static void handForward(const double *camera, const double *point, struct View *v) {
  const double *r = &camera[ROTATION];
  for (int i = 0; i < 3; ++i)
    v->offset[i] = point[i] - camera[CENTRE + i];
  v->theta = sqrt(dot3(r, r));
  v->sine = v->theta > 0 ? sin(v->theta) : 0;
  v->cosine = v->theta > 0 ? cos(v->theta) : 1;
  for (int i = 0; i < 3; ++i)
    v->u[i] = v->theta > 0 ? r[i] / v->theta : 0;
  const double *axis = v->theta > 0 ? v->u : r;
  cross(axis, v->offset, v->turned);
  v->along = dot3(v->u, v->offset);
  double turn = v->theta > 0 ? v->sine : 1;
  for (int i = 0; i < 3; ++i)
    v->seen[i] = v->offset[i] * v->cosine + v->turned[i] * turn + v->u[i] * v->along * (1 - v->cosine);
  v->q[0] = v->seen[0] / v->seen[2];
  v->q[1] = v->seen[1] / v->seen[2];
  v->square = v->q[0] * v->q[0] + v->q[1] * v->q[1];
  v->distortion = 1 + camera[RADIAL] * v->square + camera[RADIAL + 1] * v->square * v->square;
  for (int i = 0; i < 2; ++i)
    v->pixel[i] = v->q[i] * v->distortion * camera[FOCAL] + camera[PRINCIPAL + i];
}

/* The two reverse sweeps differ in their seeds only, so they run side by side: lane k of a pair belongs
 * to residual k. */
static pair dotPairs(const double *a, const pair *b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* Adjoint of the rotation p' = p c + (u x p) s + u (u . p)(1 - c) for the adjoint b of p':
 *   p += b c + (b x u) s + u (u . b)(1 - c)
 *   t += -s (b . p) + c b . (u x p) + s (u . p)(u . b)
 *   u += s (p x b) + (1 - c) ((u . p) b + (u . b) p)
 * and of u = r / t, t = |r|:   r += (uBar - u (u . uBar)) / t + u tBar.  At r = 0 it is p + r x p. */
static void rotateAdjoint(const struct View *v, const pair *bar, pair *rotationBar, pair *offsetBar) {
  const double *p = v->offset, *u = v->u;
  pair swung[3] = {p[1] * bar[2] - p[2] * bar[1], p[2] * bar[0] - p[0] * bar[2], p[0] * bar[1] - p[1] * bar[0]};
  if (v->theta == 0) {
    memcpy(offsetBar, bar, 3 * sizeof(pair));
    memcpy(rotationBar, swung, sizeof swung);
    return;
  }
  pair back[3] = {bar[1] * u[2] - bar[2] * u[1], bar[2] * u[0] - bar[0] * u[2], bar[0] * u[1] - bar[1] * u[0]};
  double rest = 1 - v->cosine, inverse = 1 / v->theta;
  pair uBar[3], barAlong = dotPairs(u, bar);
  for (int i = 0; i < 3; ++i) {
    offsetBar[i] = bar[i] * v->cosine + back[i] * v->sine + u[i] * rest * barAlong;
    uBar[i] = v->sine * swung[i] + rest * (v->along * bar[i] + barAlong * p[i]);
  }
  pair thetaBar = v->sine * (v->along * barAlong - dotPairs(p, bar)) + v->cosine * dotPairs(v->turned, bar);
  pair shift = thetaBar - dotPairs(u, uBar) * inverse;
  for (int i = 0; i < 3; ++i)
    rotationBar[i] = uBar[i] * inverse + u[i] * shift;
}

/* The rows of both residuals: sweeps with seeds w e_k on the projection. The adjoint of
 *   s_k = q_k D f + u0_k,  D = 1 + k1 n + k2 n^2,  n = |q|^2
 * for seed k is  DBar = w f q_k,  nBar = DBar (k1 + 2 k2 n),  q_jBar = 2 q_j nBar + (w f D if j = k). */
static void handRows(const double *camera, double weight, const double *pixel, const struct View *v, double *row) {
  double n = v->square, focused = weight * camera[FOCAL], inverse = 1 / v->seen[2];
  pair q = {v->q[0], v->q[1]};
  pair distortionBar = focused * q;
  pair doubled = distortionBar * (2 * camera[RADIAL] + 4 * camera[RADIAL + 1] * n);
  pair xBar = v->q[0] * doubled + (pair){focused * v->distortion, 0};
  pair yBar = v->q[1] * doubled + (pair){0, focused * v->distortion};
  pair seenBar[3] = {xBar * inverse, yBar * inverse, -(xBar * v->q[0] + yBar * v->q[1]) * inverse};
  pair out[BLOCK];
  rotateAdjoint(v, seenBar, &out[ROTATION], &out[CAMERA]);
  for (int i = 0; i < 3; ++i)
    out[CENTRE + i] = -out[CAMERA + i];
  out[FOCAL] = weight * v->distortion * q;
  out[PRINCIPAL] = (pair){weight, 0};
  out[PRINCIPAL + 1] = (pair){0, weight};
  out[RADIAL] = distortionBar * n;
  out[RADIAL + 1] = out[RADIAL] * n;
  out[CAMERA + 3] = (pair){v->pixel[0] - pixel[0], v->pixel[1] - pixel[1]};
  for (int i = 0; i < BLOCK; ++i) {
    row[i] = out[i][0];
    row[BLOCK + i] = out[i][1];
  }
}

static void hand(const struct Problem *p, double *g) {
  const struct Adjustment *s = p->data;
  for (int i = 0; i < s->observations; ++i) {
    const double *camera = cameraOf(s, p->x, i), *pixel = &s->pixels[2 * i];
    double weight = *weightOf(s, p->x, i), *block = g + 2 * BLOCK * i;
    struct View view;
    handForward(camera, pointOf(s, p->x, i), &view);
    handRows(camera, weight, pixel, &view, block);
    g[2 * BLOCK * s->observations + i] = -2 * weight;
  }
}

/* Cameras near the origin look along z at points some units away; like a sequence of photographs, each
 * point is seen by a few cameras in a row. */
static void setup(struct Problem *p, enum Size size) {
  struct Adjustment *s = p->data = allocate(1, sizeof *s);
  uint64_t seed = 2;
  int full = size == SIZE_FULL;
  s->cameras = full ? 49 : 3;
  s->points = full ? 7776 : 12;
  s->observations = full ? 31843 : 30;
  p->inputs = (size_t)CAMERA * s->cameras + 3 * s->points + s->observations;
  p->outputs = 3 * (size_t)s->observations;
  p->entries = (2 * BLOCK + 1) * (size_t)s->observations;
  p->x = reals(p->inputs);
  for (int c = 0; c < s->cameras; ++c) {
    double *camera = p->x + CAMERA * c;
    fill(&seed, camera + ROTATION, 3, 0.05, 0.3);
    fill(&seed, camera + CENTRE, 3, -0.5, 0.5);
    camera[FOCAL] = uniform(&seed, 400, 600);
    fill(&seed, camera + PRINCIPAL, 2, 200, 300);
    camera[RADIAL] = uniform(&seed, -0.1, 0.1);
    camera[RADIAL + 1] = uniform(&seed, -0.02, 0.02);
  }
  for (int i = 0; i < s->points; ++i) {
    double *point = p->x + CAMERA * s->cameras + 3 * i;
    fill(&seed, point, 2, -2, 2);
    point[2] = uniform(&seed, 4, 8);
  }
  fill(&seed, p->x + CAMERA * s->cameras + 3 * s->points, s->observations, 0.5, 1);

  int *seenBy = integers(s->observations), *seen = integers(s->observations);
  for (int i = 0; i < s->observations; ++i) {
    seen[i] = (int)((long)i * s->points / s->observations);
    seenBy[i] = (seen[i] * s->cameras / s->points + i) % s->cameras;
  }
  double *pixels = reals(2 * (size_t)s->observations);
  fill(&seed, pixels, 2 * (size_t)s->observations, 100, 400);
  s->seenBy = seenBy;
  s->seen = seen;
  s->pixels = pixels;
}

BENCH_EXPORT struct Problem *bench_ba(void) {
  static struct Problem problems[] = {{.name = "ba",
                                       .title = "bundle adjustment Jacobian",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand,
                                       .apply = apply},
                                      {.name = NULL}};
  return problems;
}
