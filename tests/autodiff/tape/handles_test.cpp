// SPDX-License-Identifier: MIT
// A var is checked on every use: stale, mixed, empty and moved-from handles are refused by name.
#include "support.hpp"

#include <reel/ops.hpp>

using namespace reel;
using reel::test::check_error;

BOOST_AUTO_TEST_SUITE(handles)

BOOST_AUTO_TEST_CASE(a_var_of_a_cleared_recording_is_stale) {
  tape t("train");
  const var x = t.variable(1.0);
  t.clear();
  check_error(
      errc::stale_variable, [&] { x + 1; }, "recording #1 of tape 'train'", "handles_test.cpp:14",
      "Record it again");
}

BOOST_AUTO_TEST_CASE(a_var_of_a_destroyed_tape_is_stale) {
  var x;
  {
    tape t;
    x = t.variable(1.0);
  }
  check_error(
      errc::stale_variable, [&] { x.value(); }, "destroyed", "handles_test.cpp:25");
  tape reuses_the_control_block;
  check_error(
      errc::stale_variable, [&] { x.value(); }, "destroyed");
}

BOOST_AUTO_TEST_CASE(vars_follow_a_tape_that_moves) {
  tape t("a");
  const var x = t.variable(2.0);
  tape moved = std::move(t);
  BOOST_TEST(square(x).item() == 4.0);
  check_error(
      errc::stale_variable, [&] { t.variable(1.0); }, "moved from");
}

BOOST_AUTO_TEST_CASE(a_shape_stays_valid_while_more_is_recorded) {
  tape t;
  const var x = t.variable(array<double>{1, 2});
  const shape& s = x.shape();
  for (index_t n = 1; n < 100; ++n) t.input(shape{n, 3});
  BOOST_TEST((s == shape{2}));
}

BOOST_AUTO_TEST_CASE(an_empty_var_is_refused) {
  const var x;
  check_error(
      errc::empty_variable, [&] { x + 1; }, "never recorded");
}

BOOST_AUTO_TEST_CASE(operands_of_two_tapes_are_refused) {
  tape a("A"), b("B");
  check_error(
      errc::tape_mismatch, [&] { a.variable(1.0) + b.variable(2.0); }, "tape 'A'", "tape 'B'",
      "detach(x, tape)");
  BOOST_TEST((a.variable(1.0) + detach(b.variable(2.0), a)).item() == 3.0);
}

BOOST_AUTO_TEST_SUITE_END()
