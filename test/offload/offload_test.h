// What the programs here share: checks, and where launches should run.
#pragma once
#include <linkgrad/offload.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static int failures;

#define check(got, wanted) check_at(__LINE__, got, wanted, 1e-12)
#define check_close(got, wanted, tolerance) check_at(__LINE__, got, wanted, tolerance)

static void check_at(int line, double got, double wanted, double tolerance) {
  if (got == wanted || fabs(got - wanted) <= tolerance * (1 + fabs(wanted)))
    return;
  if (failures++ < 5)
    printf("FAIL line %d: %.17g, not %.17g\n", line, got, wanted);
}

// EXPECT_DEVICE=1: launches must run on a device; 0: on the host.
static void check_ran(int result) {
  const char *wanted = getenv("EXPECT_DEVICE");
  int expected = wanted && *wanted == '1' ? 0 : -1;
  if (result != expected && failures++ < 5)
    printf("FAIL: a launch returned %d, not %d\n", result, expected);
}
