// SPDX-License-Identifier: MIT
// What a rule keeps is part of the promise that a step is all or nothing: a step after which a number of it
// would be infinite or NaN is refused, says which, and changes nothing.
#include "support.hpp"
#include "optim/optimizers.hpp"

#include <reel/ops.hpp>
#include <reel/optim.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace reel;
using namespace reel::optim;
using reel::test::check_error;

namespace {

template <class T> struct two { T a, b; };

// 0, with the numbers of `slope` as the gradient in b and 1 as that in a.
const auto steep = [](const two<var>& m, const var& slope) {
  return sum(m.a - detach(m.a)) + sum(slope * (m.b - detach(m.b)));
};
const two<array<double>> start{array<double>{0.5}, array<double>{1.0, -2.0, 3.0}};

// Averages of the parameters beside a rule (Polyak & Juditsky, 1992), a sum of all gradients, and a number
// that doubles.
struct keeping {
  double lr = 0.1;
  std::vector<shape> state_shapes(const shape& p) const { return {p, p, {}}; }
  update apply(var gradient, var parameter, std::span<const var> state, const hyperparameters& k) const {
    const var direction = -k.learning_rate * gradient;
    return {direction,
            {(0.9 * state[0] + 0.1 * (parameter + direction)).named("the average"), state[1] + gradient,
             (2.0 * state[2] + 1.0).named("the number")}};
  }
};

// Root of the mean square alone (Tieleman & Hinton, 2012): the next parameter does not tell of it.
struct root_mean_square {
  double lr = 0.1;
  std::vector<shape> state_shapes(const shape& p) const { return {p}; }
  update apply(var gradient, var, std::span<const var> state, const hyperparameters& k) const {
    const var v = 0.5 * state[0] + 0.5 * square(gradient);
    return {-k.learning_rate * gradient / (1.0 + sqrt(v)), {v}};
  }
};

// The rules of the table, and others.
std::vector<test::optimizer> all_rules() {
  std::vector<test::optimizer> all(std::begin(test::optimizers), std::end(test::optimizers));
  const auto add = [&](const char* name, const any_rule& rule) { all.push_back({name, rule, false}); };
  add("sgd", sgd{.lr = 1e-3});
  add("sgd with decay", sgd{.lr = 1e-3, .weight_decay = 0.1});
  add("momentum", sgd{.lr = 1e-3, .momentum = 0.9});
  add("Nesterov's", sgd{.lr = 1e-3, .momentum = 0.9, .nesterov = true});
  add("momentum with decay", sgd{.lr = 1e-3, .momentum = 0.99, .weight_decay = 0.1});
  add("Adam with a root epsilon", adam{.moments = {.epsilon_root = 1e-6}});
  add("AdamW", adamw{.weight_decay = 0.3});
  add("clipped AdamW", clip_by_global_norm(adamw{}, 1));
  add("a rule with three states", keeping{});
  add("a rule with a mean square", root_mean_square{});
  return all;
}

template <class Step> std::vector<double> numbers_of(const Step& step) {
  const auto s = step.save();
  std::vector<double> all;
  const auto add = [&](const auto& a) { all.insert(all.end(), a.begin(), a.end()); };
  add(s.parameters.a);
  add(s.parameters.b);
  for (const auto& a : s.rule) add(a);
  return all;
}

// Steps of steeper and steeper gradients, and what a rule makes of them.
template <class T> void climb(const any_rule& rule) {
  auto step = freeze_step<T>(steep, rule, start);
  auto spared = freeze_step<T>(steep, rule, start);  // takes the steps that are not refused
  const array<T> flat{T(1), T(1), T(1)};
  int refused = 0, taken = 0;
  for (const double part :
       {0.1, 0.25, 0.45, 0.49, 0.4999, 0.7, 0.9, 0.99, 0.9999, 0.9999, 0.9999, 1.0, 1.0}) {
    const T steepest =
        static_cast<T>(std::pow(static_cast<double>(std::numeric_limits<T>::max()), part) / 1.01);
    const array<T> slope{T(1), steepest, T(-1)};
    const auto before = numbers_of(step);
    try {
      step(slope);
      ++taken;
      spared(slope);
    } catch (const error& e) {
      ++refused;
      BOOST_TEST((e.code() == errc::non_finite), e.what());
      BOOST_TEST((std::string(e.what()).find("no state has changed") != std::string::npos), e.what());
      BOOST_TEST((std::string(e.what()).find("parameter '1'") != std::string::npos ||
                  std::string(e.what()).find("global norm") != std::string::npos),
                 e.what());
      BOOST_TEST(numbers_of(step) == before);
    }
    for (const double x : numbers_of(step)) BOOST_TEST(std::isfinite(x));
    step(flat);
    spared(flat);
    BOOST_TEST(numbers_of(step) == numbers_of(spared));
  }
  BOOST_TEST(taken > 0);
  BOOST_TEST_MESSAGE(taken << " steps taken, " << refused << " refused");
}

template <class T, class Rule>
void refuses(const Rule& rule, double steepest, const char* name, int after = 0) {
  auto step = freeze_step<T>(steep, rule, start);
  const array<T> slope{T(1), T(2), static_cast<T>(steepest)};
  for (int i = 0; i < after; ++i) step(slope);
  const auto before = numbers_of(step);
  check_error(
      errc::non_finite, [&] { step(slope); }, "inf at [2]", name, "of parameter '1' is not finite",
      "no state has changed");
  BOOST_TEST(numbers_of(step) == before);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kept)

BOOST_AUTO_TEST_CASE(no_rule_keeps_a_number_that_is_not_finite) {
  for (const test::optimizer& o : all_rules()) BOOST_TEST_CONTEXT(o.name) {
      BOOST_TEST_CONTEXT("in float") { climb<float>(o.rule); }
      BOOST_TEST_CONTEXT("in double") { climb<double>(o.rule); }
    }
}

BOOST_AUTO_TEST_CASE(what_is_kept_and_of_which_parameter_is_named) {
  refuses<float>(adam{}, 1e21, "the second moment");
  refuses<double>(adam{}, 1e160, "the second moment");
  refuses<float>(adamw{.weight_decay = 0.5}, -3e22, "the second moment");
  refuses<float>(sgd{.lr = 1e-3, .momentum = 0.9}, 3e38, "the velocity", 1);
  refuses<double>(sgd{.lr = 1e-3, .momentum = 0.5}, 1.2e308, "the velocity", 1);
  refuses<float>(keeping{.lr = 1e-3}, 3e38, "state 1 of the rule", 1);
  refuses<float>(root_mean_square{}, 1e30, "state 0 of the rule");
}

BOOST_AUTO_TEST_CASE(a_number_kept_beside_the_parameters_is_refused_in_the_step_it_overflows_in) {
  auto step = freeze_step<float>(steep, keeping{.lr = 1e-6}, start);
  const array<float> slope{1, 1, 1};
  for (int i = 0; i < 127; ++i) step(slope);  // 2^127 − 1, of less than 2^128
  const auto before = numbers_of(step);
  for (int i = 0; i < 2; ++i)
    check_error(
        errc::non_finite, [&] { step(slope); }, "the number of parameter '0' is not finite");
  BOOST_TEST(numbers_of(step) == before);
}

BOOST_AUTO_TEST_CASE(a_rule_goes_on_from_numbers_that_were_not_finite_before) {
  auto step = freeze_step<float>(steep, adam{.lr = 0.1}, start);
  const array<float> slope{1, 1, 1};
  step(slope);
  auto s = step.save();
  const float inf = std::numeric_limits<float>::infinity();
  s.rule[5](1) = inf;  // the second moment of b
  step.restore(s);
  step(slope);
  BOOST_TEST(step.save().rule[5](1) == inf);
  BOOST_TEST(std::isfinite(step.save().rule[5](0)));
  const auto before = numbers_of(step);
  check_error(
      errc::non_finite,
      [&] {
        step(array<float>{1e21F, 1, 1});
      },
      "the second moment of parameter '1'");
  BOOST_TEST(numbers_of(step) == before);
}

BOOST_AUTO_TEST_CASE(a_frozen_update_may_keep_what_was_infinite_and_make_nothing_so) {
  const double inf = std::numeric_limits<double>::infinity();
  for (const bool over : {true, false}) BOOST_TEST_CONTEXT((over ? "over the state" : "beside it")) {
      tape t;
      const var s = t.state(array<double>{{1, inf}, {3, 4}}), x = t.input({2, 2}), y = t.input({2, 2});
      const var next = (s + matmul(x, y)).named("the total");
      freeze_request request{.updates = {{s, next}}, .inputs = {x, y}, .stays_finite = {next}};
      if (!over) request.disabled_passes = {"in_place_updates"};
      instance<double> run(freeze(request));
      const array<double> one{{1, 0}, {0, 1}}, huge{{1e200, 0}, {0, 1e200}};
      run.run(one, one);
      const array<double> after{{2, inf}, {3, 5}};
      BOOST_TEST((run.state() == after));
      check_error(
          errc::non_finite, [&] { run.run(huge, huge); }, "the total is not finite");
      BOOST_TEST((run.state() == after));
      run.set_state(0, array<double>{{1, 2}, {3, 4}});
      run.run(one, one);
      check_error(
          errc::non_finite, [&] { run.run(huge, huge); }, "the total is not finite");
      BOOST_TEST((run.state() == array<double>{{2, 2}, {3, 5}}));
    }
}

BOOST_AUTO_TEST_CASE(only_next_values_stay_finite) {
  tape t;
  const var s = t.state(array<double>{1.0, 2.0}), other = s * 2.0;
  check_error(
      errc::invalid_argument,
      [&] {
        freeze(freeze_request{.updates = {{s, s + 1.0}}, .stays_finite = {other}});
      },
      "next value of no state", "kept_test.cpp");
}

BOOST_AUTO_TEST_SUITE_END()
