// SPDX-License-Identifier: MIT
// value() and item(): the same tape in float, double, 50 digits and complex, and what they refuse.
#include "support.hpp"
#include "autodiff/narrow_op.hpp"

#include <reel/ops.hpp>

#include <algorithm>
#include <cmath>

using namespace reel;
using reel::test::check_error;
using reel::test::narrow_op;

namespace {

// Counts how often it is evaluated.
int evaluations = 0;
struct counting_op {
  static constexpr auto name = "counting";
  static constexpr bool analytic = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    ++evaluations;
    std::copy_n(x.data, x.size(), y.data);
  }
  var vjp(var ybar, var, var) const { return ybar; }
  bool operator==(const counting_op&) const = default;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(values)

BOOST_AUTO_TEST_CASE(one_tape_in_every_number_type) {
  tape t;
  const var x = t.variable(array<double>{0.1, 0.7});
  const var y = sum(exp(x) * tanh(x) / (1 + square(x)));
  const auto f = [](auto a) {
    using T = decltype(a);
    return num::exp(a) * num::tanh(a) / (T(1) + a * a);
  };
  const real50 reference = f(real50(0.1)) + f(real50(0.7));
  BOOST_TEST((num::abs(y.item<real50>() - reference) < real50("1e-49")));
  BOOST_TEST(std::abs(y.item() - static_cast<double>(reference)) <= 4e-16);
  BOOST_TEST(std::abs(y.item<float>() - static_cast<float>(reference)) <= 3e-7f);
  BOOST_TEST(std::abs(y.item<complex>().real() - y.item()) <= 4e-16);
  BOOST_TEST(y.item<complex>().imag() == 0.0);
  BOOST_TEST((x.value<real50>()(0) == real50(0.1)));  // the double that was given, not a tenth
  BOOST_TEST(x.value<float>()(0) == 0.1f);
}

BOOST_AUTO_TEST_CASE(a_value_is_computed_once_per_number_type) {
  tape t;
  const var x = t.variable(1.5);
  const var y = apply(counting_op{}, x), z = y + y;
  evaluations = 0;
  z.item(), y.item(), (z * y).item();
  BOOST_TEST(evaluations == 1);
  z.item<float>();
  BOOST_TEST(evaluations == 2);
  t.release();
  z.item();
  BOOST_TEST(evaluations == 3);
}

BOOST_AUTO_TEST_CASE(nothing_is_computed_that_is_not_asked_for) {
  tape t;
  const var x = t.variable(2.0), l = t.constant(array<int>{5});
  const var y = apply(counting_op{}, x);
  const var refused = one_hot(l, 3);
  evaluations = 0;
  BOOST_TEST(square(x).item() == 4.0);
  BOOST_TEST(evaluations == 0);
  for (int twice = 0; twice < 2; ++twice)
    check_error(
        errc::invalid_label, [&] { refused.value(); }, "one_hot", "values_test.cpp", "label 5 in row 0",
        "0 … 2");
  BOOST_TEST((y + square(x)).item() == 6.0);
}

BOOST_AUTO_TEST_CASE(indices_and_bools_are_the_same_in_every_number_type) {
  tape t;
  const var x = t.variable(array<double>{{1, 3, 2}, {9, 8, 7}});
  const var i = argmax(x, 1), c = x > 2.5;
  BOOST_TEST((i.value<index_t>() == array<index_t>{1, 0}));
  BOOST_TEST((c.value<bool>() == array<bool>{{false, true, false}, {true, true, true}}));
  BOOST_TEST(slice(i, 0, 0, 1).item<index_t>() == 1);
}

BOOST_AUTO_TEST_CASE(a_kind_is_read_in_its_own_type) {
  tape t;
  const var x = t.variable(1.0), i = t.constant(array<int>{1}), c = t.constant(array<bool>{true});
  check_error(
      errc::kind_mismatch, [&] { i.value(); }, "value", "kind index", "value<reel::index_t>()");
  check_error(
      errc::kind_mismatch, [&] { c.item(); }, "kind bool", "value<bool>()");
  check_error(
      errc::kind_mismatch, [&] { x.value<index_t>(); }, "kind real", "value<double>()");
  check_error(
      errc::kind_mismatch, [&] { x.item<bool>(); }, "kind real");
}

BOOST_AUTO_TEST_CASE(item_needs_one_element) {
  tape t;
  const var x = t.variable(array<double>{{1, 2}});
  check_error(
      errc::shape_mismatch, [&] { x.item(); }, "item", "values_test.cpp", "[1x2]", "2 elements", "sum()");
  BOOST_TEST(slice(x, 1, 1, 2).item() == 2.0);
  check_error(
      errc::shape_mismatch, [&] { slice(x, 1, 1, 1).item(); }, "0 elements");
}

BOOST_AUTO_TEST_CASE(an_input_without_numbers_has_no_value) {
  tape t;
  const var x = t.input(shape{2}).named("features");
  const var y = exp(x) + t.variable(1.0);
  check_error(
      errc::no_value, [&] { y.value(); }, "input 'features'", "[2]", "values_test.cpp", "tape.input(array)");
  BOOST_TEST((y.shape() == shape{2}));
  const var z = t.input(array<double>{1, 2});
  BOOST_TEST((square(z).value() == array<double>{1, 4}));
}

BOOST_AUTO_TEST_CASE(an_op_has_the_number_types_it_lists) {
  tape t;
  const var x = t.variable(3.0);
  const var y = apply(narrow_op{}, x);
  BOOST_TEST(y.item() == 6.0);
  BOOST_TEST(y.item<float>() == 6.0f);
  BOOST_TEST(grad(y, x).item<real50>().str() == "2");
  check_error(
      errc::unsupported_number, [&] { y.item<real50>(); }, "narrow", "values_test.cpp", "50 digits",
      "numbers");
  check_error(
      errc::unsupported_number, [&] { y.item<complex>(); }, "narrow", "complex", "analytic");
  check_error(
      errc::unsupported_number, [&] { relu(x).item<complex>(); }, "relu", "complex");
  BOOST_TEST(y.item() == 6.0);
}

BOOST_AUTO_TEST_CASE(empty_arrays_have_empty_values) {
  tape t;
  const var x = t.variable(array<double>::from_shape({0, 3}));
  BOOST_TEST((exp(x + 1).value().size() == 0u));
  BOOST_TEST(sum(x).item() == 0.0);
  BOOST_TEST((sum(x, 0).value() == array<double>{0, 0, 0}));
  BOOST_TEST((grad(sum(square(x)), x).shape() == shape{0, 3}));
  BOOST_TEST(grad(sum(square(x)), x).value().size() == 0u);
}

BOOST_AUTO_TEST_CASE(detached_numbers_are_constants_of_their_kind) {
  tape a("A"), b("B");
  const var x = a.variable(array<double>{1, 2});
  BOOST_TEST((detach(x * x, b).value() == array<double>{1, 4}));
  BOOST_TEST((detach(argmax(x), b).kind() == kind::index));
  BOOST_TEST((detach(x > 1.5, b).value<bool>() == array<bool>{false, true}));
  const var y = sum(x * detach(x));
  BOOST_TEST((grad(y, x).value() == array<double>{1, 2}));
}

BOOST_AUTO_TEST_SUITE_END()
