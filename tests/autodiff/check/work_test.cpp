// SPDX-License-Identifier: MIT
// Checks keep to the work they are given, counted operation by operation, or say what they would need.
#include "../../support.hpp"

#include <reel/autodiff/check/directions.hpp>
#include <reel/autodiff/check/frozen.hpp>
#include <reel/autodiff/check/edge_inputs.hpp>
#include <reel/autodiff/check/mutants.hpp>
#include <reel/autodiff/check/precision.hpp>
#include <reel/autodiff/check/tape.hpp>
#include <reel/autodiff/check/vcurve.hpp>
#include <reel/ops.hpp>

#include <cmath>

using namespace reel;
using namespace reel::test;
using check::verdict;

namespace {

// Steps of a recurrence with four gates of `units` numbers each.
struct recurrence {
  index_t identity_elements, inputs, steps;

  std::array<array<double>, 3> weights() const {
    const auto filled = [](const std::vector<std::size_t>& sizes, double from) {
      array<double> a = xt::zeros<double>(sizes);
      for (std::size_t i = 0; i < a.size(); ++i) a.data()[i] = 0.4 * std::sin(from + static_cast<double>(i));
      return a;
    };
    const auto u = static_cast<std::size_t>(identity_elements), n = static_cast<std::size_t>(inputs);
    return {filled({n, 4 * u}, 1), filled({u, 4 * u}, 2), filled({4 * u}, 3)};
  }
  array<double> data() const {
    array<double> x = make_array<double>({steps, inputs});
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = std::cos(static_cast<double>(i));
    return x;
  }
  static var gate(const var& z, index_t k, index_t u) { return slice(z, -1, k * u, (k + 1) * u); }
  var operator()(const std::array<var, 3>& w, const var& x) const {
    var h = zeros_like(slice(w[1], 1, 0, 1)), c = h;
    h = reshape(h, {1, identity_elements}), c = reshape(c, {1, identity_elements});
    for (index_t t = 0; t < steps; ++t) {
      const var z = matmul(slice(x, 0, t, t + 1), w[0]) + matmul(h, w[1]) + w[2];
      c = sigmoid(gate(z, 0, identity_elements)) * c +
          sigmoid(gate(z, 1, identity_elements)) * tanh(gate(z, 2, identity_elements));
      h = sigmoid(gate(z, 3, identity_elements)) * tanh(c);
    }
    return sum(square(h));
  }
};

var long_loss(reel::tape& t, int nodes) {
  var x = t.variable(array<double>{0.3, -0.7, 0.1});
  for (int i = 0; i < nodes; ++i) x = tanh(x) + 0.25 * x;
  return sum(x);
}

struct half_op {
  static constexpr auto name = "half";
  shape infer(const shape& s) const { return s; }
  template <class T> void eval(out<T> y, in<T> in) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = num::exp(in[i]);
  }
  var vjp(var ybar, var y, var) const { return 0.5 * y * ybar; }
  bool operator==(const half_op&) const = default;
};

const array<double> x{0.5, -1.25, 2.0, 0.75};
const double little = 1e-6;  // seconds: less than one evaluation of anything in 50 digits

void check_says_what_it_needs(const std::string& reason) {
  BOOST_TEST((reason.find("was not begun") != reason.npos || reason.find("is used up") != reason.npos),
             reason);
  BOOST_TEST((reason.find("`seconds`") != reason.npos), reason);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_work)

BOOST_AUTO_TEST_CASE(a_long_recurrence_is_checked_within_its_work) {
  const recurrence f{.identity_elements = 4, .inputs = 3, .steps = 12};
  for (const double seconds : {0.5, 2.0}) {
    const auto r = check::function(f, std::tuple(f.weights(), f.data()), {.seconds = seconds});
    BOOST_TEST(r.work <= 1.1 * seconds, r);
    BOOST_TEST((r.outcome == verdict::pass || r.outcome == verdict::inconclusive), r);
    if (r.outcome == verdict::inconclusive) check_says_what_it_needs(r.reason);
  }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_not_begun_and_says_what_it_would_take) {
  const auto r = check::vjp(softmax_op{}, {x}, {.seconds = little});
  BOOST_TEST((r.outcome == verdict::inconclusive), r);
  check_says_what_it_needs(r.reason);
  BOOST_TEST(r.work < 1e-2);
  // Given what it asks for, it is done.
  const auto at = r.reason.find("`seconds = ");
  BOOST_TEST_REQUIRE((at != r.reason.npos), r.reason);
  BOOST_TEST(check::vjp(softmax_op{}, {x}, {.seconds = std::stod(r.reason.substr(at + 11))}));
}

