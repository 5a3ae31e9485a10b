// The prices of many options at once, and how they depend on the market: the gradient of
// the sum has every option's delta and vega.
#include <linkgrad.h>
#include <linkgrad/offload.h>
#include <math.h>
#include <stdio.h>

enum { n = 20000 };

static double normal(double x) { return 0.5 * erfc(-x * 0.70710678118654752); }

// Black and Scholes.
static void price(size_t i, const double *spot, const double *strike, const double *volatility, double rate,
                  double years, double *call) {
  double spread = volatility[i] * sqrt(years);
  double d1 = (log(spot[i] / strike[i]) + (rate + 0.5 * volatility[i] * volatility[i]) * years) / spread;
  call[i] = spot[i] * normal(d1) - strike[i] * exp(-rate * years) * normal(d1 - spread);
}

static int prices(const double *spot, const double *strike, const double *volatility, double *call) {
  return __offload_launch(price, n, spot, strike, volatility, 0.03, 1.5, call);
}

static double spot[n], strike[n], volatility[n], call[n];
static double delta[n], vega[n], d_call[n];

int main(void) {
  for (int i = 0; i < n; ++i) {
    spot[i] = 80 + 40.0 * i / n;
    strike[i] = 90 + i % 20;
    volatility[i] = 0.1 + 0.3 * (i % 7) / 7;
    d_call[i] = 1; // of the sum
  }
  linkgrad_mapping maps[] = {
      linkgrad_map_to(spot, sizeof spot),       linkgrad_map_to(strike, sizeof strike),
      linkgrad_map_to(volatility, sizeof spot), linkgrad_map_from(call, sizeof call),
      linkgrad_map_tofrom(delta, sizeof delta), linkgrad_map_tofrom(vega, sizeof vega),
      linkgrad_map_to(d_call, sizeof d_call),
  };
  int onHost = prices(spot, strike, volatility, call);
  __enzyme_autodiff_void(prices, enzyme_dup, spot, delta, enzyme_const, strike, enzyme_dup, volatility, vega,
                         enzyme_dup, call, d_call);
  for (size_t k = 0; k < sizeof maps / sizeof *maps; ++k)
    linkgrad_unmap(maps[k]);
  printf("%d options priced on %s, the first for %.4f\n", n, onHost ? "the host" : "a device", call[0]);
  double worst = 0;
  for (int i = 0; i < n; ++i) {
    double spread = volatility[i] * sqrt(1.5);
    double d1 = (log(spot[i] / strike[i]) + (0.03 + 0.5 * volatility[i] * volatility[i]) * 1.5) / spread;
    double wantedVega = spot[i] * sqrt(1.5) * exp(-0.5 * d1 * d1) / sqrt(2 * acos(-1));
    worst = fmax(worst, fmax(fabs(delta[i] - normal(d1)), fabs(vega[i] - wantedVega)));
  }
  printf("delta %.4f, vega %.4f; largest difference from the closed formulas: %.1e\n", delta[0], vega[0], worst);
  return worst > 1e-9;
}
