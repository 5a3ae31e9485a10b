/* Hand tracking: the Jacobian of a skinned hand model (ADBench, Srajer et al. 2018; Taylor et al. 2014).
 *
 * 26 parameters pose a skeleton of 22 bones: a global rotation (axis-angle), a translation, and four
 * angles for each of five fingers. Every bone turns relative to its parent, every vertex of the skin
 * follows the bones with fixed weights, and each measured point is compared with the skin:
 *
 *   relative_b = base_b R(angles_b)        absolute_b = absolute_parent relative_b
 *   T_b = absolute_b rest_b^-1             vertex_v = R (sum_b weight_bv T_b p_v) + t
 *
 *   simple        error_i = point_i - vertex_{c(i)}                        Jacobian 3n x 26
 *   complicated   the point lies in a triangle at barycentric (a_i, b_i), also unknown: two more columns,
 *                 d/da_i and d/db_i for all points at once, as a_i moves only the rows of point i
 *
 * Many outputs and few inputs, so it is differentiated forward. Transforms are 3 x 4, row by row. The
 * model is made up: five fingers of straight bones with a cloud of vertices around them.
 */
#include "problem.h"
#include <math.h>
#include <string.h>

enum { BONES = 22, FINGERS = 5, VERTICES = 544, POINTS = 100, POSE = 26, TRANSFORM = 12 };

struct Model {
  int parent[BONES];
  double base[BONES][TRANSFORM], restInverse[BONES][TRANSFORM];
  double position[VERTICES][3], weight[BONES][VERTICES];
  int vertices, points;
  int nearest[POINTS][3];
  double measured[POINTS][3];
};

/* out = a b, both rigid transforms. */
static void compose(const double *a, const double *b, double *restrict out) {
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 4; ++j) {
      double sum = j == 3 ? a[4 * i + 3] : 0;
      for (int k = 0; k < 3; ++k)
        sum += a[4 * i + k] * b[4 * k + j];
      out[4 * i + j] = sum;
    }
}

/* Rz(c) Ry(b) Rx(a), as a transform without translation. */
static void eulerRotation(const double *angle, double *out) {
  double sa = sin(angle[0]), ca = cos(angle[0]), sb = sin(angle[1]), cb = cos(angle[1]);
  double sc = sin(angle[2]), cc = cos(angle[2]);
  const double rotation[TRANSFORM] = {cb * cc,
                                      -ca * sc + sa * sb * cc,
                                      sa * sc + ca * sb * cc,
                                      0,
                                      cb * sc,
                                      ca * cc + sa * sb * sc,
                                      -sa * cc + ca * sb * sc,
                                      0,
                                      -sb,
                                      sa * cb,
                                      ca * cb,
                                      0};
  memcpy(out, rotation, sizeof rotation);
}

/* Rodrigues: R = cos t I + (1 - cos t) u u^T + sin t [u]. */
static void axisRotation(const double *r, double *out) {
  double t = sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]);
  double s = sin(t), c = cos(t), x = r[0] / t, y = r[1] / t, z = r[2] / t, rest = 1 - c;
  const double rotation[9] = {x * x * rest + c,     x * y * rest - z * s, x * z * rest + y * s,
                              y * x * rest + z * s, y * y * rest + c,     y * z * rest - x * s,
                              z * x * rest - y * s, z * y * rest + x * s, z * z * rest + c};
  memcpy(out, rotation, sizeof rotation);
}

/* Which parameter turns a bone about x, and about y (only a finger's first joint can spread); -1: none.
 * Bones: the wrist and palm, then four per finger, of which the first three bend. */
static int bendOf(int bone) {
  int joint = (bone - 2) % 4;
  return bone < 2 || joint == 3 ? -1 : 6 + 4 * ((bone - 2) / 4) + (joint ? joint + 1 : 0);
}
static int spreadOf(int bone) { return bone >= 2 && (bone - 2) % 4 == 0 ? bendOf(bone) + 1 : -1; }

