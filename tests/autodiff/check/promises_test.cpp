// SPDX-License-Identifier: MIT
// What the kit promises, tried on rules that are wrong by as much as it says it would notice.
#include "../../support.hpp"

#include <reel/autodiff/check/directions.hpp>
#include <reel/autodiff/check/edge_inputs.hpp>
#include <reel/autodiff/check/mutants.hpp>
#include <reel/autodiff/check/precision.hpp>
#include <reel/autodiff/check/tape.hpp>
#include <reel/autodiff/check/vcurve.hpp>
#include <reel/ops.hpp>

#include <cmath>

using namespace reel;
using namespace reel::test;
using check::oracle;
using check::verdict;

namespace {

// x times 1 + delta from element `first` on, and its own adjoint. As a part of a rule it makes that wrong.
struct spoil_op {
  double delta = 0;
  index_t first = 0;
  static constexpr auto name = "spoil";
  static constexpr bool analytic = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = i < first ? x[i] : x[i] + x[i] * num::convert<T>(delta);
  }
  var vjp(var ybar, var, var) const { return apply(*this, ybar); }
  bool operator==(const spoil_op&) const = default;
};

// e^x with a rule that is wrong by `delta` from element `first` on.
struct off_op {
  double delta = 0;
  index_t first = 0;
  static constexpr auto name = "off";
  static constexpr bool analytic = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = num::exp(x[i]);
  }
  var vjp(var ybar, var y, var) const { return apply(spoil_op{delta, first}, y * ybar); }
  bool operator==(const off_op&) const = default;
};

// x^power, whose rule of order `wrong` is wrong, and those below it right.
template <int power, int wrong> struct power_op {
  static constexpr auto name = "power";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) {
      y[i] = T(1);
      for (int k = 0; k < power; ++k) y[i] = y[i] * x[i];
    }
  }
  var vjp(var ybar, var, var x) const {
    if constexpr (power == 0) return zeros_like(ybar);
    else return ybar * (power * (wrong == 1 ? 1.5 : 1.0)) * apply(power_op<power - 1, wrong - 1>{}, x);
  }
  bool operator==(const power_op&) const = default;
};

// sin x in float and double alone, with a rule that is off.
struct narrow_off_op {
  double delta = 0;
  static constexpr auto name = "narrow_off";
  using numbers = reel::numbers<float, double>;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = std::sin(x[i]);
  }
  var vjp(var ybar, var y, var) const { return ybar * sqrt(1 - y * y) * (1 + delta); }
  bool operator==(const narrow_off_op&) const = default;
};

// x² with a rule that is not linear in ȳ: transposing it means nothing.
struct crooked_op {
  static constexpr auto name = "crooked";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i];
  }
  var vjp(var ybar, var, var x) const { return 2 * x * ybar * ybar; }
  bool operator==(const crooked_op&) const = default;
};

// x², in one number type by a factor too large.
template <class Bad> struct another_op {
  static constexpr auto name = "another";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i] * T(std::same_as<T, Bad> ? 3 : 1);
  }
  var vjp(var ybar, var, var x) const { return 2 * x * ybar; }
  bool operator==(const another_op&) const = default;
};

struct rough_op {  // 1 + 2^−40 times x in double, 2^29 units of rounding off
  static constexpr auto name = "rough";
  shape infer(const shape& s) const { return s; }
  template <class T> void eval(out<T> y, in<T> in) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = in[i] * T(std::same_as<T, double> ? 1 + 0x1p-24 : 1);
  }
  var vjp(var ybar, var, var) const { return 1 * ybar; }
  bool operator==(const rough_op&) const = default;
};

const array<double> x{0.5, -1.25, 1.75, 0.375, -0.625};

}  // namespace

BOOST_AUTO_TEST_SUITE(check_promises)

