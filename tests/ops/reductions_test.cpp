// SPDX-License-Identifier: MIT
// Products, minima, norms and moments over axes, against loops over positions and against 50 digits.
#include "rows.hpp"

#include <reel/ops/reductions.hpp>

#include <cmath>
#include <functional>

using namespace reel;
using namespace reel::test;

namespace {

using list = std::vector<double>;
constexpr double inf = std::numeric_limits<double>::infinity();

// The numbers of x that a reduction over the chosen axes makes one of, for each of its results in order.
std::vector<list> rows_of(const shape& s, unsigned chosen, const list& x) {
  index_t results = 1;
  for (std::size_t d = 0; d < s.rank(); ++d) results *= chosen >> d & 1U ? 1 : s[d];
  std::vector<list> rows(static_cast<std::size_t>(results));
  for (index_t i = 0; i < s.size(); ++i) {
    index_t rest = i, to = 0, step = 1;
    for (std::size_t d = s.rank(); d-- > 0; rest /= s[d])
      if (!(chosen >> d & 1U)) to += rest % s[d] * step, step *= s[d];
    rows[static_cast<std::size_t>(to)].push_back(x[static_cast<std::size_t>(i)]);
  }
  return rows;
}

axis_list axes_from(unsigned chosen, int rank) {
  axis_list axes;
  axes.all = false;
  for (int d = 0; d < rank; ++d)
    if (chosen >> d & 1U) axes.axes.push_back(d % 2 == 0 ? d : d - rank);
  return axes;
}

// Every choice of axes: what f records against what g makes of a row of 50 digits, within `ulps`.
void over_any_axes(const std::function<var(const var&, const axis_list&, axis_mode)>& f,
                   const std::function<real50(const std::vector<real50>&)>& g, double ulps) {
  random_numbers random(1);
  const shape s{3, 4, 1, 2};
  tape t;
  const var x = t.variable(random.generic(s));
  for (unsigned chosen = 1; chosen < 16; ++chosen) {
    const axis_list axes = axes_from(chosen, 4);
    const auto rows = rows_of(s, chosen, elements<double>(x));
    if (rows[0].size() < 2) continue;
    const var y = f(x, axes, axis_mode::drop), kept = f(x, axes, keep);
    BOOST_TEST(kept.rank() == 4U);
    BOOST_TEST(elements<double>(y) == elements<double>(kept), boost::test_tools::per_element());
    const auto got = elements<double>(y);
    BOOST_TEST_REQUIRE(got.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::vector<real50> row;
      for (const double v : rows[i]) row.emplace_back(v);
      const real50 want = g(row);
      const double error = std::abs(static_cast<double>(real50(got[i]) - want));
      BOOST_TEST(error <= ulps * 0x1p-53 * std::abs(static_cast<double>(want)));
    }
  }
}

real50 moment(const std::vector<real50>& x, double correction) {
  real50 mean(0), sum(0);
  for (const real50& v : x) mean = mean + v;
  mean = mean / real50(static_cast<double>(x.size()));
  for (const real50& v : x) sum = sum + (v - mean) * (v - mean);
  return sum / real50(static_cast<double>(x.size()) - correction);
}

template <class F> void refused(errc code, F f, const std::string& text) {
  check_error(
      code, [&] { static_cast<void>(f()); }, text, "reductions_test.cpp");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reductions)

BOOST_AUTO_TEST_CASE(reductions_over_any_axes) {
  over_any_axes([](auto& x, auto& axes, axis_mode m) { return prod(x, axes, m); },
                [](auto& row) {
                  real50 p(1);
                  for (const real50& v : row) p = p * v;
                  return p;
                },
                24);
  for (const double p : {1.0, 1.5, 2.0, 3.0, 7.25})
    over_any_axes([p](auto& x, auto& axes, axis_mode m) { return norm(x, p, axes, m); },
                  [p](auto& row) {
                    real50 s(0);
                    for (const real50& v : row) s = s + num::pow(num::abs(v), real50(p));
                    return num::pow(s, real50(1) / real50(p));
                  },
                  16);
  over_any_axes([](auto& x, auto& axes, axis_mode m) { return norm(x, inf, axes, m); },
                [](auto& row) {
                  real50 top(0);
                  for (const real50& v : row)
                    if (num::abs(v) > top) top = num::abs(v);
                  return top;
                },
                0);
  for (const double c : {0.0, 1.0, 0.5}) {
    over_any_axes([c](auto& x, auto& axes, axis_mode m) { return variance(x, axes, c, m); },
                  [c](auto& row) { return moment(row, c); }, 64);
    over_any_axes([c](auto& x, auto& axes, axis_mode m) { return standard_deviation(x, axes, c, m); },
                  [c](auto& row) { return num::sqrt(moment(row, c)); }, 64);
  }
}

BOOST_AUTO_TEST_CASE(products_are_differentiated_exactly_at_any_number_of_zeros) {
  for (const list& x :
       std::vector<list>{{2, 3, 5, 7}, {2, 0, 5, 7}, {0, 3, 0, 7}, {0, 0, 0, 7}, {0, 0, 0, 0}}) {
    const auto without = [&](std::size_t a, std::size_t b, std::size_t c) {
      double p = 1;
      for (std::size_t i = 0; i < 4; ++i)
        if (i != a && i != b && i != c) p *= x[i];
      return p;
    };
    list first, second, third;
    for (std::size_t a = 0; a < 4; ++a) {
      first.push_back(without(a, a, a));
      third.push_back(a < 2 ? 0 : without(0, 1, a));
      for (std::size_t b = 0; b < 4; ++b) second.push_back(a == b ? 0 : without(a, b, b));
    }
    tape t;
    const var v = t.variable(array_of<double>({{2, 2}, x}));
    for (const var& y : {prod(v), prod(v, {1, 0}), prod(prod(v, 0)), prod(prod(v, -1, keep))}) {
      BOOST_TEST(elements<double>(grad(y, v)) == first, boost::test_tools::per_element());
      const var h = hessian(y, v);
      BOOST_TEST(elements<double>(h) == second, boost::test_tools::per_element());
      const var mixed = sum(reshape(h, {16}) * array<double>{0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
      BOOST_TEST(elements<double>(grad(mixed, v)) == third, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(minima) {
  random_numbers random(2);
  tape t;
  const shape s{3, 4, 5};
  const var x = t.variable(random.generic(s));
  for (int axis = -3; axis < 3; ++axis) {
    list smallest;
    for (const list& row : rows_of(s, 1U << s.axis(axis), elements<double>(x)))
      smallest.push_back(*std::min_element(row.begin(), row.end()));
    BOOST_TEST(elements<double>(min(x, axis)) == smallest, boost::test_tools::per_element());
    BOOST_TEST(elements<double>(min(x, axis, keep)) == elements<double>(-max(-x, axis, keep)),
               boost::test_tools::per_element());
    BOOST_TEST((argmin(x, axis).value<index_t>() == argmax(-x, axis).value<index_t>()));
    BOOST_TEST((grad(sum(square(min(x, axis))), x).value() == grad(sum(square(max(-x, axis))), x).value()));
  }
  BOOST_TEST(min(x).item() == -max(-x).item());
  BOOST_TEST(min(t.variable(3.0)).item() == 3.0);
}

BOOST_AUTO_TEST_CASE(any_and_all) {
  tape t;
  random_numbers random(3);
  const shape s{2, 3, 2};
  const var x = t.variable(random.generic(s));
  const var m = x > 0.25;
  for (unsigned chosen = 0; chosen < 8; ++chosen) {
    list one, every;
    for (const list& row : rows_of(s, chosen, elements<double>(to_real(m)))) {
      one.push_back(std::any_of(row.begin(), row.end(), [](double v) { return v != 0; }));
      every.push_back(std::all_of(row.begin(), row.end(), [](double v) { return v != 0; }));
    }
    BOOST_TEST(elements<double>(any(m, axes_from(chosen, 3))) == one, boost::test_tools::per_element());
    BOOST_TEST(elements<double>(all(m, axes_from(chosen, 3), keep)) == every,
               boost::test_tools::per_element());
  }
  BOOST_TEST(any(m).shape().is_scalar());
  BOOST_TEST((any(m, 0, keep).shape() == shape{1, 3, 2}));
}

// What squares overflow or underflow in, and how far from 0.
BOOST_AUTO_TEST_CASE(norms_of_any_size) {
  tape t;
  for (const double scale : {0x1p1020, 0x1p600, 1.0, 0x1p-485, 0x1p-600, 0x1p-1060}) {
    const var x = t.variable(array<double>{3 * scale, -4 * scale});
    for (const double p : {1.0, 2.0, inf})
      BOOST_TEST(norm(x, p).item() == (p == 1 ? 7 : p == 2 ? 5 : 4) * scale);
    const var far = t.variable(array<double>{{3 * scale, 1}, {-3 * scale, 1}});
    BOOST_TEST((standard_deviation(far, 0).value() == array<double>{3 * scale, 0}));
    BOOST_TEST((standard_deviation(transpose(far), 1).value() == array<double>{3 * scale, 0}));
    BOOST_TEST(std::abs(norm(x, 3).item() / scale - std::cbrt(91.0)) <= 1e-15 * 5 + 0x1p-1074 / scale);
    const auto slope = elements<double>(grad(norm(x), x));
    BOOST_TEST(std::abs(slope[0] - 0.6) <= 0x1p-52);
    BOOST_TEST(std::abs(slope[1] + 0.8) <= 0x1p-52);
  }
}

BOOST_AUTO_TEST_CASE(a_norm_of_0_has_slope_0_at_every_order) {
  tape t;
  const var x = t.variable(array<double>{0, 0, 0});
  for (const double p : {1.0, 1.5, 2.0, 3.0, inf}) {
    const var y = norm(x, p);
    BOOST_TEST((grad(y, x).value() == array<double>{0, 0, 0}));
    BOOST_TEST(elements<double>(hessian(y, x)) == list(9, 0.0), boost::test_tools::per_element());
  }
  const var d = standard_deviation(x);
  BOOST_TEST((grad(d, x).value() == array<double>{0, 0, 0}));
  BOOST_TEST(elements<double>(hessian(d, x)) == list(9, 0.0), boost::test_tools::per_element());
  // Where a limit exists it is met: |x|³ from the norm of 0.
  const var cube = norm(x) * norm(x) * norm(x);
  BOOST_TEST(elements<double>(hessian(cube, x)) == list(9, 0.0), boost::test_tools::per_element());
}

// A shift of 2^30 costs a one-pass formula all digits in double, and this one none: the numbers stay exact.
BOOST_AUTO_TEST_CASE(a_variance_is_not_lost_in_a_mean) {
  tape t;
  const array<double> x{0.5, 2, -1, 1.25};
  const double plain = variance(t.variable(x)).item();
  BOOST_TEST(std::abs(variance(t.variable(array<double>(x + 0x1p30))).item() - plain) <= 1e-15 * plain);
  BOOST_TEST(variance(t.variable(array<double>{1, 2, 3, 4}), {}, 1).item() == 5.0 / 3);
  BOOST_TEST(std::abs(standard_deviation(t.variable(array<double>{1, 2, 3, 4})).item() - std::sqrt(1.25)) <=
             2e-16);
  BOOST_TEST((grad([](const var& v) { return standard_deviation(v); })(array<double>{-3, 3}) ==
              array<double>{-0.5, 0.5}));
}

BOOST_AUTO_TEST_CASE(reductions_of_nothing_and_hostile_arguments) {
  tape t;
  const var x = t.variable(array<double>{{1, 2}, {3, 4}}), none_here = t.variable(make_array<double>({2, 0}));
  const var k = t.constant(array<index_t>{1, 2});
  BOOST_TEST((prod(none_here).item() == 1.0));
  BOOST_TEST((norm(none_here, 3).item() == 0.0));
  BOOST_TEST((norm(none_here, inf, 1).value() == array<double>{0, 0}));
  BOOST_TEST(norm(none_here, 2, 0).size() == 0);
  BOOST_TEST(!any(none_here > 0).value<bool>()());
  BOOST_TEST(all(none_here > 0).value<bool>()());
  refused(
      errc::invalid_argument, [&] { return min(none_here, 1); }, "the minimum of nothing: axis 1 of [2x0]");
  refused(
      errc::invalid_argument, [&] { return min(none_here); }, "the minimum of nothing");
  refused(
      errc::invalid_argument, [&] { return argmin(none_here); }, "the minimum of nothing");
  refused(
      errc::invalid_argument, [&] { return variance(none_here); }, "the variance of 0 numbers");
  refused(
      errc::invalid_argument, [&] { return variance(x, 0, 2); },
      "the variance of 2 numbers of [2x2] with a correction of 2");
  refused(
      errc::invalid_argument, [&] { return standard_deviation(x, {}, std::nan("")); }, "a correction of nan");
  refused(
      errc::invalid_argument, [&] { return variance(x, {}, -inf); }, "-inf");
  for (const double p : {0.5, 0.0, -1.0, -inf, std::nan("")})
    refused(
        errc::invalid_argument, [&] { return norm(x, p); }, "a norm has p ≥ 1");
  refused(
      errc::invalid_axis, [&] { return prod(x, 2); }, "axis 2 of [2x2]");
  refused(
      errc::invalid_axis,
      [&] {
        return norm(x, 2, {0, -2});
      },
      "axis -2 of [2x2] is named twice");
  refused(
      errc::invalid_axis,
      [&] {
        return variance(x, {1, 1});
      },
      "named twice");
  refused(
      errc::invalid_axis, [&] { return any(x > 0, -3); }, "axis -3");
  refused(
      errc::invalid_axis, [&] { return argmin(t.variable(1.0)); }, "a scalar");
  refused(
      errc::kind_mismatch, [&] { return any(x); }, "bool");
  refused(
      errc::kind_mismatch, [&] { return prod(k); }, "real");
  refused(
      errc::empty_variable, [&] { return norm(3.0); }, "norm");
}

BOOST_AUTO_TEST_SUITE_END()
