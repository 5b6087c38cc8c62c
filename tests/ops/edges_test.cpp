// SPDX-License-Identifier: MIT
// What every op does at infinities, NaN, ties, zeros and empty shapes: the edge rows of the table, in
// float, double and 50 digits.
#include "rows.hpp"

#include <fmt/format.h>

#include <algorithm>

using namespace reel;
using namespace reel::test;

namespace {

template <class T> bool holds(const T& got, double want) {
  const auto x = static_cast<double>(got);
  if (std::isnan(want)) return std::isnan(x);
  if (std::isinf(want) || want == 0) return x == want;
  // A few roundings of the result, or of the last place before underflow.
  constexpr bool single = std::same_as<T, float>;
  const double tiny = single ? 0x1p-149 : 0x1p-1074;
  return std::abs(x - want) <= 8 * (single ? 0x1p-24 : 0x1p-53) * std::abs(want) + tiny / 2;
}

template <class T> void compare(const char* what, const var& v, const std::vector<double>& want) {
  const auto got = elements<T>(v);
  BOOST_TEST(got.size() == want.size(), what << " has " << got.size() << " elements");
  if (got.size() != want.size()) return;
  for (std::size_t i = 0; i < got.size(); ++i)
    if (!holds(got[i], want[i]))
      BOOST_ERROR(fmt::format("{}[{}] in {}: {} where {} is expected", what, i, name(dtype_of<T>),
                              static_cast<double>(got[i]), want[i]));
}

template <class T> void check_sign_of_zero(const var& v, const std::vector<double>& want) {
  const auto got = elements<T>(v);
  for (std::size_t i = 0; i < got.size(); ++i)
    if (want[i] == 0 && std::signbit(static_cast<double>(got[i])) != std::signbit(want[i]))
      BOOST_ERROR(fmt::format("result[{}] in {} has the wrong sign of 0", i, name(dtype_of<T>)));
}

array<double> all_one(const shape& s) {
  auto a = make_array<double>(s);
  std::fill_n(a.data(), s.size(), 1.0);
  return a;
}

template <class T> void check_edge(const op_row& row, const edge_row& e) {
  if (e.only && *e.only != dtype_of<T>) return;
  recorded r(row, e.x);
  compare<T>("result", r.y, e.y);
  if (r.y.kind() != kind::real) return;
  if constexpr (!std::same_as<T, real50>) check_sign_of_zero<T>(r.y, e.y);  // 50 digits underflow later
  if (e.xbar.empty() && e.second.empty()) return;

  const auto ybar = e.ybar.empty() ? all_one(r.y.shape()) : array_of<double>({r.y.shape(), e.ybar});
  const auto g = r.vjp(r.t.constant(ybar));
  BOOST_TEST_REQUIRE(e.xbar.size() == g.size());
  for (std::size_t a = 0; a < g.size(); ++a) compare<T>("cotangent", g[a], e.xbar[a]);
  if (e.second.empty()) return;

  std::vector<var> seeds;
  for (const var& v : g) seeds.push_back(r.t.constant(all_one(v.shape())));
  const auto h = vjp(g, r.real, seeds);
  BOOST_TEST_REQUIRE(e.second.size() == h.size());
  for (std::size_t a = 0; a < h.size(); ++a) compare<T>("second cotangent", h[a], e.second[a]);
}

template <class F> void for_each_edge(F f) {
  for (const op_row& row : op_table())
    for (const edge_row& e : row.edges)
      BOOST_TEST_CONTEXT(row.name << " (" << row.variant << "): " << e.what) { f(row, e); }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(edges)

BOOST_AUTO_TEST_CASE(edge_rows_hold_in_float) { for_each_edge(check_edge<float>); }
BOOST_AUTO_TEST_CASE(edge_rows_hold_in_double) { for_each_edge(check_edge<double>); }
BOOST_AUTO_TEST_CASE(edge_rows_hold_in_50_digits) { for_each_edge(check_edge<real50>); }

// The promise of scale_cotangent, kept by every op but the contractions: what nobody asks for gives
// exactly 0, whatever the numbers and slopes are, at order 1 and 2.
BOOST_AUTO_TEST_CASE(a_cotangent_of_0_gives_0_at_every_edge) {
  for_each_edge([](const op_row& row, const edge_row& e) {
    if (row.family == "matmul" || !row.differentiable) return;
    recorded r(row, e.x);
    if (r.real.empty() || r.y.kind() != kind::real) return;
    const auto g = r.vjp(zeros_like(r.y));
    std::vector<var> seeds;
    for (const var& v : g) seeds.push_back(r.t.constant(all_one(v.shape())));
    const auto h = vjp(g, r.real, seeds);
    for (std::size_t a = 0; a < g.size(); ++a) {
      const std::vector<double> zeros(static_cast<std::size_t>(g[a].size()), 0.0);
      compare<double>("cotangent", g[a], zeros);
      if (!e.once) compare<double>("second cotangent", h[a], zeros);
    }
    if (e.once) BOOST_CHECK_THROW(std::ranges::for_each(h, [](const var& v) { elements<double>(v); }), error);
  });
}

BOOST_AUTO_TEST_SUITE_END()
