// SPDX-License-Identifier: MIT
// The precision ladder: values and cotangents of the same tape in float, double and 50 digits. Inputs
// are rounded to the narrowest type first, so that rounding them is not mistaken for an error.
#include "check/vjp.hpp"

#include "tape/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace reel::check {

namespace {

// The narrowest type that holds numbers like these.
point rounded(const point& x) {
  point y = x;
  for (reals& a : y)
    for (double& v : a) {
      const double f = static_cast<float>(v);
      if (!std::isfinite(f) || (v != 0 && std::abs(v) < 0x1p-120)) return x;
      v = f;
    }
  return y;
}

template <class T>
bool same_bits(const std::vector<std::vector<T>>& a, const std::vector<std::vector<T>>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!a[i].empty() && std::memcmp(a[i].data(), b[i].data(), a[i].size() * sizeof(T)) != 0) return false;
  return true;
}

// What is evaluated: the values, then the cotangents.
rule with_values(const rule& r) {
  rule both = r;
  both.xbar.insert(both.xbar.begin(), r.y.begin(), r.y.end());
  return both;
}

struct reference {
  std::vector<std::vector<real50>> values;
  std::vector<node_bounds> bounds;
};

template <class T>
void hold(const rule& both, std::size_t count, const point& x, const point& ybar, const reference& want,
          const result_namer& name_of, const kink_test& on_kink, verdict_builder& v) {
  const auto got = rule_run<T>(both)(x, ybar);
  v.result().repeatable = v.result().repeatable && same_bits(got, rule_run<T>(both)(x, ybar));
  precision worst{.number = dtype_of<T>};
  double worst_ratio = -1;
  for (std::size_t i = 0; i < got.size(); ++i) {
    double scale = 0;
    for (const real50& n : want.values[i]) scale = std::max(scale, std::abs(static_cast<double>(n)));
    for (std::size_t k = 0; k < got[i].size(); ++k) {
      if (!num::isfinite(want.values[i][k]) || (i >= count && on_kink(i - count, k))) continue;
      const real50 off = real50(got[i][k]) - want.values[i][k];
      const double error = std::abs(static_cast<double>(off));
      const double allowed = unit_roundoff<T> * want.bounds[i].error[k];
      const double ratio = error == 0 ? 0 : error / allowed;
      if (ratio > worst_ratio && scale > 0) {
        worst_ratio = ratio;
        worst.error = error / scale;
        worst.allowed = allowed / scale;
      }
      if (ratio <= 1) continue;
      const bool value = i < count;
      v.add({.input = value ? i : i - count,
             .at = k,
             .name = fmt::format(
                 "{} in {}",
                 value ? fmt::format("y{}", detail::position(both.y[i].shape(), k)) : name_of(i - count, k),
                 name(dtype_of<T>)),
             .rule = static_cast<double>(got[i][k]),
             .oracle = static_cast<double>(want.values[i][k]),
             .difference = static_cast<double>(off),
             .oracle_error = 0,
             .allowed = allowed,
             .scale = 0});
    }
  }
  v.result().numbers.push_back(worst);
}

}  // namespace

rounded_sample rounded_sample_of(const rule& r, std::uint64_t seed) {
  random_numbers random(seed);
  return {rounded(r.at), r.random_cotangent(random)};
}

void compare_rounding(const rule& r, const result_namer& name_of, const kink_test& on_kink,
                      verdict_builder& v) {
  const auto [x, ybar] = rounded_sample_of(r, v.result().seed);
  const rule both = with_values(r);
  rule_run<real50> exact(both);
  reference want{exact(x, ybar), {}};
  const auto bounds = rounding_bounds(exact.replayed(), ids(both.xbar));
  if (!bounds) return;
  want.bounds = *bounds;
  const extent range = extent_of(exact.replayed());
  const auto hold_in = [&]<class T>(T, const point& at, const point& seed) {
    if (!r.has_numbers(dtype_of<T>) || !range.fits<T>()) return;
    try {
      hold<T>(both, r.y.size(), at, seed, want, name_of, on_kink, v);
    } catch (const refusal& e) {  // what 50 digits take may lie outside a domain once it is rounded
      v.result().explanation.push_back(fmt::format("in {} it was refused: {}", name(dtype_of<T>), e.what()));
    }
  };
  hold_in(float(), x, ybar);
  hold_in(double(), x, ybar);
  if (!v.result().repeatable)
    v.decide(verdict::fail,
             "two evaluations with the same numbers differ: the op is not a function of its inputs.");
}

}  // namespace reel::check
