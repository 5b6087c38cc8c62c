// SPDX-License-Identifier: MIT
// Every node of a tape at the numbers it meets, and the search for the one that is wrong.
#include "support.hpp"

#include <reel/autodiff/check/tape.hpp>
#include <reel/ops.hpp>

#include <cmath>

using namespace reel;
using namespace reel::test;
using check::verdict;

namespace {

struct wrong_tanh_op {
  static constexpr auto name = "wrong_tanh";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = num::tanh(x[i]);
  }
  var vjp(var ybar, var y, var) const { return ybar * (1 - y); }  // 1 − y² is right
  bool operator==(const wrong_tanh_op&) const = default;
};

// A chain of `nodes` ops on two numbers, with the wrong tanh in the places given. It takes small steps, so
// that the derivative of the whole is about 1 and what is wrong at its beginning shows at its end.
struct chain {
  reel::tape t;
  std::vector<node_id> wrong;
  unsigned line = 0;
  var loss;

  chain(std::size_t nodes, std::initializer_list<std::size_t> places) {
    var x = t.variable(array<double>{0.3, -0.7});
    const var start = x;
    while (t.size() < nodes) {
      if (wrong.size() < places.size() && t.size() >= places.begin()[wrong.size()]) {
        line = __LINE__ + 1;
        x = apply(wrong_tanh_op{}, x);
        wrong.push_back(x.id());
      }
      x = x + 0.001 * (sin_like(x) * tanh(x) - start * x);
    }
    loss = sum(x);
  }
  static var sin_like(const var& x) { return x * (1 - x * x / 6); }
};

std::size_t log2_of(std::size_t n) {
  return static_cast<std::size_t>(std::ceil(std::log2(static_cast<double>(n))));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_tapes)

BOOST_AUTO_TEST_CASE(every_node_is_checked_where_it_stands) {
  reel::tape t;
  const var x = t.variable(array<double>{{0.5, -1.0}, {2.0, 0.25}});
  const var labels = t.constant(array<index_t>{1, 0});
  const var loss = mean(softmax_cross_entropy(matmul(relu(x), tanh(x)), labels) + detach(sum(x)));
  const std::size_t before = t.size();
  const auto r = check::tape(loss);
  BOOST_TEST(r);
  BOOST_TEST(t.size() == before);
  BOOST_TEST(r.checked > 5U);
  BOOST_TEST(r.detection_limit < 1e-30);
  BOOST_TEST(check::blame(loss));
}

BOOST_AUTO_TEST_CASE(a_wrong_node_is_named_with_its_line) {
  const chain c(200, {120});
  const auto r = check::tape(c.loss);
  BOOST_TEST((r.outcome == verdict::fail));
  BOOST_TEST_REQUIRE(r.failures.size() == 1U);
  BOOST_TEST(r.failures[0].node == c.wrong[0]);
  BOOST_TEST(r.failures[0].op == "wrong_tanh");
  BOOST_TEST(r.failures[0].where.line == c.line);
  BOOST_TEST((to_json(r).find("\"op\": \"wrong_tanh\"") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(blame_finds_it_in_few_tail_checks) {
  for (const std::size_t nodes : {20U, 1000U, 10000U}) {
    const chain c(nodes, {nodes * 2 / 3});
    const auto r = check::blame(c.loss);
    BOOST_TEST((r.outcome == verdict::fail));
    BOOST_TEST_REQUIRE(r.faults.size() == 1U);
    BOOST_TEST(r.faults[0].node == c.wrong[0]);
    BOOST_TEST(r.faults[0].where.line == c.line);
    BOOST_TEST(r.faults[0].tail_checks <= log2_of(nodes) + 2);
    const std::string text = to_string(r);
    BOOST_TEST((text.find("wrong_tanh, tape_test.cpp:") != text.npos), text);
  }
}

BOOST_AUTO_TEST_CASE(blame_finds_two) {
  for (const std::size_t nodes : {1000U, 10000U}) {
    const chain c(nodes, {nodes * 3 / 10, nodes * 7 / 10});
    const auto r = check::blame(c.loss);
    BOOST_TEST_REQUIRE(r.faults.size() == 2U);
    BOOST_TEST(r.faults[0].node == c.wrong[1]);
    BOOST_TEST(r.faults[1].node == c.wrong[0]);
    for (const check::blamed& fault : r.faults) BOOST_TEST(fault.tail_checks <= log2_of(nodes) + 2);
    BOOST_TEST(r.tail_checks ==
               r.faults[0].tail_checks + r.faults[1].tail_checks + 1);  // the last: all is right
  }
}

BOOST_AUTO_TEST_CASE(the_first_and_the_last_node_can_be_blamed) {
  reel::tape t;
  const var x = t.variable(1.5), first = apply(wrong_tanh_op{}, x);
  const var last = apply(wrong_tanh_op{}, exp(x * x));
  BOOST_TEST(check::blame(last).faults.at(0).node == last.id());
  BOOST_TEST(check::blame(exp(first * first)).faults.at(0).node == first.id());
}

BOOST_AUTO_TEST_CASE(a_failed_function_says_which_op_is_to_blame) {
  const array<double> x{0.3, -0.7};
  const auto f = [](var v) { return sum(square(apply(wrong_tanh_op{}, exp(v)))); };
  const auto r = check::function(f, x);
  BOOST_TEST((r.outcome == verdict::fail));
  BOOST_TEST((r.blamed.find("wrong_tanh") != r.blamed.npos), r);
  BOOST_TEST((to_string(r).find("blamed     node ") != std::string::npos), r);
}

// Parts of different kinds: masks, labels, numbers that stay, and a wrong rule behind them.
BOOST_AUTO_TEST_CASE(blame_goes_through_masks_and_labels) {
  reel::tape t;
  const var x = t.variable(array<double>{{0.5, -1.0, 0.25}, {2.0, 0.75, -0.5}});
  const var labels = t.constant(array<index_t>{1, 0});
  const var inner = apply(wrong_tanh_op{}, x * detach(exp(x)));
  const var loss = mean(softmax_cross_entropy(where(x > 0, inner, x) + relu(x), labels));
  const auto r = check::blame(loss);
  BOOST_TEST_REQUIRE(r.faults.size() == 1U);
  BOOST_TEST(r.faults[0].node == inner.id());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_blamed_is_refused) {
  reel::tape t;
  check_error(
      errc::non_scalar_loss,
      [&] {
        check::blame(t.variable(array<double>{1, 2}));
      },
      "[2]");
}

BOOST_AUTO_TEST_SUITE_END()
