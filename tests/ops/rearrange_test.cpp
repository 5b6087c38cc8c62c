// SPDX-License-Identifier: MIT
// Movement against plain loops over positions, and what is refused.
#include "rows.hpp"

#include <reel/ops/rearrange.hpp>

using namespace reel;
using namespace reel::test;

namespace {

using list = std::vector<double>;

// 1, 2, 3, … in this shape.
array<double> counted(const shape& s) {
  auto a = make_array<double>(s);
  for (index_t i = 0; i < s.size(); ++i) a.data()[i] = static_cast<double>(i + 1);
  return a;
}

void is(const var& y, const shape& s, const list& expected) {
  BOOST_TEST((y.shape() == s), to_string(y.shape()) << " where " << to_string(s) << " is expected");
  BOOST_TEST(elements<double>(y) == expected, boost::test_tools::per_element());
}

// What a Python slice of one axis of n elements names.
std::vector<index_t> python_slice(index_t n, index_t begin, index_t end, index_t step) {
  std::vector<index_t> at;
  for (index_t i = begin; step > 0 ? i < end : i > end; i += step)
    if (i >= 0 && i < n) at.push_back(i);
  return at;
}

template <class F> void refused(errc code, F f, const std::string& text) {
  check_error(
      code, [&] { static_cast<void>(f()); }, text, "rearrange_test.cpp");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rearrange)

BOOST_AUTO_TEST_CASE(axes_of_size_1_come_and_go) {
  tape t;
  const var x = t.variable(counted({2, 1, 3, 1}));
  BOOST_TEST((squeeze(x).shape() == shape{2, 3}));
  BOOST_TEST((squeeze(x, -1).shape() == shape{2, 1, 3}));
  BOOST_TEST((squeeze(x, {1, 3}).shape() == shape{2, 3}));
  BOOST_TEST((squeeze(t.variable(counted({1, 1}))).shape() == shape{}));
  BOOST_TEST((expand_dims(x, 0).shape() == shape{1, 2, 1, 3, 1}));
  BOOST_TEST((expand_dims(x, -1).shape() == shape{2, 1, 3, 1, 1}));
  BOOST_TEST((expand_dims(x, -5).shape() == shape{1, 2, 1, 3, 1}));
  BOOST_TEST((expand_dims(t.variable(1.0), 0).shape() == shape{1}));
  refused(
      errc::invalid_argument, [&] { return squeeze(x, 2); }, "axis 2 of [2x1x3x1] has size 3");
  refused(
      errc::invalid_axis, [&] { return squeeze(x, 4); }, "axis 4");
  refused(
      errc::invalid_axis, [&] { return expand_dims(x, 5); }, "axis 5");
  refused(
      errc::invalid_axis, [&] { return expand_dims(x, -6); }, "axis -6");
}

BOOST_AUTO_TEST_CASE(every_slice_with_a_step_is_pythons) {
  tape t;
  for (const index_t n : {0, 1, 2, 5}) {
    const var x = t.variable(counted({n}));
    for (index_t begin = 0; begin <= n; ++begin)
      for (index_t end = 0; end <= n; ++end)
        for (const index_t step : {1, 2, 3, 7, -1, -2, -7}) {
          const bool fits = step > 0 ? begin <= end : begin >= end && begin < n;
          if (!fits) continue;
          list expected;
          for (const index_t i : python_slice(n, begin, end, step))
            expected.push_back(static_cast<double>(i + 1));
          const var y = slice(x, 0, begin, end, step);
          is(y, {static_cast<index_t>(expected.size())}, expected);
          // The cotangent goes back to where each element was.
          list back(static_cast<std::size_t>(n), 0.0);
          double k = 0;
          for (const index_t i : python_slice(n, begin, end, step)) back[static_cast<std::size_t>(i)] = ++k;
          BOOST_TEST(elements<double>(vjp(y, x, t.constant(counted(y.shape())))) == back,
                     boost::test_tools::per_element());
        }
  }
  const var x = t.variable(counted({5}));
  is(slice(x, 0, std::nullopt, std::nullopt, -1), {5}, {5, 4, 3, 2, 1});
  is(slice(x, 0, std::nullopt, 2, -1), {2}, {5, 4});
  is(slice(x, 0, -2, std::nullopt, -3), {2}, {4, 1});
  is(slice(x, 0, -4, -1, 2), {2}, {2, 4});
  is(slice(x, 0, 1, std::nullopt, std::numeric_limits<index_t>::max()), {1}, {2});
  is(slice(x, 0, std::nullopt, std::nullopt, std::numeric_limits<index_t>::min()), {1}, {5});
  is(slice(t.variable(counted({0})), 0, std::nullopt, std::nullopt, -1), {0}, {});
}

BOOST_AUTO_TEST_CASE(slices_of_an_axis_in_the_middle) {
  tape t;
  const var x = t.variable(counted({2, 3, 2}));
  is(slice(x, 1, std::nullopt, std::nullopt, -2), {2, 2, 2}, {5, 6, 1, 2, 11, 12, 7, 8});
  is(dilate(slice(x, 0, 0, 1), 1, 2), {1, 5, 2}, {1, 2, 0, 0, 3, 4, 0, 0, 5, 6});
}

BOOST_AUTO_TEST_CASE(slices_that_make_no_sense_are_refused) {
  tape t;
  const var x = t.variable(counted({2, 5}));
  refused(
      errc::invalid_argument, [&] { return slice(x, 1, 0, 5, 0); }, "a step of 0");
  refused(
      errc::invalid_argument, [&] { return slice(x, 1, 3, 2, 2); }, "from 3 to 2 in steps of 2");
  refused(
      errc::invalid_argument, [&] { return slice(x, 1, 0, 6, 2); }, "among 5 elements");
  refused(
      errc::invalid_argument, [&] { return slice(x, 1, -6, 5, 2); }, "-6");
  refused(
      errc::invalid_argument, [&] { return slice(x, 1, 5, 0, -1); }, "from 5 to 0");
  refused(
      errc::invalid_argument, [&] { return slice(x, 1, 4, -6, -1); }, "-6");
  refused(
      errc::invalid_axis, [&] { return slice(x, 2, 0, 1, 2); }, "axis 2");
  refused(
      errc::invalid_argument, [&] { return dilate(x, 0, 0); }, "a step of 0");
  refused(
      errc::size_overflow, [&] { return dilate(x, 0, index_t{1} << 62); }, "2^56");
}

BOOST_AUTO_TEST_CASE(flips_and_rolls) {
  tape t;
  const var x = t.variable(counted({2, 3}));
  is(flip(x), {2, 3}, {6, 5, 4, 3, 2, 1});
  is(flip(x, 0), {2, 3}, {4, 5, 6, 1, 2, 3});
  is(flip(x, {-1}), {2, 3}, {3, 2, 1, 6, 5, 4});
  for (index_t shift = -7; shift <= 7; ++shift) {
    list expected(6);
    for (index_t i = 0; i < 2; ++i)
      for (index_t j = 0; j < 3; ++j)
        expected[static_cast<std::size_t>(i * 3 + ((j + shift) % 3 + 3) % 3)] =
            static_cast<double>(i * 3 + j + 1);
    is(roll(x, shift), {2, 3}, expected);
  }
  is(roll(x, std::numeric_limits<index_t>::min(), 0), {2, 3}, {1, 2, 3, 4, 5, 6});
  refused(
      errc::invalid_axis,
      [&] {
        return flip(x, {0, -2});
      },
      "named twice");
  refused(
      errc::invalid_axis, [&] { return roll(x, 1, 2); }, "axis 2");
  refused(
      errc::invalid_axis, [&] { return roll(t.variable(1.0), 1); }, "a scalar");
}

BOOST_AUTO_TEST_CASE(tiles_and_repetitions) {
  tape t;
  const var x = t.variable(counted({2, 2}));
  is(tile(x, {2}), {2, 4}, {1, 2, 1, 2, 3, 4, 3, 4});
  is(tile(x, {2, 1}), {4, 2}, {1, 2, 3, 4, 1, 2, 3, 4});
  is(tile(x, {2, 1, 1}), {2, 2, 2}, {1, 2, 3, 4, 1, 2, 3, 4});
  is(tile(x, {}), {2, 2}, {1, 2, 3, 4});
  is(tile(x, {0}), {2, 0}, {});
  is(repeat(x, 2), {2, 4}, {1, 1, 2, 2, 3, 3, 4, 4});
  is(repeat(x, 2, 0), {4, 2}, {1, 2, 1, 2, 3, 4, 3, 4});
  is(repeat(x, 0), {2, 0}, {});
  const var full_rank = t.variable(counted({1, 1, 1, 1, 1, 1, 1, 2}));
  is(tile(full_rank, {2, 2}), {1, 1, 1, 1, 1, 1, 2, 4}, {1, 2, 1, 2, 1, 2, 1, 2});
  is(repeat(full_rank, 2), {1, 1, 1, 1, 1, 1, 1, 4}, {1, 1, 2, 2});
  refused(
      errc::invalid_argument, [&] { return tile(x, {-1}); }, "-1 times");
  refused(
      errc::invalid_argument, [&] { return repeat(x, -2); }, "-2 times");
  refused(
      errc::invalid_axis, [&] { return repeat(x, 2, 2); }, "axis 2");
  refused(
      errc::size_overflow, [&] { return repeat(x, index_t{1} << 60); }, "");
}

BOOST_AUTO_TEST_CASE(parts_join_to_the_whole) {
  tape t;
  const var x = t.variable(counted({2, 6}));
  const auto thirds = split(x, 3, 1);
  BOOST_TEST(thirds.size() == 3U);
  is(thirds[2], {2, 2}, {5, 6, 11, 12});
  is(concat(thirds, 1), {2, 6}, elements<double>(x));
  const auto parts = split_with_sizes(x, {1, 0, 5}, -1);
  is(parts[1], {2, 0}, {});
  is(concat(parts, 1), {2, 6}, elements<double>(x));
  BOOST_TEST(
      (grad(sum(square(parts[0])), x).value() == array<double>{{2, 0, 0, 0, 0, 0}, {14, 0, 0, 0, 0, 0}}));
  const std::size_t before = t.size();
  refused(
      errc::invalid_argument, [&] { return split(x, 4, 1); },
      "6 elements of axis 1 of [2x6] in 4 equal parts");
  refused(
      errc::invalid_argument, [&] { return split(x, 0, 1); }, "in 0 equal parts");
  refused(
      errc::invalid_argument,
      [&] {
        return split_with_sizes(x, {1, 2}, 1);
      },
      "sizes {1, 2} are not the 6");
  refused(
      errc::invalid_argument,
      [&] {
        return split_with_sizes(x, {7, -1}, 1);
      },
      "{7, -1}");
  refused(
      errc::invalid_argument, [&] { return split_with_sizes(x, {}, 1); }, "{}");
  refused(
      errc::invalid_axis, [&] { return split(x, 2, 2); }, "axis 2");
  BOOST_TEST(t.size() == before);
}

BOOST_AUTO_TEST_CASE(taken_and_added_along_any_axis) {
  random_numbers random(1);
  tape t;
  const shape s{2, 3, 4};
  const var x = t.variable(random.generic(s));
  const auto from = elements<double>(x);
  for (const int axis : {0, 1, 2, -1, -3}) {
    const std::size_t a = s.axis(axis);
    shape of_indices = s.with(a, 2);
    auto k = make_array<index_t>(of_indices);
    for (index_t i = 0; i < of_indices.size(); ++i) k.data()[i] = (5 * i + 1) % s[a];
    // Positions by division: an index tuple in `of_indices`, with the index in place of one coordinate.
    list expected, back(from.size(), 0.0);
    std::vector<std::size_t> at;
    for (index_t i = 0; i < of_indices.size(); ++i) {
      index_t rest = i, to = 0, step = 1;
      for (std::size_t d = 3; d-- > 0; rest /= of_indices[d]) {
        to += (d == a ? k.data()[i] : rest % of_indices[d]) * step;
        step *= s[d];
      }
      at.push_back(static_cast<std::size_t>(to));
      expected.push_back(from[at.back()]);
    }
    const var y = take_along_axis(x, t.constant(k), axis);
    is(y, of_indices, expected);
    const auto weights = random.generic(of_indices);
    for (std::size_t i = 0; i < at.size(); ++i) back[at[i]] += weights.data()[i];
    const var w = t.constant(weights);
    BOOST_TEST(elements<double>(vjp(y, x, w)) == back, boost::test_tools::per_element());
    BOOST_TEST(elements<double>(add_along_axis(w, t.constant(k), s[a], axis)) == back,
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(indices_that_do_not_fit_are_refused) {
  tape t;
  const var x = t.variable(counted({2, 3}));
  const auto at = [&](const array<index_t>& k) { return t.constant(k); };
  const auto column = [&](std::initializer_list<index_t> k) {
    return expand_dims(t.constant(array<index_t>(k)), -1);
  };
  refused(
      errc::shape_mismatch,
      [&] {
        return take_along_axis(x, at({0, 1}));
      },
      "[2] into [2x3]");
  refused(
      errc::shape_mismatch, [&] { return take_along_axis(x, column({0}), 1); }, "[1x1] into [2x3]");
  refused(
      errc::invalid_axis,
      [&] {
        return take_along_axis(x, column({0, 0}), 2);
      },
      "axis 2");
  refused(
      errc::kind_mismatch, [&] { return take_along_axis(x, x); }, "index");
  for (const index_t bad : {index_t{3}, index_t{-1}, std::numeric_limits<index_t>::min()})
    refused(
        errc::invalid_label,
        [&] {
          return take_along_axis(x, column({0, bad})).value();
        },
        "index " + std::to_string(bad) + " at position 1 is outside 0 … 2");
  refused(
      errc::invalid_label,
      [&] {
        return add_along_axis(x, at(array<index_t>{{0, 1, 2}, {0, 4, 0}}), 4).value();
      },
      "index 4 at position 4 is outside 0 … 3");
  refused(
      errc::shape_mismatch,
      [&] {
        return add_along_axis(x, column({0, 0}), 4);
      },
      "[2x3] at indices [2x1]");
  refused(
      errc::invalid_argument,
      [&] {
        return add_along_axis(x, at(array<index_t>{{0, 1, 2}, {0, 1, 0}}), -1);
      },
      "-1");
  refused(
      errc::invalid_label,
      [&] {
        return scatter(x, at({0, 2}), 1.0).value();
      },
      "index 2 at position 1 is outside 0 … 1");
  refused(
      errc::shape_mismatch,
      [&] {
        return scatter(x, at({0}), t.constant(array<double>{1, 2}));
      },
      "[2] does not broadcast to [1x3]");
}

BOOST_AUTO_TEST_CASE(scatter_replaces_slices) {
  tape t;
  const var x = t.variable(counted({3, 2})), u = t.variable(array<double>{{10, 20}, {30, 40}});
  const var y = scatter(x, array<index_t>{2, 2}, u);
  is(y, {3, 2}, {1, 2, 3, 4, 30, 40});
  BOOST_TEST((grad(sum(square(y)), x).value() == array<double>{{2, 4}, {6, 8}, {0, 0}}));
  BOOST_TEST((grad(sum(square(y)), u).value() == array<double>{{0, 0}, {60, 80}}));
  is(scatter(x, array<index_t>{1}, 0.0), {3, 2}, {1, 2, 0, 0, 5, 6});
  is(scatter(x, array<index_t>{1, 0}, array<double>{7, 8}, 1), {3, 2}, {8, 7, 8, 7, 8, 7});
  const var k = t.constant(array<index_t>{5, 6, 7});
  BOOST_TEST((scatter(k, array<index_t>{1}, 0).value<index_t>() == array<index_t>{5, 0, 7}));
}

BOOST_AUTO_TEST_CASE(diagonals_and_triangles) {
  tape t;
  for (const index_t rows : {0, 1, 2, 4})
    for (const index_t columns : {0, 1, 3})
      for (index_t offset = -5; offset <= 5; ++offset) {
        const var x = t.variable(counted({2, rows, columns}));
        const auto from = elements<double>(x);
        list on, below, above;
        index_t count = 0;
        for (index_t b = 0; b < 2; ++b)
          for (index_t i = 0; i < rows; ++i)
            for (index_t j = 0; j < columns; ++j) {
              const double v = from[static_cast<std::size_t>((b * rows + i) * columns + j)];
              if (j == i + offset) on.push_back(v), count += b == 0 ? 1 : 0;
              below.push_back(j <= i + offset ? v : 0);
              above.push_back(j >= i + offset ? v : 0);
            }
        is(diagonal(x, offset), {2, count}, on);
        is(tril(x, offset), {2, rows, columns}, below);
        is(triu(x, offset), {2, rows, columns}, above);
      }
  for (index_t offset = -2; offset <= 2; ++offset) {
    const var x = t.variable(counted({2, 3})), m = diag(x, offset);
    BOOST_TEST((m.shape() == shape{2, 3 + std::abs(offset), 3 + std::abs(offset)}));
    is(diagonal(m, offset), {2, 3}, elements<double>(x));
    BOOST_TEST(sum(m).item() == sum(x).item());
  }
  const index_t far = std::numeric_limits<index_t>::min();
  const var x = t.variable(counted({2, 2})), v = t.variable(counted({2}));
  is(diagonal(x, far), {0}, {});
  is(tril(x, far), {2, 2}, {0, 0, 0, 0});
  refused(
      errc::size_overflow, [&] { return diag(v, far); }, "2^56");
  refused(
      errc::invalid_axis, [&] { return diagonal(v); }, "the diagonal of [2], which has 1 axes");
  refused(
      errc::invalid_axis, [&] { return tril(v); }, "the lower triangle of [2]");
  refused(
      errc::invalid_axis, [&] { return triu(v); }, "the upper triangle of [2]");
  refused(
      errc::invalid_axis, [&] { return diag(t.variable(1.0)); }, "a scalar");
}

// Indices and bools move as reals do.
BOOST_AUTO_TEST_CASE(any_kind_moves) {
  tape t;
  const var k = t.constant(array<index_t>{{1, 2}, {3, 4}}), m = k > 2;
  BOOST_TEST((flip(k).value<index_t>() == array<index_t>{{4, 3}, {2, 1}}));
  BOOST_TEST((roll(k, 1).value<index_t>() == array<index_t>{{2, 1}, {4, 3}}));
  BOOST_TEST((tile(k, {2}).value<index_t>() == array<index_t>{{1, 2, 1, 2}, {3, 4, 3, 4}}));
  BOOST_TEST((diagonal(k).value<index_t>() == array<index_t>{1, 4}));
  BOOST_TEST((tril(k).value<index_t>() == array<index_t>{{1, 0}, {3, 4}}));
  BOOST_TEST((flip(m).value<bool>() == array<bool>{{true, true}, {false, false}}));
  BOOST_TEST((triu(m).value<bool>() == array<bool>{{false, false}, {false, true}}));
  refused(
      errc::kind_mismatch, [&] { return dilate(k, 0, 2); }, "it must be real");
}

BOOST_AUTO_TEST_SUITE_END()
