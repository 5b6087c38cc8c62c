// SPDX-License-Identifier: MIT
// Every product of sizes is checked where a shape is made; broadcasting is NumPy's.
#include "support.hpp"

#include <reel/ops.hpp>

using namespace reel;
using reel::test::check_error;

BOOST_AUTO_TEST_SUITE(shapes)

BOOST_AUTO_TEST_CASE(sizes_and_text) {
  BOOST_TEST(shape{}.size() == 1);
  BOOST_TEST(shape{}.is_scalar());
  BOOST_TEST(to_string(shape{}) == "[]");
  BOOST_TEST(to_string(shape{32, 784}) == "[32x784]");
  BOOST_TEST((shape{2, 3, 4}.size() == 24 && shape{2, 3, 4}.back() == 4 && shape{2, 3, 4}.rank() == 3));
  BOOST_TEST((shape{2, 0, 4}.size() == 0));
  BOOST_TEST((shape{2, 3} != shape{3, 2} && shape{6} != shape{6, 1} && shape{} != shape{1}));
  BOOST_TEST((shape{2, 3}.with(1, 5) == shape{2, 5}));
  BOOST_TEST((shape{2, 3}.without(0) == shape{3}));
  BOOST_TEST((shape{2, 3}.inserted(2, 7) == shape{2, 3, 7} && shape{}.inserted(0, 1) == shape{1}));
}

BOOST_AUTO_TEST_CASE(a_product_that_cannot_be_addressed_is_refused) {
  const index_t k = index_t{1} << 28, huge = std::numeric_limits<index_t>::max();
  BOOST_TEST((shape{k, k}.size() == shape::max_size));
  check_error(
      errc::size_overflow,
      [&] {
        shape{k, k, 2};
      },
      "[268435456x268435456x2]");
  check_error(
      errc::size_overflow,
      [&] {
        shape{huge, huge};
      },
      "2^56");
  check_error(
      errc::size_overflow, [&] { shape{huge}; }, "2^56");
  check_error(
      errc::size_overflow,
      [&] {
        shape({1, 1}).with(0, k).with(1, k + 1);
      },
      "2^56");
  // Strides are products too: a 0 does not hide the others.
  check_error(
      errc::size_overflow,
      [&] {
        shape{0, huge, huge};
      },
      "2^56");
  check_error(
      errc::size_overflow,
      [&] {
        shape{k, k, 0, 2};
      },
      "2^56");
  BOOST_TEST((shape{0, k, k}.size() == 0));
}

BOOST_AUTO_TEST_CASE(negative_sizes_and_too_many_axes_are_refused) {
  check_error(
      errc::invalid_argument,
      [] {
        shape{3, -1};
      },
      "-1 on axis 1");
  BOOST_TEST((shape{1, 1, 1, 1, 1, 1, 1, 1}.rank() == shape::max_rank));
  check_error(
      errc::invalid_argument, [] { shape{1, 1, 1, 1, 1, 1, 1, 1, 1}; }, "9 axes", "at most 8");
  check_error(
      errc::invalid_argument, [] { shape{1, 1, 1, 1, 1, 1, 1, 1}.inserted(0, 1); }, "9 axes");
}

BOOST_AUTO_TEST_CASE(axes_count_from_either_end) {
  const shape s{2, 3, 4};
  BOOST_TEST((s.axis(0) == 0 && s.axis(2) == 2 && s.axis(-1) == 2 && s.axis(-3) == 0));
  check_error(
      errc::invalid_axis, [&] { s.axis(3); }, "axis 3 of [2x3x4]", "-3 to 2");
  check_error(
      errc::invalid_axis, [&] { s.axis(-4); }, "axis -4");
  check_error(
      errc::invalid_axis, [&] { shape{}.axis(0); }, "scalar");
}

BOOST_AUTO_TEST_CASE(broadcasting_aligns_at_the_last_axis) {
  BOOST_TEST((broadcast_shape({2, 3}, {3}) == shape{2, 3}));
  BOOST_TEST((broadcast_shape({2, 1}, {3}) == shape{2, 3}));
  BOOST_TEST((broadcast_shape({}, {4, 5}) == shape{4, 5}));
  BOOST_TEST((broadcast_shape({1}, {0}) == shape{0}));
  BOOST_TEST((broadcast_shape({3, 1, 5}, {4, 1}) == shape{3, 4, 5}));
  check_error(
      errc::shape_mismatch,
      [] {
        broadcast_shape({2, 3}, {2});
      },
      "[2x3] and [2]", "sizes 3 and 2");
  check_error(
      errc::shape_mismatch, [] { broadcast_shape({0}, {2}); }, "sizes 0 and 2");
  const index_t k = index_t{1} << 40;
  check_error(
      errc::size_overflow,
      [&] {
        broadcast_shape({k, 1}, {1, k});
      },
      "2^56");
  BOOST_TEST((broadcasts_to({3}, {2, 3}) && broadcasts_to({}, {}) && broadcasts_to({1}, {0})));
  BOOST_TEST((!broadcasts_to({2, 3}, {3}) && !broadcasts_to({0}, {1}) && !broadcasts_to({2}, {3})));
}

BOOST_AUTO_TEST_CASE(ops_refuse_sizes_that_overflow) {
  tape t;
  const index_t k = index_t{1} << 40;
  const var a = t.input(shape{k, 1}), b = t.input(shape{1, k}), e = t.input(shape{0, k}),
            row = reshape(a, {k});
  const var label = t.constant(array<int>{1});
  const std::size_t size = t.size();
  check_error(
      errc::size_overflow, [&] { a + b; }, "add", "shape_test.cpp");
  check_error(
      errc::size_overflow, [&] { matmul(a, b); }, "matmul");
  check_error(
      errc::size_overflow,
      [&] {
        broadcast_to(a, {k, k});
      },
      "2^56");
  check_error(
      errc::size_overflow, [&] { pad(e, 0, k, 0); }, "pad");
  check_error(
      errc::size_overflow, [&] { one_hot(label, index_t{1} << 60); }, "one_hot");
  check_error(
      errc::size_overflow, [&] { jacobian(row, row); }, "2^56");
  BOOST_TEST(t.size() == size);
}

BOOST_AUTO_TEST_CASE(reshape_works_out_one_size) {
  tape t;
  const var x = t.constant(array<double>{{1, 2, 3}, {4, 5, 6}}),
            none = t.constant(array<double>::from_shape({0, 4}));
  BOOST_TEST((reshape(x, {3, -1}).shape() == shape{3, 2}));
  BOOST_TEST((reshape(x, {-1}).value() == array<double>{1, 2, 3, 4, 5, 6}));
  BOOST_TEST((reshape(none, {-1}).shape() == shape{0}));
  BOOST_TEST((reshape(none, {4, -1}).shape() == shape{4, 0}));
  BOOST_TEST(reshape(x, {2, 3}).id() == x.id());
  check_error(
      errc::shape_mismatch,
      [&] {
        reshape(x, {4, -1});
      },
      "reshape", "shape_test.cpp", "[2x3]", "6 elements");
  check_error(
      errc::shape_mismatch, [&] { reshape(x, shape{7}); }, "reshape", "6 elements", "has 7");
  check_error(
      errc::invalid_argument,
      [&] {
        reshape(x, {-1, -1});
      },
      "reshape", "shape_test.cpp", "to {-1, -1}: one size alone may be -1");
  check_error(
      errc::shape_mismatch,
      [&] {
        reshape(x, {0, -1});
      },
      "reshape");
}

BOOST_AUTO_TEST_SUITE_END()
