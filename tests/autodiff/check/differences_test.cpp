// SPDX-License-Identifier: MIT
// Differences at extreme scales, and what they cannot see.
#include "../../support.hpp"

#include <reel/autodiff/check/directions.hpp>
#include <reel/ops.hpp>

#include <cmath>

using namespace reel;
using namespace reel::test;
using check::oracle;
using check::verdict;

namespace {

// y = 1 + tiny·x² with a rule that is off by a factor, in numbers of all types.
template <int exponent, int twice> struct hidden_op {
  static constexpr auto name = "hidden";
  static constexpr bool elementwise = true, analytic = true;
  static double tiny() { return std::ldexp(1.0, -exponent); }
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = T(1) + num::convert<T>(tiny()) * x[i] * x[i];
  }
  var vjp(var ybar, var, var x) const { return ybar * (x * (0.5 * twice * tiny())); }
  bool operator==(const hidden_op&) const = default;
};

// x^(1/1024), by square roots.
struct root_1024_op {
  static constexpr auto name = "root_1024";
  static constexpr bool elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) {
      y[i] = x[i];
      for (int k = 0; k < 10; ++k) y[i] = num::sqrt(y[i]);
    }
  }
  var vjp(var ybar, var y, var x) const { return ybar * y / (1024 * x); }
  bool operator==(const root_1024_op&) const = default;
};

// |x − 1| with a step of its own: a kink at 1.
var kinked(const var& x) { return abs(x - 1); }

bool passes_or_says_why(const check::report& r) {
  return r || (r.outcome == verdict::inconclusive && !r.reason.empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_differences)

BOOST_AUTO_TEST_CASE(a_smooth_function_is_smooth_at_any_scale) {
  const auto product = [](const var& v) {
    var p = slice(v, 0, 0, 1);
    for (index_t i = 1; i < v.size(); ++i) p = p * slice(v, 0, i, i + 1);
    return sum(p);
  };
  for (const double size : {3e4, 1e-5}) {
    array<double> many = xt::ones<double>({50}) * size;
    for (std::size_t i = 0; i < 50; i += 3) many(i) = -size;
    BOOST_TEST(check::function(product, many), "of size " << size);
    BOOST_TEST(passes_or_says_why(check::function(product, many, {.oracle = oracle::in_double})));
  }
  const auto resonance = [](const var& v) {
    const var a = slice(v, 0, 0, 1), b = slice(v, 0, 1, 2);
    return sum(a / (a * a + b * b));
  };
  for (const double size : {1e-60, 1e-120, 1e-150, 1e-170, 1e100}) {
    const array<double> pair{0.75 * size, -1.5 * size};
    const auto r = check::function(resonance, pair);
    BOOST_TEST(passes_or_says_why(r), r);
    if (size > 1e-125 && size < 1e60) BOOST_TEST(r);
    BOOST_TEST(passes_or_says_why(check::function(resonance, pair, {.oracle = oracle::in_double})));
  }
}

BOOST_AUTO_TEST_CASE(tiny_numbers_beside_large_ones_are_smooth) {
  for (const array<double>& x : {array<double>{1e-300}, array<double>{1e-300, 1e-100, 1.0, 1e-20, 1e200}}) {
    const auto r = check::vjp(root_1024_op{}, {x});
    BOOST_TEST(r);
    BOOST_TEST(passes_or_says_why(check::vjp(root_1024_op{}, {x}, {.oracle = oracle::in_double})));
  }
}

BOOST_AUTO_TEST_CASE(what_varies_below_every_step_is_no_kink) {
  const auto fast = [](const var& v) { return square(v * 1e200 - 1e199) / (1 + square(v * 1e200 - 1e199)); };
  const auto r = check::function(fast, array<double>{0.1});
  BOOST_TEST((r.outcome != verdict::nonsmooth), r);
  BOOST_TEST((r.outcome != verdict::fail), r);
}

BOOST_AUTO_TEST_CASE(a_kink_is_a_kink_at_any_scale) {
  for (const double size : {1e-200, 1e-20, 1e-3, 1.0, 1e20, 1e200}) {
    const auto f = [size](const var& v) { return sum(abs(v - size)) + 0.5 * sum(v); };
    for (const auto by : {oracle::automatic, oracle::in_double}) {
      const check::options o{.oracle = by};
      BOOST_TEST((check::function(f, array<double>{size}, o).outcome == verdict::nonsmooth), size);
      BOOST_TEST(check::function(f, array<double>{size * 1.5}, o), size);
    }
  }
  BOOST_TEST((check::function(kinked, array<double>{1.0, 1e-300}).outcome == verdict::nonsmooth));
}

BOOST_AUTO_TEST_CASE(double_does_not_pass_what_it_cannot_see) {
  const array<double> x{0.5, -1.25, 2.0};
  const auto in_double = [&](const auto& op) { return check::vjp(op, {x}, {.oracle = oracle::in_double}); };
  for (const auto& r :
       {in_double(hidden_op<66, 0>{}), in_double(hidden_op<66, 4>{}), in_double(hidden_op<66, 6>{})}) {
    BOOST_TEST((r.outcome == verdict::inconclusive), r);
    BOOST_TEST((r.reason.find("hide") != r.reason.npos), r.reason);
  }
  // 50 digits see it, and so do complex steps.
  BOOST_TEST(check::vjp(hidden_op<66, 4>{}, {x}));
  BOOST_TEST(check::vjp(hidden_op<66, 4>{}, {x}, {.oracle = oracle::complex_step}));
  for (const auto by : {oracle::automatic, oracle::complex_step}) {
    BOOST_TEST((check::vjp(hidden_op<66, 0>{}, {x}, {.oracle = by}).outcome == verdict::fail));
    BOOST_TEST((check::vjp(hidden_op<66, 6>{}, {x}, {.oracle = by}).outcome == verdict::fail));
  }
  // ... down to their own digits.
  BOOST_TEST((check::vjp(hidden_op<100, 6>{}, {x}).outcome == verdict::fail));
  const auto beyond = check::vjp(hidden_op<200, 6>{}, {x});
  BOOST_TEST((beyond.outcome != verdict::pass), beyond);
}

BOOST_AUTO_TEST_CASE(a_slope_that_is_hidden_beside_visible_ones_is_not_passed_either) {
  const array<double> x{0.5, -1.25, 2.0};
  const auto mixed = [](const var& v) {
    return concat({slice(v, 0, 0, 2), apply(hidden_op<66, 6>{}, slice(v, 0, 2, 3))}, 0);
  };
  const auto r = check::function(mixed, x, {.oracle = oracle::in_double});
  BOOST_TEST((r.outcome == verdict::inconclusive), r);
  // A maximum has slopes of 0 that nothing hides.
  BOOST_TEST(check::function([](const var& v) { return max(v); }, x, {.oracle = oracle::in_double}));
}

BOOST_AUTO_TEST_CASE(a_flat_function_has_an_absolute_limit_and_says_so) {
  const array<double> x{0.5, -1.25, 2.0};
  const auto flat = [](const var& v) { return sign(v) * 3; };
  const auto r = check::function(flat, x);
  BOOST_TEST(r);
  BOOST_TEST(r.flat);
  BOOST_TEST((to_string(r).find("absolute") != std::string::npos), r);
  const auto d = check::function(flat, x, {.oracle = oracle::in_double});
  BOOST_TEST((d.outcome == verdict::inconclusive), d);
  BOOST_TEST(d.flat);
}

BOOST_AUTO_TEST_SUITE_END()
