// SPDX-License-Identifier: MIT
// Orders against std::stable_sort, quantiles against their definition, segments against loops.
#include "rows.hpp"

#include <reel/ops/ordering.hpp>
#include <reel/ops/rearrange.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace reel;
using namespace reel::test;

namespace {

using list = std::vector<double>;
constexpr double inf = std::numeric_limits<double>::infinity();

// Numbers with many ties.
array<double> with_ties(const shape& s, std::uint64_t seed) {
  auto a = random_numbers(seed).generic(s);
  for (double& v : a) v = std::round(4 * v) / 4;
  return a;
}

// The rows of x along its last axis.
std::vector<list> rows_of(const var& x) {
  const auto all = elements<double>(x);
  const auto n = static_cast<std::size_t>(x.shape().back());
  std::vector<list> rows;
  for (std::size_t i = 0; i < all.size(); i += n)
    rows.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(i),
                      all.begin() + static_cast<std::ptrdiff_t>(i + n));
  return rows;
}

list stable_order(const list& row, bool descending) {
  list at(row.size());
  std::iota(at.begin(), at.end(), 0.0);
  std::ranges::stable_sort(at, [&](double a, double b) {
    const double x = row[static_cast<std::size_t>(a)], y = row[static_cast<std::size_t>(b)];
    return descending ? x > y : x < y;
  });
  return at;
}

void append(list& all, const list& row) { all.insert(all.end(), row.begin(), row.end()); }

template <class F> void refused(errc code, F f, const std::string& text) {
  check_error(
      code, [&] { static_cast<void>(f()); }, text, "ordering_test.cpp");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ordering)

BOOST_AUTO_TEST_CASE(sorts_are_stable_along_any_axis) {
  for (const index_t n : {1, 2, 16, 17, 100, 1000})
    for (const bool descending : {false, true}) {
      tape t;
      const var x = t.variable(with_ties({3, n}, static_cast<std::uint64_t>(n)));
      list order, sorted, back;
      for (const list& row : rows_of(x)) {
        const list at = stable_order(row, descending);
        append(order, at);
        list slopes(row.size());
        for (std::size_t i = 0; i < at.size(); ++i) {
          sorted.push_back(row[static_cast<std::size_t>(at[i])]);
          slopes[static_cast<std::size_t>(at[i])] = static_cast<double>(i);
        }
        append(back, slopes);
      }
      BOOST_TEST(elements<double>(argsort(x, -1, descending)) == order, boost::test_tools::per_element());
      const var y = sort(x, 1, descending), places = to_real(constant_like(x, iota(n)));
      BOOST_TEST(elements<double>(y) == sorted, boost::test_tools::per_element());
      BOOST_TEST(elements<double>(grad(sum(y * places), x)) == back, boost::test_tools::per_element());
      BOOST_TEST(elements<double>(transpose(sort(transpose(x), 0, descending))) == sorted,
                 boost::test_tools::per_element());
      for (const index_t k : {index_t{0}, index_t{1}, n / 2, n}) {
        const auto [values, indices] = top_k(transpose(x), k, 0);
        BOOST_TEST(elements<double>(values) == elements<double>(slice(sort(transpose(x), 0, true), 0, 0, k)),
                   boost::test_tools::per_element());
        BOOST_TEST(
            elements<double>(indices) == elements<double>(slice(argsort(transpose(x), 0, true), 0, 0, k)),
            boost::test_tools::per_element());
      }
    }
}

