// SPDX-License-Identifier: MIT
// A training step is the rule's formula, in one program per batch shape, and all or nothing.
#include "support.hpp"

#include <reel/ops.hpp>
#include <reel/optim.hpp>

#include <cmath>
#include <limits>

using namespace reel;
using namespace reel::optim;
using reel::test::check_error;

namespace {

template <class T> struct line { T w, b; };

const auto squares = [](const line<var>& m, var x, var y) { return mean(square(m.w * x + m.b - y)); };
const line<array<double>> start{array<double>{2.0}, array<double>{-1.0}};
const array<double> x{1.0, 2.0, -1.0}, y{0.5, 0.0, 3.0};

// The gradient of `squares` worked out by hand.
std::array<double, 2> slope(double w, double b) {
  double gw = 0, gb = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double r = w * x(i) + b - y(i);
    gw += 2 * r * x(i) / 3;
    gb += 2 * r / 3;
  }
  return {gw, gb};
}

void compare(const sgd& rule) {
  auto step = freeze_step<double>(squares, rule, start);
  std::array<double, 2> p{2.0, -1.0}, v{0, 0};
  for (int n = 0; n < 5; ++n) {
    step(x, y);
    const auto g = slope(p[0], p[1]);
    for (std::size_t i = 0; i < 2; ++i) {
      const double d = g[i] + rule.weight_decay * p[i];
      v[i] = rule.momentum * v[i] + d;
      p[i] -= rule.lr * (rule.momentum == 0 ? d : rule.nesterov ? d + rule.momentum * v[i] : v[i]);
    }
  }
  const auto m = step.parameters();
  BOOST_TEST(m.w(0) == p[0], boost::test_tools::tolerance(1e-13));
  BOOST_TEST(m.b(0) == p[1], boost::test_tools::tolerance(1e-13));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(step)

BOOST_AUTO_TEST_CASE(the_sgd_family_follows_its_formulas) {
  compare({.lr = 0.1});
  compare({.lr = 0.1, .weight_decay = 0.3});
  compare({.lr = 0.05, .momentum = 0.9});
  compare({.lr = 0.05, .momentum = 0.9, .nesterov = true});
  compare({.lr = 0.05, .momentum = 0.9, .nesterov = true, .weight_decay = 0.01});
}

BOOST_AUTO_TEST_CASE(a_short_batch_gets_its_own_program_and_the_same_state) {
  const sgd rule{.lr = 0.1, .momentum = 0.9};
  auto step = freeze_step<double>(squares, rule, start);
  auto twin = freeze_step<double>(squares, rule, start);
  const array<double> x1{1.0}, y1{0.5};
  step(x, y);
  step(x1, y1);
  step(x, y);
  BOOST_TEST(step.programs() == 2u);
  // The same three steps by a rule that sees every batch at one shape: weights 1/3 on three copies.
  twin(x, y);
  twin(array<double>{1.0, 1.0, 1.0}, array<double>{0.5, 0.5, 0.5});
  twin(x, y);
  BOOST_TEST(step.parameters().w(0) == twin.parameters().w(0), boost::test_tools::tolerance(1e-14));
  BOOST_TEST(step.parameters().b(0) == twin.parameters().b(0), boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(before_the_first_step_the_parameters_are_those_given) {
  const auto step = freeze_step<float>(squares, sgd{}, start);
  BOOST_TEST(step.parameters().w(0) == 2.0);
  BOOST_TEST(step.explain().empty());
}

BOOST_AUTO_TEST_CASE(a_step_that_is_not_finite_changes_nothing) {
  auto step = freeze_step<double>(squares, sgd{.lr = 0.1, .momentum = 0.5}, start);
  step(x, y);
  const auto before = step.parameters();
  const array<double> broken{1.0, std::numeric_limits<double>::infinity(), 0.0};
  check_error(
      errc::non_finite, [&] { step(broken, y); }, "mul", "step_test.cpp", "[1]", "no state has changed");
  const auto after = step.parameters();
  BOOST_TEST(after.w(0) == before.w(0));
  BOOST_TEST(after.b(0) == before.b(0));
  auto undisturbed = freeze_step<double>(squares, sgd{.lr = 0.1, .momentum = 0.5}, start);
  undisturbed(x, y);
  undisturbed(x, y);
  step(x, y);
  BOOST_TEST(step.parameters().w(0) == undisturbed.parameters().w(0));
}

BOOST_AUTO_TEST_CASE(a_parameter_the_loss_cannot_see_is_refused) {
  const auto forgetful = [](const line<var>& m, var x, var y) { return mean(square(m.w * x - y)); };
  auto step = freeze_step<double>(forgetful, sgd{}, start);
  check_error(
      errc::unreachable_variable, [&] { step(x, y); }, "cannot see parameter '1'", "step_test.cpp",
      "leave it out");
}

BOOST_AUTO_TEST_CASE(a_loss_with_more_than_one_element_is_refused) {
  auto step =
      freeze_step<double>([](const line<var>& m, var x, var y) { return m.w * x + m.b - y; }, sgd{}, start);
  check_error(
      errc::non_scalar_loss, [&] { step(x, y); }, "[3]", "mean()");
}

BOOST_AUTO_TEST_CASE(the_rate_is_an_input_not_baked_in) {
  auto step = freeze_step<double>(squares, sgd{.lr = 0.1}, start);
  step(x, y);
  const auto before = step.parameters();
  step.set_rate(0);
  step(x, y);
  BOOST_TEST(step.programs() == 1u);
  BOOST_TEST(step.parameters().w(0) == before.w(0));
}

BOOST_AUTO_TEST_CASE(batches_of_other_number_types_are_converted) {
  auto step = freeze_step<float>(squares, sgd{.lr = 0.1}, start);
  auto same = freeze_step<float>(squares, sgd{.lr = 0.1}, start);
  step(x, y);
  same(array<float>(x), std::as_const(y));
  BOOST_TEST(step.parameters().w(0) == same.parameters().w(0));
}

BOOST_AUTO_TEST_SUITE_END()
