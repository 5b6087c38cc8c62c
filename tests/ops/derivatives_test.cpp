// SPDX-License-Identifier: MIT
// Every op of the table through the check kit: values and derivatives of order 1 and 2 in 50 digits
// against differences of values, and evaluation in float and double against the same tape in 50 digits.
#include "rows.hpp"

using namespace reel;
using namespace reel::test;
using check::verdict;

namespace {

template <class F> void for_each_rule(F f) {
  for_each_sample([&](const op_row& row, const sample& x, std::uint64_t seed) {
    if (has_derivative(row, recorded(row, x))) f(subject_of(row, x), seed);
  });
}

// Derivatives of order 2 may vanish, softmax's of a single class: those prove nothing.
void check_second(const check::report& r) {
  BOOST_TEST((r || r.reason.find("is constant near") != r.reason.npos), r);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(derivatives)

BOOST_AUTO_TEST_CASE(rules_are_those_of_the_values) {
  for_each_rule([](const check::subject& s, std::uint64_t seed) {
    const auto r = check::pull(s, {.seed = seed, .target = 1e-30});
    BOOST_TEST(r);
    BOOST_TEST(r.repeatable);
    BOOST_TEST(r.numbers.size() == 2U);  // float and double
  });
}

BOOST_AUTO_TEST_CASE(rules_of_rules_are_those_of_the_rules) {
  for_each_rule([](const check::subject& s, std::uint64_t seed) {
    check_second(check::pull(s, {.seed = seed, .order = 2, .target = 1e-30}));
  });
}

BOOST_AUTO_TEST_CASE(forward_mode_is_that_of_the_values_and_of_the_rules) {
  for_each_rule([](const check::subject& s, std::uint64_t seed) {
    BOOST_TEST(check::push(s, {.seed = seed, .target = 1e-30}));
    check_second(check::push(s, {.seed = seed, .order = 2, .target = 1e-30}, 1));
  });
}

BOOST_AUTO_TEST_CASE(remainders_fall_with_the_square_of_the_step) {
  for_each_rule([](const check::subject& s, std::uint64_t seed) {
    const auto t = check::taylor(s, {.seed = seed});
    BOOST_TEST(t);
    BOOST_TEST((std::isinf(t.rate) || t.rate <= 2.05), t);
  });
}

BOOST_AUTO_TEST_CASE(what_is_declared_constant_has_derivative_0) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t seed) {
    recorded r(row, x);
    if (row.differentiable || r.real.empty() || r.y.kind() != kind::real) return;
    for (const var& g : r.pull(r.t.constant(random_numbers(seed).generic(r.y.shape()))))
      for (const double v : elements<double>(g)) BOOST_TEST(v == 0.0);
  });
}

BOOST_AUTO_TEST_SUITE_END()
