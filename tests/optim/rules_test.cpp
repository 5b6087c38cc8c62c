// SPDX-License-Identifier: MIT
// Rules against their formulas written a second time, as plain loops; differentiated through; and run, all
// of them, over problems whose minima are known.
#include "support.hpp"
#include "optim/optimizers.hpp"

#include <reel/ops.hpp>
#include <reel/optim.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

using namespace reel;
using namespace reel::optim;
using reel::test::check_error;
using reel::test::optimizer;
using reel::test::optimizers;

namespace {

template <class T> struct pair_of { T a, b; };

// Steep in one direction, flat in the other, and not symmetric.
const auto valley = [](const pair_of<var>& m) {
  return sum(square(m.a - 1) * 3.0) + 0.5 * sum(square(m.b)) + sum(m.a * m.b) * 0.25;
};
const pair_of<array<double>> start{array<double>{2.0, -1.0}, array<double>{0.5, 4.0}};

std::vector<double> slope(const std::vector<double>& p) {
  return {6 * (p[0] - 1) + 0.25 * p[2], 6 * (p[1] - 1) + 0.25 * p[3], p[2] + 0.25 * p[0], p[3] + 0.25 * p[1]};
}

// The paper's algorithm as it is printed there, in 50 digits.
struct printed_adam {
  double lr, beta1, beta2, epsilon, decay;
  std::vector<real50> m = std::vector<real50>(4), v = std::vector<real50>(4);
  int t = 0;
  void step(std::vector<double>& p, const std::vector<double>& g) {
    ++t;
    const real50 one(1), b1(beta1), b2(beta2);
    real50 b1t(1), b2t(1);
    for (int i = 0; i < t; ++i) {
      b1t = b1t * b1;
      b2t = b2t * b2;
    }
    for (std::size_t i = 0; i < 4; ++i) {
      m[i] = b1 * m[i] + (one - b1) * real50(g[i]);
      v[i] = b2 * v[i] + (one - b2) * real50(g[i]) * real50(g[i]);
      const real50 direction = m[i] / (one - b1t) / (num::sqrt(v[i] / (one - b2t)) + real50(epsilon)) +
                               real50(decay) * real50(p[i]);
      p[i] = static_cast<double>(real50(p[i]) - real50(lr) * direction);
    }
  }
};

std::vector<double> flat(const pair_of<array<double>>& m) { return {m.a(0), m.a(1), m.b(0), m.b(1)}; }

template <class Rule> void compare_with_print(const Rule& rule, double decay) {
  auto step = freeze_step<double>(valley, rule, start);
  auto p = flat(start);
  printed_adam print{rule.lr, rule.moments.beta1, rule.moments.beta2, rule.moments.epsilon, decay};
  for (int n = 0; n < 50; ++n) {
    step();
    print.step(p, slope(p));
  }
  const auto q = flat(step.parameters());
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(q[i] == p[i], boost::test_tools::tolerance(1e-11));
}

// Two heavy balls, one after the other, and Adam on top: each with states of its own.
struct two_stages {
  double lr = 0.01;
  auto parts() const { return chain(optim::trace{0.5}, optim::trace{0.8, true}, scale_by_learning_rate{}); }
  std::vector<shape> state_shapes(const shape& p) const { return parts().state_shapes(p); }
  update apply(var g, var p, std::span<const var> state, const hyperparameters& k) const {
    return parts().apply(g, p, state, k);
  }
};

struct forgetful {
  double lr = 0.1;
  std::vector<shape> state_shapes(const shape& p) const { return {p, p}; }
  update apply(var g, var, std::span<const var> state, const hyperparameters&) const {
    return {-g, {state[0]}};
  }
};

// Three steps of a rule from w on a loss that is not quadratic, and the loss after them.
template <class Rule> var loss_after_three_steps(const Rule& rule, const var& w, const var& rate) {
  const auto loss = [](const var& p) { return sum(exp(p) - 2.0 * p); };
  std::vector<var> p{w}, state;
  for (const shape& s : rule.state_shapes(w.shape())) state.push_back(broadcast_to(0.0 * sum(w), s));
  for (int i = 0; i < 3; ++i) {
    applied_updates next = apply_updates(rule, p, {reel::grad(loss(p[0]), p[0])}, state, {rate});
    p = next.parameters;
    state = next.state;
  }
  return loss(p[0]);
}

using point = pair_of<array<double>>;
double value_at(const std::function<var(const pair_of<var>&)>& f, const point& p) {
  tape t;
  return f({t.constant(p.a), t.constant(p.b)}).item();
}

struct problem {
  const char* name;
  std::function<var(const pair_of<var>&)> f;
  double from[2], minimum[2];
  double flatness;  // rates of rules whose steps grow with the slope are chosen for Rosenbrock's, times this
  int steps;
};
const problem problems[] = {
    {"bowl", [](const auto& m) { return square(m.a - 3) + square(m.b + 1); }, {0, 10}, {3, -1}, 40, 2000},
    {"ellipse",
     [](const auto& m) { return square(m.a) + 0.01 * square(m.b - 5); },
     {5, -5},
     {0, 5},
     100,
     3000},
    {"Booth",
     [](const auto& m) { return square(m.a + 2 * m.b - 7) + square(2 * m.a + m.b - 5); },
     {-4, 4},
     {1, 3},
     10,
     3000},
    {"Beale",
     [](const auto& m) {
       return square(1.5 - m.a + m.a * m.b) + square(2.25 - m.a + m.a * square(m.b)) +
              square(2.625 - m.a + m.a * m.b * square(m.b));
     },
     {1, 1},
     {3, 0.5},
     1,
     12000},
    {"Rosenbrock",
     [](const auto& m) { return square(1 - m.a) + 100 * square(m.b - square(m.a)); },
     {-1.2, 1},
     {1, 1},
     1,
     20000},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(rules)

BOOST_AUTO_TEST_CASE(adam_is_the_printed_algorithm) {
  compare_with_print(adam{.lr = 0.05}, 0);
  compare_with_print(adam{.lr = 0.01, .moments = {.beta1 = 0, .beta2 = 0.9, .epsilon = 1e-3}}, 0);
  compare_with_print(adam{.lr = 0.2, .moments = {.beta1 = 0.5, .beta2 = 0.5}}, 0);
}

BOOST_AUTO_TEST_CASE(adamw_decays_beside_the_moments) {
  compare_with_print(adamw{.lr = 0.05, .weight_decay = 0.1}, 0.1);
  compare_with_print(adamw{.lr = 0.01, .moments = {.beta1 = 0.7}, .weight_decay = 2}, 2);
}

BOOST_AUTO_TEST_CASE(the_first_step_of_adam_is_the_rate_whatever_the_slope) {
  for (const double scale : {1e-6, 1.0, 1e6}) {
    auto step = freeze_step<double>([scale](const var& p) { return scale * sum(p); },
                                    adam{.lr = 0.25, .moments = {.epsilon = 0}}, array<double>{1.0, -2.0});
    step();
    BOOST_TEST(step.parameters()(0) == 0.75, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(step.parameters()(1) == -2.25, boost::test_tools::tolerance(1e-15));
  }
}

BOOST_AUTO_TEST_CASE(a_root_epsilon_stands_under_the_root) {
  const scale_by_adam moments{.beta1 = 0, .beta2 = 0, .epsilon = 0.5, .epsilon_root = 9};
  auto step = freeze_step<double>([](const var& p) { return sum(4.0 * p); },
                                  adam{.lr = 2, .moments = moments}, array<double>{1.0});
  step();
  BOOST_TEST(step.parameters()(0) == 1 - 2 * 4 / (5 + 0.5), boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(transforms_in_a_row_have_states_of_their_own) {
  auto step = freeze_step<double>(valley, two_stages{}, start);
  auto p = flat(start);
  std::vector<double> v(4), w(4);
  for (int n = 0; n < 6; ++n) {
    step();
    const auto g = slope(p);
    for (std::size_t i = 0; i < 4; ++i) {
      v[i] = 0.5 * v[i] + g[i];
      w[i] = 0.8 * w[i] + v[i];
      p[i] -= 0.01 * (v[i] + 0.8 * w[i]);
    }
  }
  const auto q = flat(step.parameters());
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(q[i] == p[i], boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_CASE(a_rule_that_loses_a_state_is_refused) {
  auto step = freeze_step<double>(valley, forgetful{}, start);
  check_error(
      errc::invalid_argument, [&] { step(); }, "apply returned 1 states where its state_shapes names 2");
}

BOOST_AUTO_TEST_CASE(clipping_twice_is_clipping_to_the_shorter) {
  auto step =
      freeze_step<double>(valley, clip_by_global_norm(clip_by_global_norm(sgd{.lr = 1}, 2), 5), start);
  auto same = freeze_step<double>(valley, clip_by_global_norm(sgd{.lr = 1}, 2), start);
  step();
  same();
  const auto p = flat(step.parameters()), q = flat(same.parameters());
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(p[i] == q[i], boost::test_tools::tolerance(1e-14));
  check_error(
      errc::invalid_argument, [] { global_norm({}); }, "no gradients");
  tape t;
  const std::vector<var> two{t.constant(array<double>{3.0, 4.0}), t.constant(12.0)};
  BOOST_TEST(global_norm(two).item() == 13);
}

BOOST_AUTO_TEST_CASE(clipping_shortens_all_gradients_together_and_keeps_their_direction) {
  const auto g = slope(flat(start));
  const double norm = std::sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2] + g[3] * g[3]);
  for (const double longest : {norm / 3, norm * 0.999, norm * 1.001, 1e9}) {
    auto step = freeze_step<double>(valley, clip_by_global_norm(sgd{.lr = 1}, longest), start);
    step();
    const auto after = flat(step.parameters()), before = flat(start);
    for (std::size_t i = 0; i < 4; ++i)
      BOOST_TEST(before[i] - after[i] == g[i] * std::min(1.0, longest / norm),
                 boost::test_tools::tolerance(1e-14));
  }
}

BOOST_AUTO_TEST_CASE(clipping_leaves_a_gradient_of_zero_and_refuses_one_whose_norm_overflows) {
  const auto flat_loss = [](const var& p) { return sum(0.0 * p); };
  auto still = freeze_step<double>(flat_loss, clip_by_global_norm(sgd{}, 1), array<double>{1.0, 2.0});
  still();
  BOOST_TEST((still.parameters() == array<double>{1.0, 2.0}));
  const auto steep = [](const var& p) { return sum(1e30 * p); };
  auto step = freeze_step<float>(steep, clip_by_global_norm(sgd{}, 1), array<double>{1e-30, 2e-30});
  check_error(
      errc::non_finite, [&] { step(); }, "global norm");
}

BOOST_AUTO_TEST_CASE(rules_can_be_differentiated_through) {
  const auto check = [](const auto& rule, const char* name) {
    BOOST_TEST_CONTEXT(name) {
      const auto after = [&](var w, var rate) { return loss_after_three_steps(rule, w, rate); };
      const array<double> w{0.5, -0.3}, rate(0.1);
      const auto by_tape =
          grad([&](const pair_of<var>& at) { return after(at.a, at.b); })(pair_of<array<double>>{w, rate});
      // central differences of the same in 50 digits: h = 1e-15, so the error is of order 1e-30
      const auto difference = [&](std::size_t which) {
        const auto at = [&](double sign) {
          tape t;
          array<double> dw{0.0, 0.0}, drate(0.0);
          (which < 2 ? dw(which) : drate()) = sign * 1e-15;
          return after(t.constant(w) + t.constant(dw), t.constant(rate) + t.constant(drate))
              .template item<real50>();
        };
        return static_cast<double>((at(1) - at(-1)) / real50(2e-15));
      };
      BOOST_TEST(by_tape.a(0) == difference(0), boost::test_tools::tolerance(1e-12));
      BOOST_TEST(by_tape.a(1) == difference(1), boost::test_tools::tolerance(1e-12));
      BOOST_TEST(by_tape.b() == difference(2), boost::test_tools::tolerance(1e-12));
    }
  };
  check(sgd{.momentum = 0.9, .nesterov = true, .weight_decay = 0.1}, "Nesterov");
  check(adam{}, "Adam");
  check(adamw{.weight_decay = 0.3}, "AdamW");
  check(clip_by_global_norm(adam{}, 0.5), "clipped Adam");
}

BOOST_AUTO_TEST_CASE(adam_with_a_root_epsilon_is_differentiable_where_the_gradient_is_zero) {
  const auto at_rest = [](const var& w) {
    const adam rule{.moments = {.epsilon_root = 1e-12}};
    std::vector<var> state;
    for (const shape& s : rule.state_shapes(w.shape())) state.push_back(broadcast_to(0.0 * sum(w), s));
    const std::vector<var> p{w};
    const var rate = 0.0 * sum(w) + 0.1;
    return sum(apply_updates(rule, p, {reel::grad(sum(square(w)), w)}, state, {rate}).parameters[0]);
  };
  for (const double d : grad(at_rest)(array<double>{0.0, 2.0})) BOOST_TEST(std::isfinite(d));
}

BOOST_AUTO_TEST_CASE(every_optimizer_finds_every_minimum) {
  for (const optimizer& o : optimizers)
    for (const problem& p : problems) BOOST_TEST_CONTEXT(o.name << " on " << p.name) {
        auto step =
            freeze_step<double>(p.f, o.rule, point{array<double>(p.from[0]), array<double>(p.from[1])});
        const schedule rate = cosine_rate(o.rule.lr * (o.grows_with_slope ? p.flatness : 1));
        for (int i = 0; i < p.steps; ++i) {
          step.set_rate(rate({0, i, static_cast<double>(i) / p.steps}));
          step();
        }
        const point found = step.parameters();
        BOOST_TEST(std::abs(found.a() - p.minimum[0]) < 2e-2);
        BOOST_TEST(std::abs(found.b() - p.minimum[1]) < 2e-2);
        BOOST_TEST(value_at(p.f, found) < 1e-4);
      }
}

BOOST_AUTO_TEST_CASE(a_rule_chosen_at_run_time_steps_like_itself) {
  auto step = freeze_step<double>(valley, any_rule(clip_by_global_norm(adam{.lr = 0.1}, 2)), start);
  auto same = freeze_step<double>(valley, clip_by_global_norm(adam{.lr = 0.1}, 2), start);
  for (int i = 0; i < 5; ++i) {
    step();
    same();
  }
  BOOST_TEST(flat(step.parameters()) == flat(same.parameters()));
  BOOST_TEST(step.rate() == 0.1);
}

BOOST_AUTO_TEST_CASE(settings_out_of_range_are_refused_before_anything_is_recorded) {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  const auto refused = [](const auto& rule, const char* text) {
    check_error(
        errc::invalid_argument, [&] { freeze_step<double>(valley, rule, start); }, text);
    check_error(
        errc::invalid_argument, [&] { freeze_step<float>(valley, any_rule(rule), start); }, text);
    check_error(
        errc::invalid_argument, [&] { freeze_step<float>(valley, clip_by_global_norm(rule, 1), start); },
        text);
    check_error(
        errc::invalid_argument,
        [&] {
          tape t;
          const std::vector<var> p{t.variable(start.a)};
          std::vector<var> state;
          for (const shape& s : rule.state_shapes(p[0].shape())) state.push_back(t.constant(s, 0));
          apply_updates(rule, p, {p[0]}, state, {t.constant(0.1)});
        },
        text);
  };
  refused(adam{.moments = {.beta1 = 1}}, "beta1 is 1; give 0 or more, and less than 1");
  refused(adam{.moments = {.beta1 = nan}}, "beta1 is nan");
  refused(adam{.moments = {.beta2 = -0.1}}, "beta2 is -0.1");
  refused(adam{.moments = {.beta2 = 1.5}}, "beta2 is 1.5");
  refused(adam{.moments = {.epsilon = inf}}, "epsilon is inf; give 0 or more");
  refused(adam{.moments = {.epsilon_root = nan}}, "epsilon_root is nan");
  refused(adam{.lr = nan}, "lr is nan");
  refused(adamw{.moments = {.epsilon = -1}}, "epsilon is -1");
  refused(adamw{.weight_decay = -0.1}, "weight_decay is -0.1");
  refused(adamw{.weight_decay = nan}, "weight_decay is nan");
  refused(adamw{.lr = -1}, "lr is -1");
  refused(sgd{.lr = nan}, "lr is nan");
  refused(sgd{.lr = inf}, "lr is inf");
  refused(sgd{.lr = -0.1}, "lr is -0.1");
  refused(sgd{.momentum = 2}, "momentum is 2; give 0 or more, and less than 1");
  refused(sgd{.momentum = 1}, "momentum is 1");
  refused(sgd{.momentum = -0.5, .nesterov = true}, "momentum is -0.5");
  refused(sgd{.momentum = nan}, "momentum is nan");
  refused(sgd{.weight_decay = -1}, "weight_decay is -1; give 0 or more");
  refused(sgd{.weight_decay = inf}, "weight_decay is inf");
  check_error(
      errc::invalid_argument, [] { clip_by_global_norm(sgd{}, 0); }, "a length of 0");
  check_error(
      errc::invalid_argument, [] { clip_by_global_norm(sgd{}, std::nan("")); }, "a length of nan");
  check_error(
      errc::invalid_argument,
      [] {
        freeze_step<double>(valley, clipped<sgd>{sgd{}, -1, 0.1}, start);
      },
      "a length of -1");
  freeze_step<double>(valley, sgd{.lr = 0, .momentum = 0, .weight_decay = 0}, start)();
  freeze_step<double>(valley, adam{.moments = {.beta1 = 0, .beta2 = 0}}, start)();
}

BOOST_AUTO_TEST_CASE(a_rate_that_is_none_is_refused_and_the_one_before_stays) {
  auto step = freeze_step<float>(valley, sgd{.lr = 0.5}, start);
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), -0.1})
    check_error(
        errc::invalid_argument, [&] { step.set_rate(bad); }, "a learning rate of");
  check_error(
      errc::invalid_argument, [&] { step.set_rate(1e39); },
      "1e+39 is more than the numbers of the step hold");
  BOOST_TEST(step.rate() == 0.5);
  step.set_rate(0);
  BOOST_TEST(step.rate() == 0);
  check_error(
      errc::invalid_argument, [] { freeze_step<float>(valley, sgd{.lr = 1e39}, start); }, "1e+39");
}

BOOST_AUTO_TEST_SUITE_END()
