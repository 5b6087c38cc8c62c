// SPDX-License-Identifier: MIT
#include <reel/autodiff/check/vcurve.hpp>

#include "check/line.hpp"
#include "check/vjp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace reel::check {

curve::sample curve::best() const {
  sample tip{0, infinite};
  for (const sample& p : points)
    if (p.error < tip.error) tip = p;
  return tip;
}

namespace {

// The slope along the line, and what differences with a step h make of it.
template <class T> class vcurve_sampler {
 public:
  vcurve_sampler(const rule& r, const point& v, const point& ybar, const real50& slope)
      : line_(r, v, ybar), start_(line_(0)), slope_(slope) {}

  void trace(vcurves& all, int last, int by) {
    curve forward{"forward", dtype_of<T>}, central{"central", dtype_of<T>}, sixth{"sixth order", dtype_of<T>},
        ridders{"Ridders", dtype_of<T>};
    for (int e = 1; e <= last; e += by) {
      const double h = std::ldexp(1.0, -e);
      const T c1 = pair(h), c2 = pair(2 * h), c3 = pair(3 * h), by_h(static_cast<T>(real50(h)));
      add(forward, h, (f(h) - start_) / by_h);
      add(central, h, c1 / (T(2) * by_h));
      add(sixth, h, (T(45) * c1 - T(9) * c2 + c3) / (T(60) * by_h));
      add(ridders, h, extrapolated(h));
    }
    for (curve* c : {&forward, &central, &sixth, &ridders}) all.curves.push_back(std::move(*c));
  }

 private:
  // Steps that an op refuses have no error to draw.
  T f(double h) {
    try {
      return line_(h);
    } catch (const refusal&) {
      return static_cast<T>(std::numeric_limits<double>::quiet_NaN());
    }
  }
  T pair(double h) { return f(h) - f(-h); }

  // Ridders' method (1982): central differences with steps h, h/2, ... h/16, extrapolated to a step of 0
  // (Neville); of all columns the value whose neighbours it agrees with best. Ten evaluations.
  T extrapolated(double h) {
    constexpr std::size_t halvings = 5;
    std::array<T, halvings> before{}, now{};
    T best(0);
    double bar = infinite;
    for (std::size_t i = 0; i < halvings; ++i, h /= 2) {
      now[0] = pair(h) / (T(2) * static_cast<T>(real50(h)));
      if (i == 0) best = now[0];
      T power(1);
      for (std::size_t k = 1; k <= i; ++k) {
        power = power * T(4);
        now[k] = now[k - 1] + (now[k - 1] - before[k - 1]) / (power - T(1));
        const double apart = std::max(size_of(now[k] - now[k - 1]), size_of(now[k] - before[k - 1]));
        if (apart < bar) bar = apart, best = now[k];
      }
      before = now;
    }
    return best;
  }
  static double size_of(const T& x) { return std::abs(static_cast<double>(x)); }
  void add(curve& c, double h, const T& got) {
    const double error = std::abs(static_cast<double>((real50(got) - slope_) / slope_));
    if (std::isfinite(error)) c.points.push_back({h, error});
  }
  line_of<T> line_;
  T start_;
  real50 slope_;
};

void trace_complex(const rule& r, const point& v, const point& ybar, const real50& slope, vcurves& all) {
  line_of<complex> f(r, v, ybar);
  curve c{"complex step", dtype::f64};
  for (int e = 1; e <= 60; ++e) {
    const double h = std::ldexp(1.0, -e);
    const double error = std::abs(static_cast<double>((real50(f.at({0, h}).imag() / h) - slope) / slope));
    if (std::isfinite(error)) c.points.push_back({h, error});
  }
  all.curves.push_back(std::move(c));
}

template <class T> real50 slope_of(const rule& r, const point& v, const point& ybar) {
  const auto d = differences<T>(r.y, r.x, r.at).along(v, 1e-40);
  real50 sum = 0;
  std::size_t at = 0;
  for (const reals& y : ybar)
    for (const double w : y) sum += real50(d.value[at++]) * real50(w);
  return sum;
}

}  // namespace

namespace {

void trace_all(const rule& r, const options& o, vcurves& all) {
  if (r.x.empty() || r.y.empty()) return;
  random_numbers random(o.seed);
  const point ybar = r.random_cotangent(random);
  point v;
  for (const reals& x : r.at) v.push_back(random.generic(x.size()));
  const auto has = [&](dtype e) { return has_bodies(r.source(), ids(r.y), ids(r.x), e); };
  const real50 slope = has(dtype::real50) ? slope_of<real50>(r, v, ybar) : slope_of<double>(r, v, ybar);
  if (slope == real50(0)) return;
  if (has(dtype::f32)) vcurve_sampler<float>(r, v, ybar, slope).trace(all, 24, 1);
  if (has(dtype::f64)) vcurve_sampler<double>(r, v, ybar, slope).trace(all, 52, 1);
  if (has(dtype::real50)) vcurve_sampler<real50>(r, v, ybar, slope).trace(all, 160, 4);
  if (has(dtype::complex)) trace_complex(r, v, ybar, slope, all);
}

}  // namespace

vcurves vcurve(const subject& s, const options& o) {
  vcurves all{.subject = of_order(s.name(), o), .seed = o.seed};
  all.reason = attempt(o.seconds, [&] { trace_all(rule_of(s, o), o, all); });
  return all;
}

}  // namespace reel::check