static void boneTransforms(const struct Model *model, const double *pose, double transform[][TRANSFORM]) {
  double absolute[BONES][TRANSFORM];
  for (int b = 0; b < BONES; ++b) {
    double rotation[TRANSFORM], relative[TRANSFORM], angle[3] = {0, 0, 0};
    if (bendOf(b) >= 0)
      angle[0] = pose[bendOf(b)];
    if (spreadOf(b) >= 0)
      angle[1] = pose[spreadOf(b)];
    eulerRotation(angle, rotation);
    compose(model->base[b], rotation, relative);
    if (model->parent[b] < 0)
      memcpy(absolute[b], relative, sizeof relative);
    else
      compose(absolute[model->parent[b]], relative, absolute[b]);
    compose(absolute[b], model->restInverse[b], transform[b]);
  }
}

static void skin(const struct Model *model, const double *pose, double vertex[][3]) {
  double transform[BONES][TRANSFORM], global[9];
  boneTransforms(model, pose, transform);
  axisRotation(pose, global);
  for (int v = 0; v < model->vertices; ++v) {
    const double *p = model->position[v];
    double blended[3] = {0, 0, 0};
    for (int b = 0; b < BONES; ++b) {
      const double *t = transform[b];
      for (int i = 0; i < 3; ++i)
        blended[i] +=
            model->weight[b][v] * (t[4 * i] * p[0] + t[4 * i + 1] * p[1] + t[4 * i + 2] * p[2] + t[4 * i + 3]);
    }
    for (int i = 0; i < 3; ++i)
      vertex[v][i] =
          global[3 * i] * blended[0] + global[3 * i + 1] * blended[1] + global[3 * i + 2] * blended[2] + pose[3 + i];
  }
}

static void simpleErrors(const struct Model *model, const double *pose, double *error) {
  double vertex[VERTICES][3];
  skin(model, pose, vertex);
  for (int i = 0; i < model->points; ++i)
    for (int k = 0; k < 3; ++k)
      error[3 * i + k] = model->measured[i][k] - vertex[model->nearest[i][0]][k];
}

static void complicatedErrors(const struct Model *model, const double *pose, const double *where, double *error) {
  double vertex[VERTICES][3];
  skin(model, pose, vertex);
  for (int i = 0; i < model->points; ++i) {
    double a = where[2 * i], b = where[2 * i + 1];
    const int *corner = model->nearest[i];
    for (int k = 0; k < 3; ++k)
      error[3 * i + k] = model->measured[i][k] -
                         (a * vertex[corner[0]][k] + b * vertex[corner[1]][k] + (1 - a - b) * vertex[corner[2]][k]);
  }
}

static int isComplicated(const struct Problem *p) { return p->variant; }

/* Inputs: the pose; then (complicated) the barycentric coordinates. */
static void primal(const struct Problem *p, double *y) {
  if (isComplicated(p))
    complicatedErrors(p->data, p->x, p->x + POSE, y);
  else
    simpleErrors(p->data, p->x, y);
}

/* The Jacobian is stored by columns: 26 for the pose, then the two of the coordinates. */
static void apply(const struct Problem *p, const double *g, const double *v, double *dy) {
  size_t rows = p->outputs;
  memset(dy, 0, sizeof(double) * rows);
  for (size_t row = 0; row < rows; ++row) {
    for (int k = 0; k < POSE; ++k)
      dy[row] += g[k * rows + row] * v[k];
    for (int k = 0; k < 2 && isComplicated(p); ++k)
      dy[row] += g[(POSE + k) * rows + row] * v[POSE + 2 * (row / 3) + k];
  }
}

#ifndef NO_LINKGRAD
/* The shadows of 13 or 14 directions at once, a stride apart. */
#define LANES13(s, n)                                                                                                  \
  (s), (s) + (n), (s) + 2 * (n), (s) + 3 * (n), (s) + 4 * (n), (s) + 5 * (n), (s) + 6 * (n), (s) + 7 * (n),            \
      (s) + 8 * (n), (s) + 9 * (n), (s) + 10 * (n), (s) + 11 * (n), (s) + 12 * (n)
#define LANES14(s, n) LANES13(s, n), (s) + 13 * (n)

