// SPDX-License-Identifier: MIT
// Running sums, products, logarithms and extrema against their definitions, term by term.
#include "rows.hpp"

#include <reel/ops/cumulative.hpp>
#include <reel/ops/rearrange.hpp>

#include <algorithm>
#include <cmath>

using namespace reel;
using namespace reel::test;

namespace {

using list = std::vector<double>;
using table_of = std::vector<list>;

// The positions that take part at i among n.
std::vector<std::size_t> before(std::size_t i, std::size_t n, cumulative how) {
  std::vector<std::size_t> at;
  for (std::size_t j = 0; j < n; ++j)
    if (how.reversed ? j > i : j < i) at.push_back(j);
  if (!how.exclusive) at.push_back(i);
  return at;
}

constexpr cumulative ways[] = {{false, false}, {true, false}, {false, true}, {true, true}};

// f of each row of x along any axis, by a loop of its own.
template <class F> list by_rows_along(const shape& s, int axis, const list& x, F f) {
  const std::size_t a = s.axis(axis);
  index_t inner = 1;
  for (std::size_t d = a + 1; d < s.rank(); ++d) inner *= s[d];
  list y(x.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    const auto at = static_cast<index_t>(k);
    if (at / inner % s[a] != 0) continue;  // the first of its row
    list row;
    for (index_t i = 0; i < s[a]; ++i) row.push_back(x[static_cast<std::size_t>(at + i * inner)]);
    const list result = f(row);
    for (index_t i = 0; i < s[a]; ++i)
      y[static_cast<std::size_t>(at + i * inner)] = result[static_cast<std::size_t>(i)];
  }
  return y;
}

double product_of(const list& x, const std::vector<std::size_t>& at, std::size_t but = ~std::size_t{0},
                  std::size_t nor = ~std::size_t{0}) {
  double p = 1;
  for (const std::size_t j : at)
    if (j != but && j != nor) p *= x[j];
  return p;
}

bool contains(const std::vector<std::size_t>& at, std::size_t j) { return std::ranges::count(at, j) > 0; }

// Σ_i w_i Π_{j at i} x_j differentiated by x_a, and by x_b as well.
double slope(const list& x, const list& w, cumulative how, std::size_t a) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (const auto at = before(i, x.size(), how); contains(at, a)) sum += w[i] * product_of(x, at, a);
  return sum;
}
double curvature(const list& x, const list& w, cumulative how, std::size_t a, std::size_t b) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (const auto at = before(i, x.size(), how); a != b && contains(at, a) && contains(at, b))
      sum += w[i] * product_of(x, at, a, b);
  return sum;
}

void near(const list& got, const list& expected, double ulps) {
  BOOST_TEST_REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    BOOST_TEST(std::abs(got[i] - expected[i]) <= ulps * 0x1p-53 * std::abs(expected[i]),
               "element " << i << ": " << got[i] << " where " << expected[i] << " is expected");
}

array<double> vector_of(const list& x) {
  auto a = make_array<double>({static_cast<index_t>(x.size())});
  std::ranges::copy(x, a.data());
  return a;
}

template <class F> void refused(errc code, F f, const std::string& text) {
  check_error(
      code, [&] { static_cast<void>(f()); }, text, "cumulative_test.cpp");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cumulatives)

BOOST_AUTO_TEST_CASE(sums_and_products_are_those_of_their_elements) {
  random_numbers random(1);
  for (const shape& s : {shape{5}, shape{0}, shape{2, 0}, shape{2, 3}, shape{2, 3, 4}, shape{2, 1, 3, 2, 2}})
    for (int axis = -static_cast<int>(s.rank()); axis < static_cast<int>(s.rank()); ++axis)
      for (const cumulative& how : ways) {
        tape t;
        const var x = t.variable(random.generic(s));
        const auto from = elements<double>(x);
        const auto sums = by_rows_along(s, axis, from, [&](const list& row) {
          list y;
          for (std::size_t i = 0; i < row.size(); ++i) {
            y.push_back(0);
            for (const std::size_t j : before(i, row.size(), how)) y.back() += row[j];
          }
          return y;
        });
        const auto products = by_rows_along(s, axis, from, [&](const list& row) {
          list y;
          for (std::size_t i = 0; i < row.size(); ++i)
            y.push_back(product_of(row, before(i, row.size(), how)));
          return y;
        });
        BOOST_TEST(elements<double>(cumsum(x, axis, how)) == sums, boost::test_tools::per_element());
        near(elements<double>(cumprod(x, axis, how)), products, 10);
      }
}

