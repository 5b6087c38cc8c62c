// SPDX-License-Identifier: MIT
// Tables inside a function that has no tape: arrays beside vars, makers of constants, arithmetic of indices
// and conversions between kinds.
#include "support.hpp"

#include <reel/ops.hpp>

#include <cmath>
#include <limits>
#include <sstream>

using namespace reel;
using reel::test::check_error;

namespace {

const array<double> point{0.5, -1.0, 2.0};
const array<double> weights{{1, 2, 3}, {4, 5, 6}};

// Gradients of a sum of what f makes of `point`.
template <class F> array<double> slope(F f) {
  return grad([&](const var& x) { return sum(f(x)); })(point);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(constants)

BOOST_AUTO_TEST_CASE(an_array_stands_beside_a_var_in_every_operator) {
  const array<double> a{2, 4, 8};
  tape t;
  const var x = t.variable(point), c = t.constant(a);
  const auto same = [&](const var& left, const var& right) {
    if (left.kind() == kind::real) BOOST_TEST((left.value() == right.value()));
    else BOOST_TEST((left.value<bool>() == right.value<bool>()));
  };
  same(x + a, x + c);
  same(a + x, c + x);
  same(x - a, x - c);
  same(a - x, c - x);
  same(x * a, x * c);
  same(a * x, c * x);
  same(x / a, x / c);
  same(a / x, c / x);
  same(x < a, x < c);
  same(a < x, c < x);
  same(x <= a, x <= c);
  same(a > x, c > x);
  same(x >= a, x >= c);
  same(x == a, x == c);
  same(x != a, x != c);
  same(pow(a, x), pow(c, x));
  same(maximum(x, a), maximum(x, c));
  same(minimum(a, x), minimum(c, x));
  same(x * (a + 1), x * (c + 1));  // an expression of xtensor
  const array<bool> mask{true, false, true};
  const var m = t.constant(mask);
  same((x > 0) && mask, (x > 0) && m);
  same(mask || (x > 0), m || (x > 0));
  same(where(mask, x, a), where(m, x, c));
  same(where(mask, 1.0, x), where(m, 1.0, x));
  same(where(x > 0, a, mask * 1.0), where(x > 0, c, where(m, 1.0, 0.0)));
}

BOOST_AUTO_TEST_CASE(constant_stands_beside_a_var_wherever_one_may) {
  const array<double> a{2, 4, 8};
  const array<index_t> places{2, 0};
  const array<bool> mask{true, false, true};
  BOOST_TEST((slope([&](const var& x) { return x * constant(a); }) == a));
  BOOST_TEST((slope([&](const var& x) { return constant(a) * x; }) == a));
  BOOST_TEST((slope([&](const var& x) { return gather(x, constant(places)); }) == array<double>{1, 0, 1}));
  BOOST_TEST((slope([&](const var& x) { return gather(x, places); }) == array<double>{1, 0, 1}));
  BOOST_TEST((slope([&](const var& x) { return where(constant(mask), x, 0.0); }) == array<double>{1, 0, 1}));
  BOOST_TEST((slope([&](const var& x) { return matmul(weights, x); }) == array<double>{5, 7, 9}));
  BOOST_TEST((slope([&](const var& x) { return matmul(x, transpose(constant_like(x, weights))); }) ==
              array<double>{5, 7, 9}));
  BOOST_TEST((slope([&](const var& x) {
                return scatter_add(x, array<index_t>{1, 1, 0}, 2) * array<double>{3, 5};
              }) == array<double>{5, 5, 3}));
  const auto loss = [](const var& x) { return softmax_cross_entropy(reshape(x, {1, 3}), array<index_t>{1}); };
  const auto same = [](const var& x) {
    return softmax_cross_entropy(reshape(x, {1, 3}), constant_like(x, array<index_t>{1}));
  };
  BOOST_TEST((slope(loss) == slope(same)));
  BOOST_TEST((slope([](const var& x) {
                return softmax_cross_entropy(reshape(x, {1, 3}), array<double>{{0, 1, 0}});
              }) == slope([](const var& x) {
                return softmax_cross_entropy(reshape(x, {1, 3}), constant_like(x, array<double>{{0, 1, 0}}));
              })));
  BOOST_TEST((slope([](const var& x) {
                return cross_entropy(softmax(x), array<double>{0, 1, 0});
              }) == slope([](const var& x) {
                return cross_entropy(softmax(x), constant_like(x, array<double>{0, 1, 0}));
              })));
  const array<float> halves{0.5F, 0.25F, 0.125F};
  BOOST_TEST((slope([&](const var& x) { return x * halves; }) == array<double>{0.5, 0.25, 0.125}));
}

BOOST_AUTO_TEST_CASE(makers_make_what_they_say) {
  tape t;
  const var x = t.variable(point);
  const auto made = [&](const constant_array& c) { return constant_like(x, c); };
  BOOST_TEST((made(eye(2)).value() == array<double>{{1, 0}, {0, 1}}));
  BOOST_TEST((made(eye(0)).shape() == shape{0, 0}));
  BOOST_TEST((made(iota(4)).value<index_t>() == array<index_t>{0, 1, 2, 3}));
  BOOST_TEST((made(zeros({2})).value() == array<double>{0, 0}));
  BOOST_TEST((made(ones({2, 2})).value() == array<double>{{1, 1}, {1, 1}}));
  BOOST_TEST((made(full({2}, 2.5)).value() == array<double>{2.5, 2.5}));
  BOOST_TEST((made(full({2}, 3, kind::index)).value<index_t>() == array<index_t>{3, 3}));
  BOOST_TEST((made(ones({2}, kind::boolean)).value<bool>() == array<bool>{true, true}));
  BOOST_TEST((made(full({}, 7)).item() == 7));
  BOOST_TEST((made(linspace(1, 3, 5)).value() == array<double>{1, 1.5, 2, 2.5, 3}));
  BOOST_TEST((made(linspace(2, 9, 1)).value() == array<double>{2}));
  BOOST_TEST(made(linspace(2, 9, 0)).size() == 0);
  const array<double> tenths = made(linspace(0, 0.1, 7)).value();
  BOOST_TEST(tenths(0) == 0.0);
  BOOST_TEST(tenths(6) == 0.1);
  BOOST_TEST((made(zeros({1000, 1000})).kind() == kind::real));
  BOOST_TEST(t.bytes() < 100'000u);  // one number for all
  BOOST_TEST((eye(3).shape() == shape{3, 3}));
  BOOST_TEST((iota(3).kind() == kind::index));
  check_error(
      errc::invalid_argument, [] { eye(-1); }, "eye", "constants_test.cpp", "a length of -1");
  check_error(
      errc::invalid_argument, [] { iota(-2); }, "iota", "-2");
  check_error(
      errc::invalid_argument, [] { linspace(0, 1, -3); }, "linspace", "-3");
  check_error(
      errc::kind_mismatch, [] { full({2}, 0.5, kind::index); }, "full", "constants_test.cpp", "0.5");
  check_error(
      errc::kind_mismatch, [] { full({2}, 2, kind::boolean); }, "2");
  check_error(
      errc::size_overflow, [] { eye(index_t{1} << 40); }, "");
}

BOOST_AUTO_TEST_CASE(a_table_is_part_of_a_frozen_loss) {
  const auto loss = [](const var& w, const var& x) {
    return sum(square(matmul(x, w) - constant(array<double>{1, 2}))) + sum(eye(3) * w * full({3, 3}, 2)) +
           sum(gather(w, iota(2)));
  };
  const array<double> w{1, 2, 3}, x{{1, 0, 1}, {0, 1, 0}};
  auto frozen = freeze<double>(value_and_grad(loss), w, x);
  const auto [value, slopes] = frozen(w, x);
  const auto direct = value_and_grad(loss)(w, x);
  BOOST_TEST(value() == direct.first);
  BOOST_TEST((slopes == direct.second));
}

BOOST_AUTO_TEST_CASE(the_line_of_an_array_beside_a_var_is_named) {
  tape t;
  const var x = t.variable(point);
  const array<double> a{1, 2}, b{1, 2, 3};
  const std::size_t before = t.size();
  const auto add = [&] { x + constant(a); };
  const auto line = std::to_string(__LINE__ - 1);
  check_error(errc::shape_mismatch, add, "add (constants_test.cpp:" + line, "[3]", "[2]");
  const auto multiply = [&] { matmul(a, x); };
  const auto next = std::to_string(__LINE__ - 1);
  check_error(errc::shape_mismatch, multiply, "matmul (constants_test.cpp:" + next, "[2] · [3]");
  check_error(
      errc::shape_mismatch, [&] { x + a; }, "add (constants_test.cpp");
  check_error(
      errc::kind_mismatch, [&] { gather(x, a); }, "index", "to_index(x)");
  check_error(
      errc::kind_mismatch, [&] { where(b, x, x); }, "bool");
  check_error(
      errc::shape_mismatch,
      [&] {
        where(array<bool>{true, false}, x, x);
      },
      "[2]", "[3]");
  BOOST_TEST(t.size() == before);
}

BOOST_AUTO_TEST_CASE(arrays_alone_are_on_no_tape) {
  const constant_array a = constant(point);
  check_error(
      errc::empty_variable, [&] { a + a; }, "in add", "an array alone is on no tape", "constants_test.cpp");
  check_error(
      errc::empty_variable, [&] { matmul(a, a); }, "no operand is a var");
  check_error(
      errc::empty_variable, [&] { sum(a); }, "constant_like(x, array)", "constants_test.cpp");
  check_error(
      errc::empty_variable, [&] { exp(a); }, "no operand is a var");
  check_error(
      errc::empty_variable,
      [&] {
        reshape(a, {3, 1});
      },
      "on no tape");
  check_error(
      errc::empty_variable, [&] { where(a, a, a); }, "no operand is a var");
  check_error(
      errc::empty_variable, [&] { constant_like(var{}, a); }, "never recorded");
}

BOOST_AUTO_TEST_CASE(indices_are_added_subtracted_and_multiplied) {
  tape t;
  const var k = t.constant(array<index_t>{0, 1, 5});
  const auto is = [](const var& y, const array<index_t>& expected) {
    BOOST_TEST((y.kind() == kind::index));
    BOOST_TEST((y.value<index_t>() == expected));
  };
  is(k + 1, {1, 2, 6});
  is(1 + k, {1, 2, 6});
  is(k - 1, {-1, 0, 4});
  is(10 - k, {10, 9, 5});
  is(k * 3, {0, 3, 15});
  is(2 * k + k, {0, 3, 15});
  is(-k, {0, -1, -5});
  is(k + array<index_t>{1, 1, 2}, {1, 2, 7});
  is(k + array<int>{1, 1, 2}, {1, 2, 7});
  is(k - iota(3), {0, 0, 3});
  is(reshape(k, {3, 1}) * iota(2), array<index_t>{{0, 0}, {0, 1}, {0, 5}});
  const var table = t.variable(array<double>{10, 20, 30, 40, 50, 60, 70});
  BOOST_TEST((gather(table, k + 1).value() == array<double>{20, 30, 70}));
  BOOST_TEST((grad(sum(gather(table, k + 1)), table).value() == array<double>{0, 1, 1, 0, 0, 0, 1}));
  auto frozen = freeze<float>([](const var& x, const var& i) { return gather(x, 2 * i - 1); },
                              array<float>{1, 2, 3}, array<index_t>{1, 1});
  BOOST_TEST((frozen(array<float>{4, 5, 6}, array<index_t>{1, 1}) == array<float>{5, 5}));
}

BOOST_AUTO_TEST_CASE(what_indices_cannot_do_is_said) {
  tape t;
  const var k = t.constant(array<index_t>{0, 1, 5}), x = t.variable(point), mask = x > 0;
  check_error(
      errc::kind_mismatch, [&] { k + 0.5; }, "index_add", "constants_test.cpp", "0.5");
  check_error(
      errc::kind_mismatch, [&] { k + x; }, "index_add", "to_index(x)");
  check_error(
      errc::kind_mismatch, [&] { x + k; }, "add", "to_real(x)");
  check_error(
      errc::kind_mismatch, [&] { x* mask; }, "mul", "to_real(x)");
  check_error(
      errc::kind_mismatch, [&] { k / 2; }, "div", "to_real(x)");
  check_error(
      errc::not_differentiable, [&] { reel::grad(sum(x), k); }, "index");
  const index_t most = std::numeric_limits<index_t>::max();
  const var large = t.constant(array<index_t>{1, most});
  const auto overflows = [&](const var& y, const char* text) {
    check_error(
        errc::size_overflow, [&] { y.value<index_t>(); }, text, "position 1", "constants_test.cpp");
  };
  overflows(large + 1, "9223372036854775807 + 1");
  overflows(large - -1, "9223372036854775807 - -1");
  overflows(large * 2, "9223372036854775807 * 2");
  check_error(
      errc::invalid_argument,
      [&] {
        t.constant(array<std::uint64_t>{1, ~std::uint64_t{0}});
      },
      "18446744073709551615", "constants_test.cpp");
}

BOOST_AUTO_TEST_CASE(kinds_are_converted) {
  tape t;
  const var k = t.constant(array<index_t>{-1, 0, 5}), x = t.variable(array<double>{-1.5, 0.25, 2});
  BOOST_TEST((to_real(k).value() == array<double>{-1, 0, 5}));
  BOOST_TEST((to_real(x > 0).value() == array<double>{0, 1, 1}));
  BOOST_TEST((to_index(x > 0).value<index_t>() == array<index_t>{0, 1, 1}));
  BOOST_TEST((to_index(x).value<index_t>() == array<index_t>{-2, 0, 2}));
  BOOST_TEST(to_real(x).id() == x.id());
  BOOST_TEST(to_index(k).id() == k.id());
  // No derivative passes: an index has none.
  BOOST_TEST((grad(sum(to_real(to_index(x)) * x), x).value() == array<double>{-2, 0, 2}));
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), 0x1p53, -0x1p60}) {
    const var y = to_index(t.constant(array<double>{0, bad}));
    check_error(
        errc::invalid_label, [&] { y.value<index_t>(); }, "to_index", "position 1", "is no index");
  }
  BOOST_TEST(
      (to_index(t.constant(array<double>{0x1p53 - 1})).value<index_t>() == array<index_t>{(1L << 53) - 1}));
}