BOOST_AUTO_TEST_CASE(the_work_is_counted_and_not_timed) {
  const auto once = check::vjp(softmax_op{}, {x}), again = check::vjp(softmax_op{}, {x});
  BOOST_TEST(once.work > 0);
  BOOST_TEST(once.work == again.work, boost::test_tools::tolerance(1e-6));
  const array<double> more = xt::linspace<double>(-1, 1, 8);
  BOOST_TEST(check::vjp(softmax_op{}, {more}).work > 2 * once.work);
}

BOOST_AUTO_TEST_CASE(every_check_keeps_to_it) {
  const check::subject s(softmax_op{}, {x});
  const check::options o{.seconds = little};
  check_says_what_it_needs(check::jvp(s, o).reason);
  check_says_what_it_needs(check::adjoint(s, o).reason);
  check_says_what_it_needs(check::taylor(s, o).reason);
  check_says_what_it_needs(check::precision_ladder(s, o).reason);
  for (const auto& study : check::ulps(s, o)) check_says_what_it_needs(study.reason);
  check_says_what_it_needs(check::vcurve(s, o).reason);
  const auto m = check::mutate(s, o);
  BOOST_TEST(!m);
  check_says_what_it_needs(m.reason);
  BOOST_TEST((to_string(m).find("INCONCLUSIVE") == 0), m);
  reel::tape t;
  const var loss = long_loss(t, 50);
  const auto b = check::blame(loss, o);
  BOOST_TEST((b.outcome == verdict::inconclusive));
  check_says_what_it_needs(b.reason);
  const auto nodes = check::tape(loss, o);
  BOOST_TEST((nodes.outcome == verdict::inconclusive));
  BOOST_TEST((nodes.reason.find("nodes with a rule were checked") != nodes.reason.npos), nodes.reason);
  const auto frozen = check::frozen(s, {.seconds = 1e-9});
  BOOST_TEST((frozen.outcome == verdict::inconclusive));
  check_says_what_it_needs(frozen.reason);
}

BOOST_AUTO_TEST_CASE(the_nodes_of_a_tape_share_one_budget) {
  reel::tape t;
  const var loss = long_loss(t, 200);
  const auto all = check::tape(loss);
  BOOST_TEST_REQUIRE(all);
  const auto some = check::tape(loss, {.seconds = all.work / 4});
  BOOST_TEST((some.outcome == verdict::inconclusive));
  BOOST_TEST(some.checked > 10U);
  BOOST_TEST(some.checked < all.checked / 2);
  BOOST_TEST(some.work <= all.work / 3);
}

BOOST_AUTO_TEST_CASE(mutants_of_several_samples_share_one_budget) {
  const check::subject s(softmax_op{}, {x});
  const std::vector<check::subject> samples{s, s, s, s};
  const double one = check::mutate(s).work;
  const auto some = check::mutate(samples, {.seconds = 1.7 * one});
  BOOST_TEST(some.samples >= 1U);
  BOOST_TEST(some.work <= 2 * one);
  BOOST_TEST((some.samples == 4U || !some), some);
}

// A fault that is found stays found when the work for explaining it is used up.
BOOST_AUTO_TEST_CASE(a_failure_is_kept_when_the_work_ends) {
  const double whole = check::vjp(half_op{}, {x}).work;
  const double slopes = check::vjp(half_op{}, {x}, {.rounding = false, .explain = false}).work;
  const auto r = check::vjp(half_op{}, {x}, {.seconds = std::max(1.6 * slopes, 0.5 * whole)});
  BOOST_TEST((r.outcome == verdict::fail), r);
  BOOST_TEST(r.work < 0.8 * whole);
}

BOOST_AUTO_TEST_SUITE_END()
