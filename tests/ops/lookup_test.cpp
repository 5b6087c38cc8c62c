// SPDX-License-Identifier: MIT
// Slices at computed positions, rows of tables, and what is refused when the numbers are there.
#include "rows.hpp"

#include <reel/ops/lookup.hpp>

using namespace reel;
using namespace reel::test;

namespace {

const array<double> table_of_rows{{1, 2}, {3, 4}, {5, 6}};

template <class F> void refused(errc code, F f, const std::string& text) {
  check_error(
      code, [&] { static_cast<void>(f()); }, text, "lookup_test.cpp");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lookup)

BOOST_AUTO_TEST_CASE(a_window_is_moved_by_a_frozen_program) {
  const auto f = [](const var& x, const var& start) {
    return dynamic_update(x, start, 10.0 * dynamic_slice(x, start, 2));
  };
  const array<double> x{1, 2, 3, 4};
  auto frozen = freeze<double>(f, x, array<index_t>(0));
  BOOST_TEST((frozen(x, array<index_t>(0)) == array<double>{10, 20, 3, 4}));
  BOOST_TEST((frozen(x, array<index_t>(2)) == array<double>{1, 2, 30, 40}));
  refused(
      errc::invalid_label, [&] { return frozen(x, array<index_t>(3)); },
      "index 4 at position 1 is outside 0 … 3");
  refused(
      errc::invalid_label, [&] { return frozen(x, array<index_t>(-1)); }, "index -1 at position 0");
  const auto slope = grad([&](const var& v) { return sum(f(v, constant_like(v, array<index_t>(1)))); })(x);
  BOOST_TEST((slope == array<double>{1, 10, 10, 1}));
}

BOOST_AUTO_TEST_CASE(windows_of_any_axis) {
  tape t;
  const var x = t.variable(table_of_rows);
  BOOST_TEST((dynamic_slice(x, 1, 2).value() == array<double>{{3, 4}, {5, 6}}));
  BOOST_TEST((dynamic_slice(x, array<index_t>(1), 1, -1).value() == dynamic_slice(x, 1, 1, 1).value()));
  BOOST_TEST((dynamic_slice(x, 2, 0).shape() == shape{0, 2}));
  BOOST_TEST((dynamic_update(x, 1, array<double>{{7, 8}}).value() == array<double>{{1, 2}, {7, 8}, {5, 6}}));
  BOOST_TEST((dynamic_update(x, 1, 0.0 * dynamic_slice(x, 0, 1, 1), -1).value() ==
              array<double>{{1, 0}, {3, 0}, {5, 0}}));
  refused(
      errc::invalid_argument, [&] { return dynamic_slice(x, 0, -1); }, "a size of -1");
  refused(
      errc::invalid_axis, [&] { return dynamic_slice(x, 0, 1, 2); }, "axis 2");
  refused(
      errc::shape_mismatch,
      [&] {
        return dynamic_slice(x, array<index_t>{0, 1}, 1);
      },
      "give a scalar");
  refused(
      errc::kind_mismatch, [&] { return dynamic_slice(x, array<double>(0.5), 1); }, "index");
  refused(
      errc::shape_mismatch,
      [&] {
        return dynamic_update(x, 0, array<double>{1, 2});
      },
      "an update [2] of [3x2]");
  refused(
      errc::size_overflow,
      [&] { return dynamic_slice(x, array<index_t>(std::numeric_limits<index_t>::max()), 2).value(); },
      "more than 64 bits hold");
}

BOOST_AUTO_TEST_CASE(rows_of_a_table) {
  tape t;
  const var table = t.variable(table_of_rows);
  const array<index_t> k{2, 0, 2};
  BOOST_TEST((embedding(table, k).value() == array<double>{{5, 6}, {1, 2}, {5, 6}}));
  const var y = embedding(table, k, 0);
  BOOST_TEST((y.value() == array<double>{{5, 6}, {0, 0}, {5, 6}}));
  BOOST_TEST((grad(sum(square(y)), table).value() == array<double>{{0, 0}, {0, 0}, {20, 24}}));
  BOOST_TEST((embedding(table, array<index_t>{{-7, 1}}, -7).value() == array<double>{{{0, 0}, {3, 4}}}));
  refused(
      errc::invalid_label,
      [&] {
        return embedding(table, array<index_t>{0, 3}, 0).value();
      },
      "index 3 at position 1 is outside 0 … 2");
  refused(
      errc::invalid_label, [&] { return embedding(table, array<index_t>{-1}, 0).value(); }, "index -1");
  refused(
      errc::kind_mismatch, [&] { return embedding(table, array<double>{1}); }, "index");
}

BOOST_AUTO_TEST_CASE(the_larger_stays) {
  tape t;
  const var x = t.variable(array<double>{1, 5, 3}), u = t.variable(array<double>{4, 2, 6, 6});
  const var y = scatter_max(x, array<index_t>{0, 0, 2, 2}, u);
  BOOST_TEST((y.value() == array<double>{4, 5, 6}));
  BOOST_TEST((grad(sum(square(y)), x).value() == array<double>{0, 10, 0}));
  BOOST_TEST((grad(sum(square(y)), u).value() == array<double>{8, 0, 12, 0}));
  refused(
      errc::invalid_label,
      [&] {
        return scatter_max(x, array<index_t>{0, 0, 3, 2}, u).value();
      },
      "index 3 at position 2");
  refused(
      errc::shape_mismatch, [&] { return scatter_max(x, array<index_t>{0}, u); }, "segments [1]");
}

BOOST_AUTO_TEST_SUITE_END()
