// SPDX-License-Identifier: MIT
// Precision ladders, ulp studies and V-curves.
#include "support.hpp"

#include <reel/autodiff/check/precision.hpp>
#include <reel/autodiff/check/vcurve.hpp>
#include <reel/ops.hpp>

using namespace reel;
using namespace reel::test;

namespace {

// eˣ with a rule that is off by `wrong` percent.
template <int wrong> struct exp_like_op {
  static constexpr auto name = "exp_like";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = num::exp(x[i]);
  }
  var vjp(var ybar, var y, var) const { return ybar * y * (1 + 0.01 * wrong); }
  bool operator==(const exp_like_op&) const = default;
};

const array<double> x{0.1, -1.3, 0.7};

const check::curve& find(const check::vcurves& v, std::string_view method, dtype number) {
  for (const auto& c : v.curves)
    if (c.method == method && c.number == number) return c;
  throw std::runtime_error("no such curve");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_figures)

BOOST_AUTO_TEST_CASE(an_error_that_shrinks_with_the_roundoff_is_rounding) {
  const auto right = check::precision_ladder({exp_like_op<0>{}, {x}}),
             wrong = check::precision_ladder({exp_like_op<1>{}, {x}});
  BOOST_TEST_REQUIRE(right.rungs.size() == 3U);
  BOOST_TEST(!right.wrong_formula);
  BOOST_TEST(right.rungs[0].error < 1e-5);
  BOOST_TEST(right.rungs[1].error < 1e-14);
  BOOST_TEST(right.rungs[2].error < 1e-38);
  BOOST_TEST(wrong.wrong_formula);
  for (const auto& rung : wrong.rungs) BOOST_TEST(std::abs(rung.error - 0.01) < 0.005);
  BOOST_TEST((to_string(wrong).find("wrong formula, not rounding") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(ulp_studies_hold_their_bounds) {
  const auto all = check::ulps({softmax_op{}, {x}});
  BOOST_TEST_REQUIRE(all.size() == 2U);
  for (const auto& s : all) {
    BOOST_TEST(s.value.size() == 3U);
    BOOST_TEST(s.cotangent_bound.size() == 3U);
    BOOST_TEST(s.share > 0);
    BOOST_TEST(s.share < 1);
    BOOST_TEST(s.value_ulps < 8);
  }
}

// The figures of theory: u^(1/2), u^(2/3), u^(6/7) and u, each within the constants of a tame function.
BOOST_AUTO_TEST_CASE(curves_turn_where_theory_says) {
  const auto v = check::vcurve({exp_like_op<0>{}, {x}});
  BOOST_TEST(v.curves.size() == 13U);
  struct {
    const char* method;
    dtype number;
    double low, high;
  } expected[] = {{"forward", dtype::f64, 1e-11, 1e-7},        {"central", dtype::f64, 1e-14, 1e-9},
                  {"sixth order", dtype::f64, 1e-16, 1e-12},   {"complex step", dtype::f64, 0, 4e-16},
                  {"Ridders", dtype::f64, 0, 1e-12},           {"Ridders", dtype::real50, 0, 1e-38},
                  {"central", dtype::f32, 1e-8, 1e-3},         {"forward", dtype::real50, 1e-29, 1e-23},
                  {"sixth order", dtype::real50, 1e-46, 1e-40}};
  for (const auto& e : expected) {
    const double best = find(v, e.method, e.number).best().error;
    BOOST_TEST(best >= e.low, e.method << " in " << name(e.number) << " " << best);
    BOOST_TEST(best <= e.high, e.method << " in " << name(e.number) << " " << best);
  }
}

// It chooses among its columns, so that its first step hardly matters.
BOOST_AUTO_TEST_CASE(ridders_needs_no_good_step) {
  const auto v = check::vcurve({exp_like_op<0>{}, {x}});
  for (const auto& p : find(v, "Ridders", dtype::f64).points)
    if (p.step >= 0x1p-10) BOOST_TEST(p.error < 1e-10, p.step << " " << p.error);
}

BOOST_AUTO_TEST_CASE(curves_are_drawn_and_written) {
  const auto v = check::vcurve({exp_like_op<0>{}, {x}});
  BOOST_TEST((to_csv(v).find("\ncentral,double,0.5,") != std::string::npos));
  BOOST_TEST((to_json(v).find("\"method\": \"complex step\"") != std::string::npos));
  const std::string svg = to_svg(v), text = to_string(v);
  BOOST_TEST(svg.starts_with("<svg "));
  BOOST_TEST(svg.ends_with("</svg>\n"));
  BOOST_TEST((svg.find("nan") == svg.npos));
  BOOST_TEST((text.find("central, double") != text.npos));
}

BOOST_AUTO_TEST_CASE(what_has_no_derivative_is_refused) {
  const check::subject labels("argmax", {x}, [](std::span<const var> v) { return argmax(v[0]); });
  check_error(
      errc::invalid_argument, [&] { check::ulps(labels); }, "no result of kind real");
  BOOST_TEST(check::vcurve(labels).curves.empty());
}

BOOST_AUTO_TEST_SUITE_END()