BOOST_AUTO_TEST_CASE(a_number_just_below_a_whole_one_is_below_it_in_50_digits_too) {
  tape t;
  const var x = 3.0 - t.constant(array<double>(1e-30));
  const program p = freeze(freeze_request{.outputs = {to_real(to_index(x))}});
  instance<real50> exact(p);
  exact.run();
  BOOST_TEST(static_cast<double>(exact.item()) == 2);
  instance<double> rounded(p);
  rounded.run();
  BOOST_TEST(rounded.item() == 3);
}

BOOST_AUTO_TEST_CASE(assignment_with_an_op_makes_the_handle_stand_for_the_result) {
  tape t;
  const var x = t.variable(point);
  var y = x;
  const var before = y;
  y += 1;
  y *= x;
  y -= array<double>{1, 1, 1};
  y /= 2.0;
  BOOST_TEST((y.value() == ((x + 1) * x - 1.0).value() / 2));
  BOOST_TEST(before.id() == x.id());
  BOOST_TEST((grad(sum(y), x).value() == array<double>{1, -0.5, 2.5}));
  var total = t.constant(0.0);
  for (index_t i = 0; i < 3; ++i) total += square(slice(x, 0, i, i + 1));
  BOOST_TEST(total.item() == 5.25);
  var k = t.constant(array<index_t>{1, 2});
  k += 1;
  k *= 2;
  k -= 1;
  BOOST_TEST((k.value<index_t>() == array<index_t>{3, 5}));
  var z = x;
  const auto add = [&] { z += constant(array<double>{1, 2}); };
  const auto line = std::to_string(__LINE__ - 1);
  check_error(errc::shape_mismatch, add, "add (constants_test.cpp:" + line);
  BOOST_TEST(z.id() == x.id());
  var none_yet;
  check_error(
      errc::empty_variable, [&] { none_yet += 1.0; }, "never recorded");
}