// First and second derivatives of Σ w y at zeros, where a division by x would give NaN.
BOOST_AUTO_TEST_CASE(products_are_differentiated_exactly_at_any_number_of_zeros) {
  const list w{3, -2, 5, 7};
  for (const list& x : table_of{{2, 3, 5, 7}, {2, 0, 5, 7}, {0, 3, 0, 7}, {0, 0, 0, 7}, {0, 0, 0, 0}})
    for (const cumulative& how : ways) {
      tape t;
      const var v = t.variable(vector_of(x));
      const var y = sum(cumprod(v, 0, how) * vector_of(w));
      list first, second;
      for (std::size_t a = 0; a < 4; ++a) {
        first.push_back(slope(x, w, how, a));
        for (std::size_t b = 0; b < 4; ++b) second.push_back(curvature(x, w, how, a, b));
      }
      BOOST_TEST(elements<double>(grad(y, v)) == first, boost::test_tools::per_element());
      BOOST_TEST(elements<double>(hessian(y, v)) == second, boost::test_tools::per_element());
      // The third derivative of the only product of all four by three of them is w times the fourth.
      const var third = grad(sum(slice(hessian(y, v), 0, 0, 1) * array<double>{0, 1, 0, 0}), v);
      const bool forward = !how.reversed;
      const double at_2 = how.exclusive ? (forward ? w[3] : 0) : (forward ? w[2] + w[3] * x[3] : w[0] * x[3]);
      BOOST_TEST(elements<double>(third)[2] == at_2);
    }
}

BOOST_AUTO_TEST_CASE(the_third_derivatives_are_proven) {
  using vars = std::span<const var>;
  const array<double> x{0.5, 0, -1.25, 0}, b{1, 2, -0.5, 3};
  const check::options o{.order = 3, .target = 1e-25};
  BOOST_TEST(check::vjp({"cumprod", {x}, [](vars v) { return cumprod(v[0]); }}, o));
  BOOST_TEST(
      check::vjp({"linear_recurrence", {x, b}, [](vars v) { return linear_recurrence(v[0], v[1]); }}, o));
  BOOST_TEST(check::vjp({"logcumsumexp", {b}, [](vars v) { return logcumsumexp(v[0]); }}, o));
}

BOOST_AUTO_TEST_CASE(recurrences_are_their_loops) {
  random_numbers random(2);
  for (const bool reversed : {false, true})
    for (const index_t n : {0, 1, 2, 7}) {
      tape t;
      const var a = t.variable(random.generic(shape{n})), b = t.variable(random.generic(shape{n}));
      const auto factor = elements<double>(a), term = elements<double>(b);
      // h_i = Σ_{j up to i} b_j Π of the factors after j, and the slope in each b_j is that product.
      list h, slopes(factor.size(), 0.0);
      for (index_t i = 0; i < n; ++i) {
        double sum = 0;
        for (index_t j = 0; j < n; ++j) {
          if (reversed ? j < i : j > i) continue;
          double p = 1;
          for (index_t k = std::min(i, j); k <= std::max(i, j); ++k)
            if (k != j) p *= factor[static_cast<std::size_t>(k)];
          sum += p * term[static_cast<std::size_t>(j)];
          slopes[static_cast<std::size_t>(j)] += p;
        }
        h.push_back(sum);
      }
      const var y = linear_recurrence(a, b, 0, reversed);
      const auto got = elements<double>(y), g = elements<double>(grad(sum(y), b));
      for (std::size_t i = 0; i < h.size(); ++i) {
        BOOST_TEST(std::abs(got[i] - h[i]) <= 1e-15);
        BOOST_TEST(std::abs(g[i] - slopes[i]) <= 1e-15);
      }
    }
  // A first state, as the header says.
  tape t;
  const var a = t.variable(array<double>{2, 3}), b = t.variable(array<double>{1, 1}), s = t.variable(5.0);
  const var first = slice(a, 0, 0, 1) * s;
  const var y = linear_recurrence(a, b + pad(first, 0, 0, 1));
  BOOST_TEST((y.value() == array<double>{11, 34}));
  BOOST_TEST((grad(sum(y), a).value() == array<double>{20, 11}));
  // Compound interest over a broadcast rate, down the rows of a matrix.
  const var all = linear_recurrence(2.0, t.variable(array<double>{{1, 2}, {1, 2}, {1, 2}}), 0);
  BOOST_TEST((all.value() == array<double>{{1, 2}, {3, 6}, {7, 14}}));
}

