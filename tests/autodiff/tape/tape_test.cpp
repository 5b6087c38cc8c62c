// SPDX-License-Identifier: MIT
// Leaves and the life of a tape: kinds, names, release, clear and reuse, what it holds.
#include "support.hpp"

#include <reel/ops.hpp>

using namespace reel;
using reel::test::check_error;

BOOST_AUTO_TEST_SUITE(tapes)

BOOST_AUTO_TEST_CASE(constants_take_the_kind_of_their_elements) {
  tape t;
  BOOST_TEST((t.constant(array<float>{0.5f}).kind() == kind::real));
  BOOST_TEST((t.constant(array<double>{0.5}).kind() == kind::real));
  BOOST_TEST((t.constant(array<int>{7}).kind() == kind::index));
  BOOST_TEST((t.constant(array<std::uint8_t>{7}).kind() == kind::index));
  BOOST_TEST((t.constant(array<std::int64_t>{7}).kind() == kind::index));
  BOOST_TEST((t.constant(array<bool>{true}).kind() == kind::boolean));
  BOOST_TEST((t.input(shape{2}, kind::index).kind() == kind::index));
  BOOST_TEST((t.input(array<bool>{true}).kind() == kind::boolean));
  BOOST_TEST((t.constant(2.0).kind() == kind::real));
}

BOOST_AUTO_TEST_CASE(a_float_enters_exactly_and_an_index_keeps_64_bits) {
  tape t;
  BOOST_TEST(t.constant(array<float>{0.1f}).value()(0) == static_cast<double>(0.1f));
  const index_t big = (index_t{1} << 62) + 1;
  BOOST_TEST(t.constant(array<index_t>{big, -big}).value<index_t>()(1) == -big);
}

BOOST_AUTO_TEST_CASE(leaves_have_the_shape_of_their_array) {
  tape t;
  BOOST_TEST((t.variable(array<double>{{1, 2, 3}, {4, 5, 6}}).shape() == shape{2, 3}));
  BOOST_TEST(t.variable(1.0).shape().is_scalar());
  BOOST_TEST((t.constant(array<double>::from_shape({0, 3})).shape() == shape{0, 3}));
  BOOST_TEST(t.variable(array<double>::from_shape({0, 3})).value().size() == 0u);
  BOOST_TEST((t.constant(shape{2, 2}, 7.0).value() == array<double>{{7, 7}, {7, 7}}));
  check_error(
      errc::invalid_argument,
      [&] {
        t.constant(array<double>::from_shape({1, 1, 1, 1, 1, 1, 1, 1, 1}));
      },
      "at most 8");
}

BOOST_AUTO_TEST_CASE(xtensor_expressions_enter_in_row_major_order) {
  tape t;
  const array<double> a{{1, 2, 3}, {4, 5, 6}};
  BOOST_TEST((t.variable(a * 2 + 1).value() == array<double>{{3, 5, 7}, {9, 11, 13}}));
  BOOST_TEST((t.variable(xt::transpose(a)).value() == array<double>{{1, 4}, {2, 5}, {3, 6}}));
  const xt::xarray<double, xt::layout_type::column_major> columns = a;
  BOOST_TEST((t.variable(columns).value() == a));
  BOOST_TEST((t.constant(a > 3).value<bool>() == array<bool>{{false, false, false}, {true, true, true}}));
}

BOOST_AUTO_TEST_CASE(leaves_copy_their_numbers) {
  tape t;
  array<double> a{1, 2};
  const var x = t.variable(a);
  a(0) = 9;
  BOOST_TEST(x.value()(0) == 1.0);
}

BOOST_AUTO_TEST_CASE(an_index_or_bool_cannot_be_a_variable_or_state) {
  tape t;
  check_error(
      errc::kind_mismatch, [&] { t.variable(array<int>{1}); }, "variable", "tape_test.cpp", "kind index",
      "tape.constant(array)");
  check_error(
      errc::kind_mismatch, [&] { t.state(array<bool>{true}); }, "state", "kind bool");
  BOOST_TEST(t.size() == 0u);
}

BOOST_AUTO_TEST_CASE(names_belong_to_nodes) {
  tape t;
  const var x = t.variable(1.0);
  BOOST_TEST(x.name() == "");
  BOOST_TEST(x.named("weight").id() == x.id());
  const var same = x;
  BOOST_TEST(same.name() == "weight");
  x.named("renamed");
  BOOST_TEST(same.name() == "renamed");
  BOOST_TEST((x + 1).name() == "");
}