BOOST_AUTO_TEST_CASE(a_reshape_that_does_not_fit_is_said_as_it_was_written) {
  tape t;
  const var x = t.variable(make_array<double>({4, 5}));
  check_error(
      errc::shape_mismatch,
      [&] {
        reshape(x, {3, -1});
      },
      "in reshape", "[4x5] to {3, -1}", "no size in place of -1 makes 20 elements of 3",
      "constants_test.cpp");
  check_error(
      errc::invalid_argument,
      [&] {
        reshape(x, {-1, 2, -1});
      },
      "to {-1, 2, -1}", "one size alone may be -1");
  check_error(
      errc::shape_mismatch,
      [&] {
        reshape(x, {3, 6});
      },
      "[4x5] has 20 elements, [3x6] has 18");
  check_error(
      errc::shape_mismatch,
      [&] {
        reshape(x, {0, -1});
      },
      "to {0, -1}", "20 elements of 0");
  check_error(
      errc::invalid_argument,
      [&] {
        reshape(x, {-1, -5});
      },
      "-5");
  check_error(
      errc::size_overflow,
      [&] {
        reshape(x, {index_t{1} << 40, -1, index_t{1} << 40});
      },
      "in reshape");
  BOOST_TEST((reshape(x, {2, -1, 5}).shape() == shape{2, 2, 5}));
  const var empty = t.variable(make_array<double>({0, 5}));
  BOOST_TEST((reshape(empty, {0, -1}).shape() == shape{0, 0}));
  BOOST_TEST((reshape(empty, {5, -1}).shape() == shape{5, 0}));
}

BOOST_AUTO_TEST_CASE(arrays_and_vars_can_be_printed) {
  const auto text = [](const auto& x) {
    std::ostringstream out;
    out << x;
    return out.str();
  };
  BOOST_TEST(text(array<double>{1, 2.5}).find("2.5") != std::string::npos);
  tape t;
  const var x = t.variable(point).named("force");
  const auto line = std::to_string(__LINE__ + 1);
  const var y = (x * x).named("work");
  BOOST_TEST(text(y) == "mul 'work' [3] real, constants_test.cpp:" + line);
  BOOST_TEST(text(y > 0).find("[3] bool") != std::string::npos);
  BOOST_TEST(text(var{}) == "an empty var");
  t.clear();
  BOOST_TEST(text(y) == "a var of a recording that is gone");
}

BOOST_AUTO_TEST_SUITE_END()