BOOST_AUTO_TEST_CASE(logarithms_of_running_sums) {
  random_numbers random(3);
  for (const double scale : {1.0, 30.0, 700.0})
    for (const bool reversed : {false, true}) {
      tape t;
      auto numbers_of_row = random.generic(shape{9});
      for (double& v : numbers_of_row) v *= scale;
      const var x = t.variable(numbers_of_row);
      const auto v = elements<double>(x), w = elements<double>(t.constant(random.generic(shape{9})));
      const var y = logcumsumexp(x, 0, {.reversed = reversed});
      const auto got = elements<double>(y);
      const auto xbar = elements<double>(vjp(y, x, t.constant(vector_of(w))));
      // By 50 digits: the definition itself does not overflow there.
      std::vector<real50> exact(9, real50(0)), shares(9, real50(0)), magnitudes(9, real50(0));
      for (std::size_t i = 0; i < 9; ++i) {
        real50 total(0);
        const auto at = before(i, 9, {.reversed = reversed});
        for (const std::size_t j : at) total = total + num::exp(real50(v[j]));
        exact[i] = num::log(total);
        for (const std::size_t j : at) {
          const real50 share = num::exp(real50(v[j])) / total;
          shares[j] = shares[j] + real50(w[i]) * share;
          magnitudes[j] = magnitudes[j] + num::abs(real50(w[i])) * share;
        }
      }
      for (std::size_t i = 0; i < 9; ++i) {
        const double error = std::abs(static_cast<double>(real50(got[i]) - exact[i]));
        BOOST_TEST(error <= 0x1p-53 * (3 * 9 + std::abs(got[i])));
        // An exponent is off by at most u·|x − top|, which is ≤ 2·scale.
        const double off = std::abs(static_cast<double>(real50(xbar[i]) - shares[i]));
        BOOST_TEST(off <= 0x1p-53 * (30 + 4 * scale) * static_cast<double>(magnitudes[i]));
      }
    }
}

BOOST_AUTO_TEST_CASE(shares_keep_their_digits_at_any_shift) {
  const array<double> x{0.5, 2, -1, 1.25}, w{1, -2, 3, 0.5};
  const auto slopes = [&](double shift) {
    tape t;
    const var v = t.variable(array<double>(x + shift));
    return elements<double>(vjp(logcumsumexp(v), v, t.constant(w)));
  };
  BOOST_TEST(slopes(0) == slopes(0x1p45), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(extrema_so_far) {
  random_numbers random(4);
  for (const bool reversed : {false, true}) {
    tape t;
    const shape s{2, 4, 3};
    const var x = t.variable(random.generic(s));
    const auto running = [&](auto better) {
      return by_rows_along(s, 1, elements<double>(x), [&](list row) {
        if (reversed) std::ranges::reverse(row);
        for (std::size_t i = 1; i < row.size(); ++i)
          if (!better(row[i], row[i - 1])) row[i] = row[i - 1];
        if (reversed) std::ranges::reverse(row);
        return row;
      });
    };
    BOOST_TEST(elements<double>(cummax(x, 1, reversed)) == running(std::greater{}),
               boost::test_tools::per_element());
    BOOST_TEST(elements<double>(cummin(x, -2, reversed)) == running(std::less{}),
               boost::test_tools::per_element());
    BOOST_TEST(elements<double>(take_along_axis(x, cumargmax(x, 1, reversed), 1)) ==
                   elements<double>(cummax(x, 1, reversed)),
               boost::test_tools::per_element());
  }
}

// As the header says: (i − 1)·u·Σ|x| and (i − 1)·u of the product, in float.
BOOST_AUTO_TEST_CASE(running_sums_and_products_stay_below_their_bounds) {
  random_numbers random(5);
  constexpr index_t n = 5000;
  tape t;
  const var x = t.variable(random.generic(shape{n}));
  const var near_1 = 1 + 0x1p-8 * x;
  const auto sums = elements<float>(cumsum(x)), products = elements<float>(cumprod(near_1));
  const auto exact = elements<double>(cumsum(x)), size = elements<double>(cumsum(abs(x)));
  const auto factors = elements<float>(near_1);
  double product = 1;
  for (std::size_t i = 0; i < n; ++i) {
    product *= factors[i];
    BOOST_TEST(std::abs(sums[i] - exact[i]) <= static_cast<double>(i) * 0x1p-24 * size[i]);
    BOOST_TEST(std::abs(products[i] - product) <= static_cast<double>(i) * 0x1.01p-24 * product);
  }
}

BOOST_AUTO_TEST_CASE(what_has_no_axis_is_refused) {
  tape t;
  const var x = t.variable(array<double>{1, 2}), scalar = t.variable(1.0),
            k = t.constant(array<index_t>{1, 2});
  for (auto* f : {&cumsum, &cumprod, &logcumsumexp}) {
    refused(
        errc::invalid_axis, [&] { return f(x, 1, {}); }, "axis 1 of [2]");
    refused(
        errc::invalid_axis, [&] { return f(scalar, -1, {}); }, "a scalar");
    refused(
        errc::kind_mismatch, [&] { return f(k, 0, {}); }, "index");
    refused(
        errc::empty_variable, [&] { return f(2.0, 0, {}); }, "");
  }
  for (auto* f : {&cummax, &cummin, &cumargmax, &cumargmin})
    refused(
        errc::invalid_axis, [&] { return f(x, -2, false); }, "axis -2 of [2]");
  refused(
      errc::invalid_axis, [&] { return linear_recurrence(x, x, 1); }, "axis 1 of [2]");
  refused(
      errc::shape_mismatch,
      [&] {
        return linear_recurrence(x, array<double>{1, 2, 3});
      },
      "[2] and [3]");
}

BOOST_AUTO_TEST_SUITE_END()