static void simpleGradient(const struct Problem *p, double *g) {
  size_t rows = p->outputs;
  double error[3 * POINTS], seed[POSE][POSE] = {{0}};
  for (int k = 0; k < POSE; ++k)
    seed[k][k] = 1;
  for (int first = 0; first < POSE; first += 13)
    __enzyme_fwddiff((void *)simpleErrors, enzyme_width, 13, enzyme_const, p->data, enzyme_dup, p->x,
                     LANES13(seed[first], POSE), enzyme_dupnoneed, error, LANES13(g + first * rows, rows));
}

static void complicatedGradient(const struct Problem *p, double *g) {
  size_t rows = p->outputs;
  double error[3 * POINTS], seed[POSE + 2][POSE] = {{0}}, where[POSE + 2][2 * POINTS] = {{0}};
  for (int k = 0; k < POSE; ++k)
    seed[k][k] = 1;
  for (int i = 0; i < POINTS; ++i)
    where[POSE][2 * i] = where[POSE + 1][2 * i + 1] = 1;
  for (int first = 0; first < POSE + 2; first += 14)
    __enzyme_fwddiff((void *)complicatedErrors, enzyme_width, 14, enzyme_const, p->data, enzyme_dup, p->x,
                     LANES14(seed[first], POSE), enzyme_dup, p->x + POSE, LANES14(where[first], 2 * POINTS),
                     enzyme_dupnoneed, error, LANES14(g + first * rows, rows));
}

static void gradient(const struct Problem *p, double *g) {
  if (isComplicated(p))
    complicatedGradient(p, g);
  else
    simpleGradient(p, g);
}
#endif

/* What the tangent sweeps share: the primal's own values. */
struct Posed {
  double absolute[BONES][TRANSFORM], relative[BONES][TRANSFORM], transform[BONES][TRANSFORM];
  double global[9], blended[VERTICES][3], vertex[VERTICES][3];
};

static void boneAngles(const double *pose, int bone, double *angle) {
  angle[0] = bendOf(bone) >= 0 ? pose[bendOf(bone)] : 0;
  angle[1] = spreadOf(bone) >= 0 ? pose[spreadOf(bone)] : 0;
  angle[2] = 0;
}

static void blend(const struct Model *model, double transform[][TRANSFORM], double out[][3]) {
  for (int v = 0; v < model->vertices; ++v) {
    const double *p = model->position[v];
    double x = 0, y = 0, z = 0;
    for (int b = 0; b < BONES; ++b) {
      const double *t = transform[b];
      double w = model->weight[b][v];
      x += w * (t[0] * p[0] + t[1] * p[1] + t[2] * p[2] + t[3]);
      y += w * (t[4] * p[0] + t[5] * p[1] + t[6] * p[2] + t[7]);
      z += w * (t[8] * p[0] + t[9] * p[1] + t[10] * p[2] + t[11]);
    }
    out[v][0] = x, out[v][1] = y, out[v][2] = z;
  }
}

static void turn(const double *rotation, const double *v, double *out) {
  for (int i = 0; i < 3; ++i)
    out[i] = rotation[3 * i] * v[0] + rotation[3 * i + 1] * v[1] + rotation[3 * i + 2] * v[2];
}

static void handForward(const struct Model *model, const double *pose, struct Posed *s) {
  for (int b = 0; b < BONES; ++b) {
    double rotation[TRANSFORM], angle[3];
    boneAngles(pose, b, angle);
    eulerRotation(angle, rotation);
    compose(model->base[b], rotation, s->relative[b]);
    if (model->parent[b] < 0)
      memcpy(s->absolute[b], s->relative[b], sizeof s->relative[b]);
    else
      compose(s->absolute[model->parent[b]], s->relative[b], s->absolute[b]);
    compose(s->absolute[b], model->restInverse[b], s->transform[b]);
  }
  axisRotation(pose, s->global);
  blend(model, s->transform, s->blended);
  for (int v = 0; v < model->vertices; ++v) {
    turn(s->global, s->blended[v], s->vertex[v]);
    for (int i = 0; i < 3; ++i)
      s->vertex[v][i] += pose[3 + i];
  }
}

