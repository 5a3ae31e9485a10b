// Bodies attract each other.  The gradient says how to push each at the start to change where
// the first one ends.
#include <cmath>
#include <cstdio>
#include <linkgrad.h>
#include <linkgrad/offload.h>
#include <vector>

struct Body {
  double x, y, z, vx, vy, vz, mass;
};

// Known to the compiler: so the tape of a derivative has a known length, as a GPU needs it.
constexpr size_t n = 200;
constexpr double dt = 0.05;

static void accelerate(size_t i, const Body *bodies, Body *next) {
  Body body = bodies[i];
  for (size_t j = 0; j < n; ++j) {
    double dx = bodies[j].x - body.x, dy = bodies[j].y - body.y, dz = bodies[j].z - body.z;
    double square = dx * dx + dy * dy + dz * dz + 0.01;
    double pull = bodies[j].mass * dt / (square * std::sqrt(square));
    body.vx += pull * dx;
    body.vy += pull * dy;
    body.vz += pull * dz;
  }
  next[i] = body;
}

// What it is given lies on the device.
static int simulate(const Body *start, Body *now, Body *next, double *square) {
  linkgrad::parallel_for(n, [=](size_t i) { now[i] = start[i]; });
  for (int step = 0; step < 5; ++step) {
    __offload_launch(accelerate, n, now, next);
    linkgrad::parallel_for(n, [=](size_t i) {
      now[i] = next[i];
      now[i].x += dt * next[i].vx;
      now[i].y += dt * next[i].vy;
      now[i].z += dt * next[i].vz;
    });
  }
  return linkgrad::parallel_for(1, [=](size_t) { *square = now->x * now->x + now->y * now->y + now->z * now->z; });
}

int main() {
  using linkgrad::map, linkgrad::mapped;
  std::vector<Body> start(n), now(n), next(n), d_start(n), d_now(n), d_next(n);
  std::vector<double> square(1), d_square(1, 1.0);
  for (size_t i = 0; i < n; ++i) {
    double t = 0.1 * double(i);
    start[i] = {std::cos(7 * t), std::sin(5 * t), std::cos(3 * t), 0.1 * std::sin(t), 0, 0.1, 1.0 / n};
  }
  mapped begin(start, map::to), d_begin(d_start);
  mapped here(now, map::alloc), there(next, map::alloc), d_here(d_now, map::to), d_there(d_next, map::to);
  mapped result(square, map::alloc), d_result(d_square, map::to);
  __enzyme_autodiff<void>((void *)simulate, enzyme_dup, begin.data(), d_begin.data(), enzyme_dup, here.data(),
                          d_here.data(), enzyme_dup, there.data(), d_there.data(), enzyme_dup, result.data(),
                          d_result.data());
  d_begin.update_from();

  int onHost = 0;
  auto simulated = [&](double &input, double value) {
    double old = input;
    input = value;
    begin.update_to();
    onHost = simulate(begin.data(), here.data(), there.data(), result.data());
    result.update_from();
    input = old;
    return square[0];
  };
  double worst = 0, h = 1e-5;
  auto compare = [&](double got, double &input) {
    double wanted = (simulated(input, input + h) - simulated(input, input - h)) / (2 * h);
    worst = std::fmax(worst, std::fabs(got - wanted));
  };
  for (size_t i = 0; i < n; i += 37) {
    compare(d_start[i].x, start[i].x);
    compare(d_start[i].vy, start[i].vy);
    compare(d_start[i].mass, start[i].mass);
  }
  std::printf(
      "gradient for the first body's velocity, on %s: %.6f %.6f %.6f; largest difference from differences: %.1e\n",
      onHost ? "the host" : "a device", d_start[0].vx, d_start[0].vy, d_start[0].vz, worst);
  return worst > 1e-7;
}