// Long rows are sorted by the bits of their numbers: of both signs and zeros, of every size, in every number
// type.
BOOST_AUTO_TEST_CASE(long_rows_of_hostile_numbers) {
  const std::vector<double> hostile{0.0,           -0.0,     inf,       -inf,    std::nan(""),
                                    -std::nan(""), 0x1p-149, -0x1p-149, 0x1p127, -0x1p127};
  auto x = make_array<double>({2, 600});
  random_numbers random(3);
  for (index_t i = 0; i < 1200; ++i)
    x.data()[i] = i % 5 == 0 ? hostile[static_cast<std::size_t>(i / 5) % hostile.size()]
                             : std::ldexp(random.generic(), static_cast<int>(i % 100) - 50);
  const auto precedes = [](double a, double b) { return a < b || (std::isnan(b) && !std::isnan(a)); };
  for (const bool descending : {false, true}) {
    tape t;
    const var v = t.variable(x), y = sort(v, 1, descending);
    list order;
    for (const list& row : rows_of(v)) {
      list at(row.size());
      std::iota(at.begin(), at.end(), 0.0);
      std::ranges::stable_sort(at, [&](double a, double b) {
        const double left = row[static_cast<std::size_t>(a)], right = row[static_cast<std::size_t>(b)];
        return descending ? precedes(right, left) : precedes(left, right);
      });
      append(order, at);
    }
    const var k = argsort(v, 1, descending);
    BOOST_TEST(elements<double>(k) == order, boost::test_tools::per_element());
    // Evaluated in each number type anew: a frozen program computes positions in its own.
    const auto in_type = [&]<class T>(T) {
      instance<T> run(freeze(freeze_request{.outputs = {to_real(k)}}));
      run.run();
      const auto got = run.output();
      for (std::size_t i = 0; i < order.size(); ++i)
        BOOST_TEST(static_cast<double>(got.data()[i]) == order[i]);
    };
    in_type(float{});
    in_type(double{});
    in_type(real50{});
    BOOST_TEST(y.size() == 1200);
  }
  tape t;
  auto indices = make_array<index_t>({300});
  for (index_t i = 0; i < 300; ++i) indices(i) = (i * 7919 % 301 - 150) * (index_t{1} << 40);
  const auto sorted = sort(t.constant(indices)).value<index_t>();
  BOOST_TEST(std::is_sorted(sorted.begin(), sorted.end()));
}

BOOST_AUTO_TEST_CASE(the_largest_is_the_maximum_also_beside_a_nan) {
  tape t;
  const double nan = std::nan("");
  for (const list& row :
       std::vector<list>{{1, 3, 3}, {nan, 1, nan}, {1, nan, 3}, {-inf, -inf}, {inf, 1, inf}}) {
    const var x = t.variable(array_of<double>({{static_cast<index_t>(row.size())}, row}));
    const auto top = top_k(x, 1);
    BOOST_TEST((top.indices.value<index_t>()(0) == argmax(x).value<index_t>()()));
    const double a = top.values.item(), b = max(x).item();
    BOOST_TEST((a == b || (std::isnan(a) && std::isnan(b))));
  }
}

BOOST_AUTO_TEST_CASE(orders_of_indices) {
  tape t;
  const var k = t.constant(array<index_t>{3, 1, 2, 1});
  BOOST_TEST((argsort(k).value<index_t>() == array<index_t>{1, 3, 2, 0}));
  BOOST_TEST((sort(k, 0, true).value<index_t>() == array<index_t>{3, 2, 1, 1}));
  BOOST_TEST((argsort(argsort(k)).value<index_t>() == array<index_t>{3, 0, 2, 1}));  // ranks
}

BOOST_AUTO_TEST_CASE(quantiles_are_interpolated) {
  for (const index_t n : {1, 2, 5, 8, 101}) {
    tape t;
    const var x = t.variable(with_ties({2, n}, 7 * static_cast<std::uint64_t>(n)));
    for (const double q : {0.0, 0.1, 0.25, 0.5, 0.9, 1.0}) {
      list want;
      for (list row : rows_of(x)) {
        std::ranges::sort(row);
        const double at = q * static_cast<double>(n - 1);
        const auto low = static_cast<std::size_t>(at), high = std::min(low + 1, row.size() - 1);
        want.push_back(row[low] + (at - static_cast<double>(low)) * (row[high] - row[low]));
      }
      const auto got = elements<double>(quantile(x, q)),
                 across = elements<double>(quantile(transpose(x), q, 0));
      for (std::size_t i = 0; i < want.size(); ++i) BOOST_TEST(std::abs(got[i] - want[i]) <= 3e-16);
      BOOST_TEST(got == across, boost::test_tools::per_element());
      // Weights of the neighbours: none is negative, and together they are 1.
      const auto slopes = elements<double>(grad(sum(quantile(x, q)), x));
      BOOST_TEST(std::abs(std::accumulate(slopes.begin(), slopes.end(), 0.0) - 2) <= 1e-15);
      for (const double v : slopes) BOOST_TEST(v >= 0);
    }
    BOOST_TEST((median(x).value() == quantile(x, 0.5).value()));
    BOOST_TEST((median(x, -1, keep).shape() == shape{2, 1}));
  }
  tape t;
  BOOST_TEST(median(t.variable(array<double>{1e308, 1.5e308})).item() == 1.25e308);  // no overflow on the way
}