/* d/da or d/db of Ry(b) Rx(a), the only rotations a bone makes, carried on by its parent:
 * absolute' = absolute_parent base R'. A derivative of a rotation does not translate. */
static void jointTangent(const struct Model *model, const double *pose, int bone, int k, const struct Posed *s,
                         double *out) {
  double angle[3], turned[TRANSFORM];
  boneAngles(pose, bone, angle);
  double sa = sin(angle[0]), ca = cos(angle[0]), sb = sin(angle[1]), cb = cos(angle[1]);
  const double bend[TRANSFORM] = {0, ca * sb, -sa * sb, 0, 0, -sa, -ca, 0, 0, ca * cb, -sa * cb, 0};
  const double spread[TRANSFORM] = {-sb, sa * cb, ca * cb, 0, 0, 0, 0, 0, -cb, -sa * sb, -ca * sb, 0};
  compose(model->base[bone], k == bendOf(bone) ? bend : spread, turned);
  compose(s->absolute[model->parent[bone]], turned, out);
  out[3] = out[7] = out[11] = 0;
}

/* T_b' along parameter k. Below the joint  absolute' = absolute_parent' relative,  and everywhere
 * T' = absolute' rest^-1;  `compose` is right for a moving left factor. */
static void boneTangents(const struct Model *model, const double *pose, int k, const struct Posed *s,
                         double tangent[][TRANSFORM]) {
  double absolute[BONES][TRANSFORM];
  for (int b = 0; b < BONES; ++b) {
    if (k == bendOf(b) || k == spreadOf(b))
      jointTangent(model, pose, b, k, s, absolute[b]);
    else if (model->parent[b] < 0)
      memset(absolute[b], 0, sizeof absolute[b]);
    else
      compose(absolute[model->parent[b]], s->relative[b], absolute[b]);
    compose(absolute[b], model->restInverse[b], tangent[b]);
  }
}

/* d/dr_k of Rodrigues' formula, with u' = (e_k - u u_k) / t and t' = u_k:
 * R' = -sin t t' I + sin t t' u u^T + (1 - cos t)(u' u^T + u u'^T) + cos t t' [u] + sin t [u']. */
static void axisTangent(const double *r, int k, double *out) {
  double t = sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]), s = sin(t), c = cos(t);
  double u[3], du[3], w[3];
  for (int i = 0; i < 3; ++i) {
    u[i] = r[i] / t;
    du[i] = ((i == k) - u[i] * r[k] / t) / t;
  }
  for (int i = 0; i < 3; ++i)
    w[i] = c * u[k] * u[i] + s * du[i];
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      out[3 * i + j] = s * u[k] * (u[i] * u[j] - (i == j)) + (1 - c) * (du[i] * u[j] + u[i] * du[j]);
  out[1] -= w[2], out[2] += w[1], out[3] += w[2];
  out[5] -= w[0], out[6] -= w[1], out[7] += w[0];
}

/* vertex' along parameter k: a full sweep over skeleton and skin for an angle of a finger. That it moves
 * at most four of the bones is not made use of. */
static void vertexTangents(const struct Model *model, const double *pose, int k, const struct Posed *s,
                           double out[][3]) {
  if (k >= 3 && k < 6) {
    for (int v = 0; v < model->vertices; ++v)
      for (int i = 0; i < 3; ++i)
        out[v][i] = i == k - 3;
    return;
  }
  double tangent[BONES][TRANSFORM], blended[VERTICES][3], global[9];
  if (k < 3) {
    axisTangent(pose, k, global);
    for (int v = 0; v < model->vertices; ++v)
      turn(global, s->blended[v], out[v]);
    return;
  }
  boneTangents(model, pose, k, s, tangent);
  blend(model, tangent, blended);
  for (int v = 0; v < model->vertices; ++v)
    turn(s->global, blended[v], out[v]);
}