BOOST_AUTO_TEST_CASE(a_var_knows_the_line_it_was_written_on) {
  tape t;
  const unsigned line = __LINE__ + 1;
  const var x = t.variable(1.0);
  const var y = exp(x) + 1;  // the operand's line, so that a chain over several lines is told apart
  BOOST_TEST(x.where().line == line);
  BOOST_TEST(y.where().line == line + 1);
  BOOST_TEST(to_string(x.where()) == "tape_test.cpp:" + std::to_string(line));
  BOOST_TEST(to_string(source_location{}) == "");
  BOOST_TEST(to_string(source_location{"a/b/c.cpp", 3}) == "c.cpp:3");
}

BOOST_AUTO_TEST_CASE(scalar_constants_are_shared_by_their_bits) {
  tape t;
  const var x = t.variable(array<double>{1, 2});
  const var a = x * 2.0, b = x * 2;
  const std::size_t size = t.size();
  BOOST_TEST(t.constant(2.0).id() == t.constant(2.0).id());
  BOOST_TEST(t.size() <= size + 1);
  BOOST_TEST(t.constant(0.0).id() != t.constant(-0.0).id());
  BOOST_TEST(std::signbit(t.constant(-0.0).item()));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(t.constant(nan).id() == t.constant(nan).id());
  BOOST_TEST((a.value() == b.value()));
}

BOOST_AUTO_TEST_CASE(a_number_beside_an_index_is_an_index) {
  tape t;
  const var i = t.constant(array<int>{1, 2, 3});
  BOOST_TEST(((i < 2).value<bool>() == array<bool>{true, false, false}));
  const std::size_t size = t.size();
  check_error(
      errc::kind_mismatch, [&] { return i < 1.5; }, "1.5", "kind index");
  // 2^53 + 1 is no double: rather than compare with a neighbour, refuse.
  check_error(
      errc::kind_mismatch, [&] { return i < (index_t{1} << 53) + 1; }, "kind index");
  BOOST_TEST(t.size() == size);
}

BOOST_AUTO_TEST_CASE(release_forgets_values_and_keeps_the_recording) {
  tape t;
  array<double> numbers = array<double>::from_shape({1000});
  numbers.fill(0.5);
  const var x = t.variable(numbers);
  var y = x;
  for (int i = 0; i < 50; ++i) y = y + 1;
  const std::size_t recorded = t.bytes(), size = t.size();
  const array<double> before = y.value();
  BOOST_TEST(t.bytes() >= recorded + 50 * 8000);
  t.release();
  BOOST_TEST(t.bytes() < recorded + 8000);
  BOOST_TEST(t.size() == size);
  BOOST_TEST((y.value() == before));
}

BOOST_AUTO_TEST_CASE(a_cleared_tape_records_again) {
  tape t("again");
  for (int round = 0; round < 3; ++round) {
    const var x = t.variable(2.0 + round).named("x");
    const var y = square(x) * 3;
    BOOST_TEST(y.item() == 3.0 * (2 + round) * (2 + round));
    BOOST_TEST(grad(y, x).item() == 6.0 * (2 + round));
    BOOST_TEST(x.id() == 0u);
    t.clear();
    BOOST_TEST(t.size() == 0u);
    check_error(
        errc::stale_variable, [&] { y.value(); }, "recording #" + std::to_string(round + 1), "tape 'again'");
  }
  BOOST_TEST(t.variable(1.0).name() == "");
}

BOOST_AUTO_TEST_CASE(bytes_count_nodes_leaves_and_values) {
  tape t;
  const std::size_t empty = t.bytes();
  t.variable(array<double>::from_shape({1000}));
  BOOST_TEST(t.bytes() >= empty + 8000);
  const std::size_t leaf = t.bytes();
  t.reserve(100'000);
  BOOST_TEST(t.bytes() >= leaf + 100'000 * 24);
}

BOOST_AUTO_TEST_CASE(a_moved_tape_takes_its_vars_along) {
  tape a("a"), b("b");
  const var x = a.variable(2.0), y = b.variable(3.0);
  a = std::move(b);
  BOOST_TEST(a.name() == "b");
  BOOST_TEST(y.item() == 3.0);
  check_error(
      errc::stale_variable, [&] { x.item(); }, "destroyed", "tape_test.cpp");
  check_error(
      errc::stale_variable, [&] { b.constant(1.0); }, "moved from");
  BOOST_TEST(b.size() == 0u);
  BOOST_TEST(b.bytes() == 0u);
  b.clear(), b.release();
  BOOST_TEST(b.name() == "(moved from)");
  b = tape("new");
  BOOST_TEST((b.variable(1.0) + 1).item() == 2.0);
}

BOOST_AUTO_TEST_SUITE_END()
