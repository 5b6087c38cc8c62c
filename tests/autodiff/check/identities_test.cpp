// SPDX-License-Identifier: MIT
// Identities that the author of an op declares: right ones, wrong ones, and what they notice.
#include "support.hpp"

#include <reel/autodiff/check/mutants.hpp>
#include <reel/autodiff/check/tape.hpp>
#include <reel/ops.hpp>

using namespace reel;
using namespace reel::test;
using check::verdict;

namespace {

// y = x², with a rule that is off by a factor and an identity that is right for `degree` 2.
template <int factor, int degree> struct squared_op {
  static constexpr auto name = "squared";
  static constexpr bool elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i];
  }
  var vjp(var ybar, var, var x) const { return ybar * x * static_cast<double>(factor); }
  std::vector<identity> identities(const applied_vjp& r) const {
    return {{"<x, xbar> = degree <y, ybar>",
             sum(r.x[0] * r.xbar[0]) - static_cast<double>(degree) * sum(r.y * r.ybar)}};
  }
  bool operator==(const squared_op&) const = default;
};
using right_op = squared_op<2, 2>;

const array<double> x{0.5, -1.25, 2.0, 0.75, -0.375};

}  // namespace

BOOST_AUTO_TEST_SUITE(check_identities)

BOOST_AUTO_TEST_CASE(an_identity_is_held_in_units_of_rounding) {
  const auto r = check::vjp(right_op{}, {x});
  BOOST_TEST(r);
  BOOST_TEST_REQUIRE(r.identities.size() == 3U);
  for (const check::held_identity& i : r.identities) {
    BOOST_TEST(i.text == "<x, xbar> = degree <y, ybar>");
    BOOST_TEST(i.holds());
    BOOST_TEST(i.allowed > 0);
    BOOST_TEST(i.allowed < 2000);
  }
  BOOST_TEST((to_string(r).find(", and <x, xbar> = degree <y, ybar>") != std::string::npos), r);
  BOOST_TEST((to_json(r).find("\"identities\": [{\"text\": \"<x, xbar>") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_wrong_identity_fails_though_the_rule_is_right) {
  const auto r = check::vjp(squared_op<2, 3>{}, {x});
  BOOST_TEST((r.outcome == verdict::fail));
  BOOST_TEST((r.reason.find("'<x, xbar> = degree <y, ybar>', which its author declares") == 0), r.reason);
  BOOST_TEST((to_string(r).find("→ BROKEN") != std::string::npos), r);
  for (const check::held_identity& i : r.identities) BOOST_TEST(i.error > 1000 * i.allowed);
}

BOOST_AUTO_TEST_CASE(a_wrong_rule_fails_at_its_elements_and_breaks_the_identity) {
  const auto r = check::vjp(squared_op<1, 2>{}, {x});
  BOOST_TEST((r.outcome == verdict::fail));
  BOOST_TEST((r.reason.find("the oracle says") != r.reason.npos), r.reason);
  for (const check::held_identity& i : r.identities) BOOST_TEST(!i.holds());
}

BOOST_AUTO_TEST_CASE(mutants_are_credited_to_the_identity_that_noticed_them) {
  const auto m = check::mutate(softmax_op{}, {x});
  BOOST_TEST(m);
  std::size_t credited = 0;
  for (const check::mutant& one : m.mutants) {
    BOOST_TEST((one.breaks.empty() || one.outcome == check::outcome::killed));
    if (!one.breaks.empty()) BOOST_TEST(one.breaks == "1^T xbar = 0");
    credited += one.breaks.empty() ? 0 : 1;
    // Multiples of the right rule keep to it, and the rule without its second term does not.
    if (one.family == "sign" || one.family == "factor") BOOST_TEST(one.breaks.empty());
  }
  BOOST_TEST(credited > 3U);
  BOOST_TEST((to_string(m).find("by identity") != std::string::npos));
  BOOST_TEST((to_json(m).find("\"breaks\": \"1^T xbar = 0\"") != std::string::npos));
  BOOST_TEST(
      (to_string(check::mutate({[](var v) { return exp(v); }, x})).find("by identity") == std::string::npos));
}

BOOST_AUTO_TEST_CASE(an_op_inside_a_function_is_held_to_it_where_it_reads_the_inputs) {
  const auto held = [](const auto& f) { return check::function(f, x).identities.size(); };
  BOOST_TEST(held([](var v) { return square(logsumexp(v)); }) == 3U);
  BOOST_TEST(held([](var v) { return logsumexp(exp(v)); }) ==
             0U);  // its cotangent is not that of the function
  BOOST_TEST(held([](var v) { return logsumexp(v) + v; }) == 0U);
  reel::tape t;
  BOOST_TEST(check::tape(sum(apply(right_op{}, exp(t.variable(x))))));
  BOOST_TEST(!check::tape(sum(apply(squared_op<2, 3>{}, exp(t.variable(x))))));
}

BOOST_AUTO_TEST_CASE(nothing_is_held_at_infinities) {
  const array<double> masked{0.5, -std::numeric_limits<double>::infinity(), 1.0};
  BOOST_TEST((check::vjp(softmax_op{}, {masked}).outcome != verdict::fail));
}

BOOST_AUTO_TEST_SUITE_END()