static void hand(const struct Problem *p, double *g) {
  const struct Model *model = p->data;
  const double *where = p->x + POSE;
  struct Posed posed;
  double tangent[VERTICES][3];
  handForward(model, p->x, &posed);
  for (int k = 0; k < POSE; ++k, g += p->outputs) {
    vertexTangents(model, p->x, k, &posed, tangent);
    for (int row = 0; row < 3 * model->points; ++row) {
      const int *corner = model->nearest[row / 3];
      double a = isComplicated(p) ? where[2 * (row / 3)] : 1;
      double b = isComplicated(p) ? where[2 * (row / 3) + 1] : 0;
      g[row] = -a * tangent[corner[0]][row % 3] - b * tangent[corner[1]][row % 3] -
               (1 - a - b) * tangent[corner[2]][row % 3];
    }
  }
  for (int k = 0; k < 2 && isComplicated(p); ++k, g += p->outputs)
    for (int row = 0; row < 3 * model->points; ++row) {
      const int *corner = model->nearest[row / 3];
      g[row] = posed.vertex[corner[2]][row % 3] - posed.vertex[corner[k]][row % 3];
    }
}

/* Bones at rest: straight fingers side by side, each joint one unit further along y. */
static void setUpSkeleton(struct Model *model) {
  for (int b = 0; b < BONES; ++b) {
    int finger = (b - 2) / 4, joint = (b - 2) % 4;
    model->parent[b] = b < 2 ? b - 1 : joint ? b - 1 : 1;
    double offset[3] = {b >= 2 && !joint ? finger - 2 : 0, b ? 1 : 0, 0}, at[3];
    for (int i = 0; i < 3; ++i) {
      at[i] = offset[i] - (b ? model->restInverse[model->parent[b]][4 * i + 3] : 0);
      for (int j = 0; j < 4; ++j) {
        model->base[b][4 * i + j] = j == 3 ? offset[i] : i == j;
        model->restInverse[b][4 * i + j] = j == 3 ? -at[i] : i == j;
      }
    }
  }
}

/* Vertices lie near a bone; weights fall off with the distance from each. */
static void setUpSkin(struct Model *model, uint64_t *seed) {
  for (int v = 0; v < model->vertices; ++v) {
    double total = 0;
    for (int i = 0; i < 3; ++i)
      model->position[v][i] = -model->restInverse[v % BONES][4 * i + 3] + uniform(seed, -0.4, 0.4);
    for (int b = 0; b < BONES; ++b) {
      double square = 0;
      for (int i = 0; i < 3; ++i) {
        double d = model->position[v][i] + model->restInverse[b][4 * i + 3];
        square += d * d;
      }
      total += model->weight[b][v] = exp(-square);
    }
    for (int b = 0; b < BONES; ++b)
      model->weight[b][v] /= total;
  }
}

static void setup(struct Problem *p, enum Size size) {
  struct Model *model = p->data = allocate(1, sizeof *model);
  uint64_t seed = 15;
  model->vertices = size == SIZE_FULL ? VERTICES : 30;
  model->points = size == SIZE_FULL ? POINTS : 8;
  setUpSkeleton(model);
  setUpSkin(model, &seed);
  for (int i = 0; i < model->points; ++i)
    for (int k = 0; k < 3; ++k) {
      model->nearest[i][k] = (int)uniform(&seed, 0, model->vertices);
      model->measured[i][k] = uniform(&seed, -3, 3);
    }
  p->inputs = POSE + (isComplicated(p) ? 2 * model->points : 0);
  p->outputs = 3 * (size_t)model->points;
  p->entries = (POSE + (isComplicated(p) ? 2 : 0)) * p->outputs;
  p->x = reals(p->inputs);
  fill(&seed, p->x, POSE, -0.5, 0.5);
  fill(&seed, p->x + POSE, p->inputs - POSE, 0.1, 0.5);
}

BENCH_EXPORT struct Problem *bench_handtracking(void) {
  static struct Problem problems[] = {{.name = "handtracking",
                                       .title = "hand tracking Jacobian, 26 forward directions",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand,
                                       .apply = apply,
                                       .variant = 0},
                                      {.name = "handtracking_complicated",
                                       .title = "hand tracking, complicated",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand,
                                       .apply = apply,
                                       .variant = 1},
                                      {.name = NULL}};
  return problems;
}