BOOST_AUTO_TEST_CASE(segments_are_reduced_apart) {
  random_numbers random(9);
  tape t;
  const shape s{2, 6, 3};
  const var x = t.variable(random.generic(s));
  const array<index_t> segments{2, 0, 2, 4, 0, 2};
  const auto from = elements<double>(x);
  list sums(2 * 5 * 3, 0.0), tops(2 * 5 * 3, -inf), slopes(from.size(), 0.0);
  std::vector<std::size_t> first(2 * 5 * 3, from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::size_t at = (i / 18 * 5 + static_cast<std::size_t>(segments(i / 3 % 6))) * 3 + i % 3;
    sums[at] += from[i];
    if (from[i] > tops[at]) tops[at] = from[i], first[at] = i;
  }
  for (const std::size_t i : first)
    if (i < from.size()) slopes[i] = 1;
  const var y = segment_max(x, segments, 5, 1);
  BOOST_TEST(elements<double>(segment_sum(x, segments, 5, -2)) == sums, boost::test_tools::per_element());
  BOOST_TEST(elements<double>(y) == tops, boost::test_tools::per_element());
  BOOST_TEST(elements<double>(grad(sum(y), x)) == slopes, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_frozen_sort_is_the_same) {
  const auto f = [](const var& x) { return sum(square(sort(x, 0)) * array<double>{3, 2, 1}) + median(x); };
  const array<double> x{2, -1, 0.5};
  auto frozen = freeze<double>(value_and_grad(f), x);
  for (const array<double>& at : {x, array<double>{1, 1, 1}, array<double>{0, 3, 2}}) {
    const auto [value, slopes] = frozen(at);
    const auto direct = value_and_grad(f)(at);
    BOOST_TEST(value() == direct.first);
    BOOST_TEST((slopes == direct.second));
  }
}

BOOST_AUTO_TEST_CASE(hostile_arguments_are_refused) {
  tape t;
  const var x = t.variable(array<double>{{1, 2, 3}, {4, 5, 6}}),
            none_here = t.variable(make_array<double>({2, 0}));
  const var scalar = t.variable(1.0);
  BOOST_TEST((sort(none_here).shape() == shape{2, 0}));
  BOOST_TEST((top_k(none_here, 0).values.shape() == shape{2, 0}));
  BOOST_TEST((median(none_here, 0).shape() == shape{0}));
  refused(
      errc::invalid_argument, [&] { return median(none_here); }, "the median of nothing: axis 1 of [2x0]");
  refused(
      errc::invalid_argument, [&] { return quantile(none_here, 0.5); }, "the quantile of nothing");
  for (const double q : {-0.1, 1.1, inf, std::nan("")})
    refused(
        errc::invalid_argument, [&] { return quantile(x, q); }, "give 0 to 1");
  const std::size_t before = t.size();
  refused(
      errc::invalid_argument, [&] { return top_k(x, 4).values; }, "the 4 largest of the 3 along axis 1");
  refused(
      errc::invalid_argument, [&] { return top_k(x, -1).values; }, "the -1 largest");
  refused(
      errc::invalid_axis, [&] { return top_k(x, 1, 2).values; }, "axis 2");
  refused(
      errc::invalid_axis, [&] { return sort(scalar); }, "a scalar");
  refused(
      errc::invalid_axis, [&] { return argsort(x, -3); }, "axis -3");
  BOOST_TEST(t.size() == before);
  const array<index_t> segments{0, 1};
  for (auto* f : {&segment_sum, &segment_max}) {
    refused(
        errc::shape_mismatch, [&] { return f(x, segments, 2, 1); }, "segments [2] of axis 1 of [2x3]");
    refused(
        errc::invalid_axis, [&] { return f(x, segments, 2, 2); }, "axis 2");
    refused(
        errc::invalid_argument, [&] { return f(x, segments, -1, 0); }, "-1 segments");
    refused(
        errc::kind_mismatch,
        [&] {
          return f(x, array<double>{0, 1}, 2, 0);
        },
        "index");
    refused(
        errc::invalid_label, [&] { return f(x, segments, 1, 0).value(); },
        "index 1 at position 1 is outside 0 … 0");
    refused(
        errc::invalid_label,
        [&] {
          return f(x, array<index_t>{0, -1}, 2, 0).value();
        },
        "index -1 at position 1");
    refused(
        errc::invalid_label, [&] { return f(x, segments, 0, 0).value(); }, "of an empty axis");
  }
}

BOOST_AUTO_TEST_SUITE_END()
