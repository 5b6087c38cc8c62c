// SPDX-License-Identifier: MIT
// Values, gradients and second derivatives of every op: the rules in 50 digits against differences of
// values, and evaluation in float and double against the same tape in 50 digits.
#include "differences.hpp"

#include <fmt/format.h>

using namespace reel;
using namespace reel::test;

namespace {

using numbers = std::vector<double>;

// Half a unit in the last place of 1.
template <class T> constexpr double roundoff = std::numeric_limits<T>::epsilon() / 2;

// What one rounding of the result and of every input is worth: |y| + Σ |∂y/∂x| |x|. A stable evaluation
// is off by a few of these and no more: its result is exact for inputs that differ in the last place.
// For a gradient Jᵀȳ the inputs are x and ȳ, for a second derivative also the direction.
numbers sensitivity(const var& y, const std::vector<var>& x) {
  numbers m = elements<double>(y);
  for (double& v : m) v = std::abs(v);
  for (const var& v : x) {
    const numbers J = elements<double>(jacobian(y, v)), at = elements<double>(v);
    for (std::size_t i = 0; i < J.size(); ++i) m[i / at.size()] += std::abs(J[i] * at[i % at.size()]);
  }
  return m;
}

// No op here is a chain of more than a dozen roundings at a time, and sums of 20 terms add 2 levels.
constexpr double roundings = 16;

template <class T> void check_rounding(const char* what, const var& v, const numbers& scale) {
  const auto got = elements<T>(v);
  const auto want = elements<real50>(v);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double error = std::abs(static_cast<double>(real50(got[i]) - want[i]));
    const double bound = roundings * roundoff<T> * scale[i];
    if (!(error <= bound))
      BOOST_ERROR(fmt::format("{}[{}] in {}: {} is off by {:.3g}, {:.3g} times what is allowed", what, i,
                              name(element_of<T>), static_cast<double>(got[i]), error, error / bound));
  }
}

void check_rounding(const char* what, const var& v, const numbers& scale) {
  check_rounding<float>(what, v, scale);
  check_rounding<double>(what, v, scale);
}

real50 along(const std::vector<var>& g, const direction& d) {
  real50 total = 0;
  for (std::size_t a = 0; a < g.size(); ++a) {
    const auto x = elements<real50>(g[a]);
    for (std::size_t i = 0; i < x.size(); ++i) total += x[i] * d[a].data()[i];
  }
  return total;
}

void check_equal(const char* what, const real50& got, const real50& want, double tolerance) {
  const double scale = std::max(1.0, std::abs(static_cast<double>(want)));
  const double error = std::abs(static_cast<double>(got - want));
  if (!(error <= tolerance * scale))
    BOOST_ERROR(fmt::format("{}: {} where differences give {}", what, got.str(25), want.str(25)));
}

void check_orders(const op_row& row, const sample& x, const array<double>& ybar, random_numbers& random) {
  recorded r(row, x);
  const var seed = r.t.constant(ybar);
  const auto g = r.pull(seed);
  direction w;
  for (const var& v : r.real) w.push_back(random.generic(v.shape()));
  const auto wvars = r.constants(w);
  const auto h = vjp(g, r.real, wvars);
  const auto forward = jvp(g, r.real, wvars);

  for (const direction& d : directions(r, random)) {
    check_equal("gradient", along(g, d), difference(row, x, ybar, {d}), 1e-28);
    check_equal("second derivative", along(h, d), difference(row, x, ybar, {w, d}), 1e-20);
    check_equal("forward over reverse", along(forward, d), along(h, d), 1e-45);
  }
  std::vector<var> inputs = r.real;
  inputs.push_back(seed);
  for (const var& v : g) check_rounding("gradient", v, sensitivity(v, inputs));
  inputs.insert(inputs.end(), wvars.begin(), wvars.end());
  for (std::size_t a = 0; a < g.size(); ++a) {
    const auto scale = sensitivity(h[a], inputs);
    check_rounding("second derivative", h[a], scale);
    check_rounding("forward over reverse", forward[a], scale);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(derivatives)

BOOST_AUTO_TEST_CASE(values_hold_to_rounding) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t) {
    const recorded r(row, x);
    if (r.y.kind() != kind::real) return;
    check_rounding("value", r.y, sensitivity(r.y, row.differentiable ? r.real : std::vector<var>{}));
  });
}

BOOST_AUTO_TEST_CASE(first_and_second_derivatives_are_those_of_the_values) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t seed) {
    const recorded r(row, x);
    if (!has_derivative(row, r)) return;
    random_numbers random(seed);
    check_orders(row, x, random.signs(r.y.shape()), random);
    check_orders(row, x, random.generic(r.y.shape()), random);
  });
}

BOOST_AUTO_TEST_CASE(what_is_declared_constant_has_derivative_0) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t seed) {
    recorded r(row, x);
    if (row.differentiable || r.real.empty() || r.y.kind() != kind::real) return;
    for (const var& g : r.pull(r.t.constant(random_numbers(seed).generic(r.y.shape()))))
      for (const double v : elements<double>(g)) BOOST_TEST(v == 0.0);
  });
}

BOOST_AUTO_TEST_SUITE_END()
