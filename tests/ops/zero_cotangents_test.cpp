// SPDX-License-Identifier: MIT
// Zeros that meet infinite slopes: reported where they came from arithmetic, let pass where they were chosen.
#include "support.hpp"

#include <reel/autodiff/check/zero_cotangents.hpp>
#include <reel/ops.hpp>

#include <cmath>
#include <string>

using namespace reel;
using reel::test::check_error;

namespace {

// What a program of the gradient of sum(f(x)) says to these numbers, when it is watched.
template <class F> instance<double> watched(F f, const array<double>& like) {
  tape t;
  const var x = t.input(shape_of(like));
  const var slope = grad(sum(f(x)), x);
  watch_zero_cotangents(slope);
  return instance<double>(freeze(freeze_request{.outputs = {slope}, .inputs = {x}}));
}

template <class F> std::size_t events(F f, const array<double>& x) {
  return check::zero_cotangents(check::subject([f](var v) { return sum(f(v)); }, x)).size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(zero_cotangents)

// √x² is x for x ≥ 0, whose slope is 1; the rule says 0, because 2√0 = 0.
BOOST_AUTO_TEST_CASE(a_zero_of_arithmetic_is_reported) {
  const auto f = [](var x) { return square(sqrt(x)); };
  const array<double> x{4.0, 0.0, 9.0, 0.0};
  BOOST_TEST(grad([&](var v) { return sum(f(v)); })(x)(1) == 0);
  const auto found = check::zero_cotangents(check::subject([&](var v) { return sum(f(v)); }, x));
  BOOST_TEST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].op == "sqrt");
  BOOST_TEST(std::string(found[0].where.file).ends_with("zero_cotangents_test.cpp"));
  BOOST_TEST(found[0].elements == 2u);
  BOOST_TEST((found[0].at == std::vector<index_t>{1}));
  BOOST_TEST((found[0].cotangent == 0 && std::isinf(found[0].slope)));
  BOOST_TEST(to_string(found[0]).find("the cotangent is 0 and the slope inf at [1], and at 1 more") !=
             std::string::npos);
  BOOST_TEST(events(f, array<double>{4.0, 9.0}) == 0u);
}

// e^(ln x + ln y) = xy has the slope y in x, at x = 0 as well: e^−∞ = 0 meets 1/0.
BOOST_AUTO_TEST_CASE(a_product_through_logarithms) {
  const auto f = [](var v) { return exp(log(slice(v, 0, 0, 1)) + log(slice(v, 0, 1, 2))); };
  const auto found =
      check::zero_cotangents(check::subject([&](var v) { return sum(f(v)); }, array<double>{0.0, 2.0}));
  BOOST_TEST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].op == "log");
  BOOST_TEST(events(f, array<double>{0.5, 2.0}) == 0u);
}

BOOST_AUTO_TEST_CASE(a_watched_program_refuses_the_run_and_says_where) {
  auto run = watched([](var x) { return square(sqrt(x)); }, array<double>{0, 0, 0});
  run.run(array<double>{1.0, 4.0, 9.0});
  BOOST_TEST((run.output() == array<double>{1, 1, 1}));
  check_error(
      errc::non_finite,
      [&] {
        run.run(array<double>{1.0, 4.0, 0.0});
      },
      "in sqrt", "zero_cotangents_test.cpp", "the cotangent is 0 and the slope inf at [2]", "where()");
  run.run(array<double>{1.0, 4.0, 0.25});
  BOOST_TEST((run.output() == array<double>{1, 1, 1}));
}

// A watch changes no number.
BOOST_AUTO_TEST_CASE(a_watched_program_computes_the_same) {
  const auto f = [](var x) { return tanh(x) * exp(-square(x)) + where(x > 0, sqrt(x), x); };
  const array<double> x{0.3, -2.0, 1.5, 0.0, -0.25};
  auto with = watched(f, x);
  with.run(x);
  const array<double> without = grad([&](var v) { return sum(f(v)); })(x);
  BOOST_TEST((with.output() == without));
}

BOOST_AUTO_TEST_CASE(a_zero_that_was_chosen_is_let_pass) {
  const array<double> x{4.0, 0.0, -1.0};
  const auto passes = [&](auto f) {
    BOOST_TEST(events(f, x) == 0u);
    auto run = watched(f, x);
    run.run(x);
    for (const double v : run.output()) BOOST_TEST(std::isfinite(v));
  };
  passes([](var v) { return where(v > 0, sqrt(v), 0); });
  passes([](var v) { return where(v > 0, 1 - 3 * sqrt(v), 0); });
  passes([](var v) { return where(v > 0, square(log(sqrt(v))), v); });
  passes([](var v) { return where(v > 0, sqrt(v) + log(v), 0); });
  passes([](var v) { return slice(sqrt(v), 0, 0, 1); });
  passes([](var v) { return reshape(slice(reshape(sqrt(v), {3, 1}), 0, 0, 1), {1}); });
  passes([](var v) { return gather(sqrt(v), reshape(argmax(v), {1}), 0); });
  passes([](var v) { return sqrt(v) * where(v > 0, 1.0, 0.0); });
  passes([](var v) { return max(where(v > 0, sqrt(v), -1.0), 0); });
}

BOOST_AUTO_TEST_CASE(beside_a_choice_the_rest_is_watched) {
  const auto f = [](var v) { return where(v >= 0, square(sqrt(v)), 0); };
  BOOST_TEST(events(f, array<double>{4.0, -1.0}) == 0u);
  BOOST_TEST(events(f, array<double>{4.0, 0.0, -1.0}) == 1u);
}

BOOST_AUTO_TEST_CASE(nothing_recorded_nothing_watched) {
  tape t;
  const var x = t.variable(2.0);
  const std::size_t before = t.size();
  watch_zero_cotangents(x);
  watch_zero_cotangents(std::span<const var>{});
  BOOST_TEST(t.size() == before);
  tape other;
  const var both[] = {x, other.variable(1.0)};
  check_error(
      errc::tape_mismatch, [&] { watch_zero_cotangents(both); }, "different tapes");
}

BOOST_AUTO_TEST_SUITE_END()
