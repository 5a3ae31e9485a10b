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

static void accelerate(size_t i, size_t n, const Body *bodies, Body *next, double dt) {
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

static double simulate(size_t n, const Body *start, Body *now, Body *next) {
  const double dt = 0.05;
  for (size_t i = 0; i < n; ++i)
    now[i] = start[i];
  for (int step = 0; step < 5; ++step) {
    __offload_launch(accelerate, n, n, now, next, dt);
    linkgrad::parallel_for(n, [=](size_t i) {
      now[i] = next[i];
      now[i].x += dt * next[i].vx;
      now[i].y += dt * next[i].vy;
      now[i].z += dt * next[i].vz;
    });
  }
  return now[0].x * now[0].x + now[0].y * now[0].y + now[0].z * now[0].z;
}

int main() {
  const size_t n = 200;
  std::vector<Body> start(n), now(n), next(n), d_start(n), d_now(n), d_next(n);
  for (size_t i = 0; i < n; ++i) {
    double t = 0.1 * double(i);
    start[i] = {std::cos(7 * t), std::sin(5 * t), std::cos(3 * t), 0.1 * std::sin(t), 0, 0.1, 1.0 / n};
  }
  __enzyme_autodiff<double>((void *)simulate, enzyme_const, n, enzyme_dup, start.data(), d_start.data(), enzyme_dup,
                            now.data(), d_now.data(), enzyme_dup, next.data(), d_next.data());
  auto difference = [&](double &input) {
    double h = 1e-5, old = input;
    input = old + h;
    double above = simulate(n, start.data(), now.data(), next.data());
    input = old - h;
    double below = simulate(n, start.data(), now.data(), next.data());
    input = old;
    return (above - below) / (2 * h);
  };
  double worst = 0;
  auto compare = [&](double got, double &input) { worst = std::fmax(worst, std::fabs(got - difference(input))); };
  for (size_t i = 0; i < n; i += 37) {
    compare(d_start[i].x, start[i].x);
    compare(d_start[i].vy, start[i].vy);
    compare(d_start[i].mass, start[i].mass);
  }
  std::printf("gradient for the first body's velocity: %.6f %.6f %.6f; largest difference from differences: %.1e\n",
              d_start[0].vx, d_start[0].vy, d_start[0].vz, worst);
  return worst > 1e-7;
}