// "The smallest error it could have noticed": of a single number, three times as much is noticed, and a
// hundredth is not.
BOOST_AUTO_TEST_CASE(the_detection_limit_is_what_it_says) {
  const array<double> one{0.75};
  for (const auto by : {oracle::fifty_digits, oracle::in_double, oracle::complex_step}) {
    const check::options o{.oracle = by, .rounding = false, .explain = false};
    const auto right = check::vjp({off_op{}, {one}}, o);
    BOOST_TEST_REQUIRE(right);
    for (const double sign : {1.0, -1.0}) {
      const auto seen = check::vjp({off_op{3 * sign * right.detection_limit}, {one}}, o);
      BOOST_TEST((seen.outcome == verdict::fail), seen);
      const auto unseen = check::vjp({off_op{0.01 * sign * right.detection_limit}, {one}}, o);
      BOOST_TEST((unseen.outcome == verdict::pass), unseen);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_limit_of_a_push_is_what_it_says) {
  const array<double> one{0.75};
  const auto right = check::jvp({off_op{}, {one}});
  BOOST_TEST_REQUIRE(right);
  BOOST_TEST((check::jvp({off_op{3 * right.detection_limit}, {one}}).outcome == verdict::fail));
}

// The limit is the worst over all elements, and one element that is off is enough.
BOOST_AUTO_TEST_CASE(one_element_is_enough) {
  const check::options o{.rounding = false, .explain = false};
  const double limit = check::vjp({off_op{}, {x}}, o).detection_limit;
  const auto last = check::vjp({off_op{3 * limit, 4}, {x}}, o);
  BOOST_TEST((last.outcome == verdict::fail));
  BOOST_TEST(last.worst.at == 4);
  BOOST_TEST(last.worst.name == "xbar[4]");
  BOOST_TEST(std::abs(last.worst.difference) > last.worst.oracle_error + last.worst.allowed);
}

// In double, element by element and along directions.
BOOST_AUTO_TEST_CASE(differences_in_double_notice_a_millionth) {
  const check::options o{.oracle = oracle::in_double, .explain = false};
  BOOST_TEST((check::vjp({off_op{1e-6}, {x}}, o).outcome == verdict::fail));
  BOOST_TEST((check::vjp({narrow_off_op{1e-6}, {x * 0.5}}, o).outcome == verdict::fail));
  BOOST_TEST(check::vjp({narrow_off_op{}, {x * 0.5}}, o));
  const array<double> many = xt::linspace<double>(-1, 1, 4000);
  BOOST_TEST(
      (check::vjp({off_op{1e-3, 3999}, {many}}, {.oracle = oracle::in_double}).outcome == verdict::fail));
}

BOOST_AUTO_TEST_CASE(a_probe_finds_the_element_that_is_wrong) {
  const array<double> many = xt::linspace<double>(-1, 1, 6000);
  const auto r = check::vjp(off_op{0.5, 5999}, {many}, {.seconds = 5});
  BOOST_TEST((r.outcome == verdict::fail), r);
  BOOST_TEST((r.oracle.find("along directions of ±1") != r.oracle.npos), r.oracle);
  BOOST_TEST_REQUIRE(!r.explanation.empty());
  BOOST_TEST(r.explanation[0] == "one that is wrong: xbar[5999]");
}

// Order 2 looks at the rule of the rule, and order 3 at the rule of that.
BOOST_AUTO_TEST_CASE(orders_are_what_they_are_called) {
  const auto check_orders = [](const check::subject& s, int wrong) {
    for (int order = 1; order <= wrong; ++order) {
      const check::options o{.order = order, .explain = false};
      const bool fails = order == wrong;
      BOOST_TEST_CONTEXT("order " << order << ", wrong at " << wrong) {
        BOOST_TEST((check::vjp(s, o).outcome == (fails ? verdict::fail : verdict::pass)));
        BOOST_TEST((check::jvp(s, o).outcome == (fails ? verdict::fail : verdict::pass)));
        BOOST_TEST((check::taylor(s, o).outcome == (fails ? verdict::fail : verdict::pass)));
        BOOST_TEST(check::precision_ladder(s, o).wrong_formula == fails);
      }
    }
  };
  check_orders({power_op<4, 1>{}, {x}}, 1);
  check_orders({power_op<4, 2>{}, {x}}, 2);
  check_orders({power_op<4, 3>{}, {x}}, 3);
  const auto subject_of = [](int order) {
    return check::vjp({power_op<4, 0>{}, {x}}, {.order = order}).subject;
  };
  BOOST_TEST(subject_of(1) == "vjp(power)");
  BOOST_TEST(subject_of(3) == "vjp(power, order 3)");
}

BOOST_AUTO_TEST_CASE(mutants_are_of_the_order_that_is_asked_for) {
  const check::subject s(power_op<3, 0>{}, {x});
  const auto one = check::mutate(s), two = check::mutate(s, {.order = 2});
  BOOST_TEST(one);
  BOOST_TEST(two);
  BOOST_TEST(two.made() > one.made());
}

// A fault as small as the oracle's error is found wherever it stands.
BOOST_AUTO_TEST_CASE(blame_forgives_nothing_that_it_could_see) {
  for (const double delta : {1e-3, 1e-6, 1e-10, 1e-15}) {
    reel::tape t;
    var v = t.variable(array<double>{0.3, -0.7});
    var wrong = v;
    for (int i = 0; i < 20; ++i) {
      v = 0.5 * v + 0.1 * exp(0.1 * v);
      if (i == 12) v = wrong = apply(off_op{delta}, v);
    }
    const auto b = check::blame(sum(v));
    BOOST_TEST((b.outcome == verdict::fail), delta);
    BOOST_TEST_REQUIRE(b.faults.size() == 1U);
    BOOST_TEST(b.faults[0].node == wrong.id());
  }
  for (const double delta : {1e-4, 1e-6}) {
    reel::tape t;
    const var wrong = apply(narrow_off_op{delta}, t.variable(array<double>{0.3, -0.7}));
    const auto b = check::blame(sum(square(wrong)));
    BOOST_TEST((b.outcome == verdict::fail), delta);
    BOOST_TEST_REQUIRE(b.faults.size() == 1U);
    BOOST_TEST(b.faults[0].node == wrong.id());
  }
  reel::tape t;
  BOOST_TEST(check::blame(sum(square(apply(narrow_off_op{}, t.variable(array<double>{0.3, -0.7}))))));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_another_function_fails_in_both_directions) {
  BOOST_TEST((check::vjp(another_op<double>{}, {x}).outcome == verdict::fail));
  BOOST_TEST((check::jvp({another_op<double>{}, {x}}).outcome == verdict::fail));
  BOOST_TEST((check::vjp(another_op<float>{}, {x}).outcome == verdict::fail));
  BOOST_TEST((check::jvp({another_op<float>{}, {x}}).outcome == verdict::fail));
  const auto of_digits = check::jvp({another_op<real50>{}, {x}});
  BOOST_TEST((of_digits.outcome == verdict::fail));
  BOOST_TEST((check::vjp(another_op<real50>{}, {x}).outcome == verdict::fail));
  // Without rounding 50 digits alone are looked at.
  BOOST_TEST(check::vjp(another_op<double>{}, {x}, {.rounding = false}));
  BOOST_TEST(check::jvp({another_op<double>{}, {x}}, {.rounding = false}));
}

BOOST_AUTO_TEST_CASE(a_push_names_the_tangent_that_is_off) {
  const auto r = check::jvp({another_op<double>{}, {x}});
  BOOST_TEST((r.worst.name.find("y[") == 0 || r.worst.name.find("Jv[") == 0), r);
  BOOST_TEST(r.numbers.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_rule_that_is_not_linear_cannot_be_transposed) {
  BOOST_TEST((check::adjoint({crooked_op{}, {x}}).outcome == verdict::fail));
  BOOST_TEST((check::vjp(crooked_op{}, {x}).outcome == verdict::fail));
}

BOOST_AUTO_TEST_CASE(oracles_that_do_not_apply_are_refused) {
  check_error(
      errc::unsupported_number,
      [] {
        check::vjp({narrow_off_op{}, {x}}, {.oracle = oracle::fifty_digits});
      },
      "in_double");
  check_error(
      errc::unsupported_number,
      [] {
        check::vjp({crooked_op{}, {x}}, {.oracle = oracle::complex_step});
      },
      "analytic");
  check_error(
      errc::invalid_argument,
      [] {
        check::jvp({off_op{}, {x}}, {.order = 0});
      },
      "order 0");
}

BOOST_AUTO_TEST_CASE(a_seed_repeats_a_check) {
  const auto limit = [](std::uint64_t seed) {
    return check::vjp({softmax_op{}, {x}}, {.seed = seed}).detection_limit;
  };
  BOOST_TEST(limit(1) == limit(1));
  BOOST_TEST(limit(1) != limit(2));
  BOOST_TEST(check::vjp({softmax_op{}, {x}}, {.seed = 7}).seed == 7U);
}

BOOST_AUTO_TEST_CASE(explanations_can_be_left_out) {
  const auto without = check::vjp(off_op{0.5}, {x}, {.explain = false}), with = check::vjp(off_op{0.5}, {x});
  BOOST_TEST(without.explanation.empty());
  BOOST_TEST(without.taylor_rate == 0);
  BOOST_TEST_REQUIRE(!with.explanation.empty());
  BOOST_TEST((with.explanation[0].find("FACTOR") == 0), with);
  BOOST_TEST(std::abs(with.taylor_rate - 1) < 0.05);
}

// Taylor's remainder falls with h² for a right rule and with h for one that is off by little.
BOOST_AUTO_TEST_CASE(a_taylor_rate_tells_a_small_fault) {
  BOOST_TEST((check::taylor({off_op{1e-9}, {x}}).outcome == verdict::fail));
  const auto right = check::taylor({off_op{}, {x}});
  BOOST_TEST(right);
  BOOST_TEST(right.window.size() >= 2U);
  BOOST_TEST((check::taylor({narrow_off_op{1e-3}, {x * 0.5}}).outcome == verdict::fail));
}

BOOST_AUTO_TEST_CASE(errors_are_measured_in_units_of_rounding) {
  const auto studies = check::ulps({rough_op{}, {x}});
  BOOST_TEST_REQUIRE(studies.size() == 2U);
  BOOST_TEST(studies[0].value_ulps == 0);
  BOOST_TEST(studies[1].value_ulps == 0x1p29, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(studies[1].cotangent_ulps <= 1);
  BOOST_TEST(studies[1].share > 1e6);
}

BOOST_AUTO_TEST_CASE(a_v_curve_is_of_the_values_and_not_of_the_rule) {
  const auto right = check::vcurve({off_op{}, {x}}), wrong = check::vcurve({off_op{0.5}, {x}});
  BOOST_TEST_REQUIRE(right.curves.size() == 13U);
  BOOST_TEST_REQUIRE(wrong.curves.size() == 13U);
  for (std::size_t i = 0; i < right.curves.size(); ++i) {
    BOOST_TEST(right.curves[i].best().error == wrong.curves[i].best().error);
    BOOST_TEST(right.curves[i].best().error < 1e-2);
  }
}

BOOST_AUTO_TEST_CASE(a_tape_fails_if_one_node_does_and_says_the_worst_limit) {
  reel::tape t;
  const var v = t.variable(x);
  const auto kink = check::tape(sum(relu(v - x(0))));
  BOOST_TEST((kink.outcome == verdict::nonsmooth));
  const auto both = check::tape(sum(relu(v - x(0)) + apply(off_op{1e-9}, v)));
  BOOST_TEST((both.outcome == verdict::fail));
  BOOST_TEST(both.failures.size() == 2U);
  const auto coarse = check::tape(sum(apply(narrow_off_op{}, 0.5 * v)));
  BOOST_TEST(coarse);
  BOOST_TEST(coarse.detection_limit > 1e-14);
}

BOOST_AUTO_TEST_SUITE_END()
