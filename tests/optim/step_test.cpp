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

BOOST_AUTO_TEST_CASE(the_loss_is_evaluated_at_the_parameters_whatever_the_rule_keeps) {
  const auto at = [](const line<array<double>>& m) {
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const double r = m.w(0) * x(i) + m.b(0) - y(i);
      sum += r * r / 3;
    }
    return sum;
  };
  const auto check = [&](auto step) {
    for (int i = 0; i < 4; ++i) {
      const auto before = step.parameters();
      const double loss = step.evaluate(x, y);
      BOOST_TEST(loss == at(before), boost::test_tools::tolerance(1e-14));
      BOOST_TEST(step.evaluate(std::tie(x, y)) == loss);
      BOOST_TEST(step.parameters().w(0) == before.w(0));
      BOOST_TEST(step(x, y) == loss, boost::test_tools::tolerance(1e-14));
    }
  };
  check(freeze_step<double>(squares, sgd{.lr = 0.1}, start));
  check(freeze_step<double>(squares, sgd{.lr = 0.1, .momentum = 0.9}, start));
  check(freeze_step<double>(squares, adam{.lr = 0.1}, start));
}

BOOST_AUTO_TEST_CASE(workers_that_come_later_go_on_with_the_same_states) {
  auto step = freeze_step<double>(squares, adam{.lr = 0.1}, start),
       same = freeze_step<double>(squares, adam{.lr = 0.1}, start);
  const array<double> x1{1.0}, y1{0.5};
  const auto both = [&] {
    step(x, y), same(x, y);
    step(x1, y1), same(x1, y1);
  };
  both();
  step.use(workers(2));
  both();
  BOOST_TEST(step.parameters().w(0) == same.parameters().w(0));
  BOOST_TEST(step.save().rule == same.save().rule);
  BOOST_TEST(step.programs() == 2u);
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
  // Other numbers, and another shape, in the memory of the batch before.
  const array<double> x2{-1.0, 4.0, 0.5}, y2{1.0, 1.0, 2.0}, x3{3.0, 1.0}, y3{0.0, 5.0};
  step(x2, y2);
  same(array<float>(x2), array<float>(y2));
  step(x3, y3);
  same(array<float>(x3), array<float>(y3));
  step(x2, y2);
  same(array<float>(x2), array<float>(y2));
  BOOST_TEST(step.parameters().w(0) == same.parameters().w(0));
  BOOST_TEST(step.parameters().b(0) == same.parameters().b(0));
}

BOOST_AUTO_TEST_CASE(labels_of_any_integer_type_are_converted_and_those_that_are_no_index_refused) {
  const auto loss = [](const var& w, const var& labels) { return mean(softmax_cross_entropy(w, labels)); };
  const array<double> w{{1, 2, 3}, {3, 2, 1}};
  auto step = freeze_step<float>(loss, sgd{.lr = 0.1}, w), same = freeze_step<float>(loss, sgd{.lr = 0.1}, w);
  for (int i = 0; i < 3; ++i) {
    step(array<int>{2, i});
    same(array<index_t>{2, i});
    step(array<std::uint8_t>{0, 1});
    same(array<index_t>{0, 1});
  }
  BOOST_TEST((step.parameters() == same.parameters()));
  check_error(
      errc::invalid_argument,
      [&] {
        step(array<std::uint64_t>{0, ~std::uint64_t{0}});
      },
      "18446744073709551615", "step_test.cpp");
  BOOST_TEST((step.parameters() == same.parameters()));
}

namespace {

// Batches of so many shapes, one after the other, as sequences of many lengths are.
array<double> ramp(index_t n, double first) {
  auto a = make_array<double>({n});
  for (std::size_t i = 0; i < a.size(); ++i) a(i) = first + 0.01 * static_cast<double>(i);
  return a;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_step_keeps_a_bounded_number_of_shapes_and_takes_the_same_steps) {
  const sgd rule{.lr = 0.01, .momentum = 0.9};
  auto all = freeze_step<double>(squares, rule, start), few = freeze_step<double>(squares, rule, start),
       one = freeze_step<double>(squares, rule, start), usual = freeze_step<double>(squares, rule, start);
  all.keep_shapes(1000);
  few.keep_shapes(3);
  one.keep_shapes(1);
  const auto both = [](auto& step, index_t n) { return step(ramp(n, -1), ramp(n, 2)); };
  for (int round = 0; round < 3; ++round)
    for (index_t n = 1; n <= 40; ++n) {
      const double loss = both(all, n);
      BOOST_TEST(both(few, n) == loss);
      BOOST_TEST(both(one, n) == loss);
      BOOST_TEST(both(usual, n) == loss);
      BOOST_TEST(few.evaluate(ramp(n, 0), ramp(n, 1)) == all.evaluate(ramp(n, 0), ramp(n, 1)));
    }
  BOOST_TEST(all.programs() == 40u);
  BOOST_TEST(few.programs() == 3u);
  BOOST_TEST(one.programs() == 1u);
  BOOST_TEST(usual.programs() == 32u);
  BOOST_TEST(all.parameters().w(0) == few.parameters().w(0));
  BOOST_TEST(all.parameters().b(0) == one.parameters().b(0));
  all.keep_shapes(2);
  BOOST_TEST(all.programs() == 2u);
  BOOST_TEST(both(all, 40) == both(few, 40));
  check_error(
      errc::invalid_argument, [&] { all.keep_shapes(0); }, "give 1 or more");
}

BOOST_AUTO_TEST_CASE(the_shapes_used_last_are_kept) {
  int recorded = 0;
  const auto loss = [&recorded](const line<var>& m, const var& a, const var& b) {
    ++recorded;
    return squares(m, a, b);
  };
  auto step = freeze_step<double>(loss, sgd{.lr = 0.01}, start);
  step.keep_shapes(2);
  const auto on = [&](index_t n) {
    recorded = 0;
    step(ramp(n, 0), ramp(n, 1));
    return recorded;
  };
  BOOST_TEST(on(1) == 1);
  BOOST_TEST(on(2) == 1);
  BOOST_TEST(on(1) == 0);
  BOOST_TEST(on(3) == 1);  // in place of 2
  BOOST_TEST(on(1) == 0);
  BOOST_TEST(on(3) == 0);
  BOOST_TEST(on(2) == 1);  // in place of 1
  BOOST_TEST(on(3) == 0);
  BOOST_TEST(on(1) == 1);
}

BOOST_AUTO_TEST_CASE(a_shape_that_is_refused_leaves_those_that_are_known) {
  const auto picky = [](const line<var>& m, const var& a, const var& b) {
    if (a.size() == 5) return m.w * a + m.b - b;  // no loss
    return squares(m, a, b);
  };
  auto step = freeze_step<double>(picky, sgd{.lr = 0.1}, start);
  step(x, y);
  const double w = step.parameters().w(0);
  check_error(
      errc::non_scalar_loss, [&] { step(ramp(5, 0), ramp(5, 1)); }, "[5]");
  BOOST_TEST(step.programs() == 1u);
  BOOST_TEST(step.parameters().w(0) == w);
  step(x, y);
}

BOOST_AUTO_TEST_SUITE_END()
