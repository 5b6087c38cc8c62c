// SPDX-License-Identifier: MIT
// A step that is watched refuses what would leave a parameter where it is without a word.
#include "support.hpp"

#include <reel/ops.hpp>
#include <reel/optim.hpp>

#include <cmath>

using namespace reel;
using reel::test::check_error;

namespace {

template <class T> struct scale { T of; };
// √s² is s for s ≥ 0, and should come to x; at s = 0 the rule's slope is 0.
const auto loss = [](const scale<var>& m, var x) { return square(square(sqrt(m.of)) - x); };
const scale<array<double>> start{array<double>(0.0)};
const array<double> target(2.0);

}  // namespace

BOOST_AUTO_TEST_SUITE(zero_cotangents)

BOOST_AUTO_TEST_CASE(a_step_that_is_not_watched_stays_where_it_is) {
  auto step = optim::freeze_step<double>(loss, optim::sgd{.lr = 0.1}, start);
  for (int i = 0; i < 5; ++i) step(target);
  BOOST_TEST(step.parameters().of() == 0);
}

BOOST_AUTO_TEST_CASE(a_step_that_is_watched_names_op_and_line) {
  auto step = optim::freeze_step<double>(loss, optim::sgd{.lr = 0.1}, start);
  step.watch_zero_cotangents();
  check_error(
      errc::non_finite, [&] { step(target); }, "in sqrt", "zero_cotangents_test.cpp", "the cotangent is 0");
  BOOST_TEST(step.parameters().of() == 0);
}

BOOST_AUTO_TEST_CASE(a_watched_step_is_the_same_step) {
  const scale<array<double>> away{array<double>(0.5)};
  auto plain = optim::freeze_step<double>(loss, optim::sgd{.lr = 0.1}, away);
  auto watched = optim::freeze_step<double>(loss, optim::sgd{.lr = 0.1}, away);
  watched.watch_zero_cotangents();
  for (int i = 0; i < 20; ++i) BOOST_TEST(plain(target) == watched(target));
  BOOST_TEST(plain.parameters().of() == watched.parameters().of());
}

BOOST_AUTO_TEST_SUITE_END()
