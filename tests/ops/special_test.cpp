// SPDX-License-Identifier: MIT
// What the special functions refuse, how they relate to each other, and their third derivatives.
#include "rows.hpp"

#include <reel/autodiff/special_functions.hpp>

#include <cmath>

using namespace reel;
using namespace reel::test;

namespace {

using vars = std::span<const var>;

void check_third(const char* name, var (*record)(vars), const check::arguments& x) {
  const check::subject s(name, x, record);
  BOOST_TEST(check::vjp(s, {.order = 3, .target = 1e-25}));
}

double value(const var& v) { return v.item<double>(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(special)

BOOST_AUTO_TEST_CASE(third_derivatives) {
  const array<double> x{0.5, 1.25, 2}, p{0.25, 0.5, 0.875}, q{1.5, 0.75, 2.5};
  check_third("erf", [](vars v) { return erf(v[0]); }, {x});
  check_third("erfcx", [](vars v) { return erfcx(v[0]); }, {x});
  check_third("erfinv", [](vars v) { return erfinv(v[0]); }, {p});
  check_third("log_ndtr", [](vars v) { return log_ndtr(v[0]); }, {x});
  check_third("log_ndtr below 0", [](vars v) { return log_ndtr(-v[0]); }, {x});
  check_third("ndtri", [](vars v) { return ndtri(v[0]); }, {p});
  check_third("lgamma", [](vars v) { return lgamma(v[0]); }, {x});
  check_third("beta", [](vars v) { return beta(v[0], v[1]); }, {x, q});
  check_third("expint", [](vars v) { return expint(v[0]); }, {x});
  check_third("sinc", [](vars v) { return sinc(v[0]); }, {x});
  check_third("bessel_j", [](vars v) { return bessel_j(0.5, v[0]); }, {x});
  check_third("bessel_k", [](vars v) { return bessel_k(1, v[0]); }, {x});
  check_third("kl_div", [](vars v) { return kl_div(v[0], v[1]); }, {x, q});
}

BOOST_AUTO_TEST_CASE(the_third_derivative_in_a_shape_is_refused_when_it_is_asked_for) {
  tape t;
  const var a = t.variable(1.5), b = t.variable(2.5), x = t.variable(0.5);
  for (const var& y : {gammainc(a, x), gammaincc(a, x), betainc(a, b, x)}) {
    const var second = grad(grad(y, a), a);
    BOOST_TEST(std::isfinite(value(second)));
    // Along with the refused one, others are recorded, and can be had.
    BOOST_TEST(std::isfinite(value(grad(grad(grad(y, a), a), x))));
    BOOST_TEST(std::isfinite(value(grad(grad(grad(y, x), x), x))));
    check_error(
        errc::not_differentiable, [&] { static_cast<void>(value(grad(second, a))); }, "order 1 and 2");
  }
}

BOOST_AUTO_TEST_CASE(refusals) {
  tape t;
  const var x = t.variable(array<double>{1, 2}), y = t.variable(array<double>{1, 2, 3});
  check_error(
      errc::invalid_argument, [&] { polygamma(-1, x); }, "polygamma", "special_test.cpp", "0 to 30");
  check_error(
      errc::invalid_argument, [&] { polygamma(31, x); }, "31");
  check_error(
      errc::invalid_argument, [&] { grad(sum(polygamma(30, x)), x); }, "31");
  check_error(
      errc::invalid_argument, [&] { bessel_j(std::nan(""), x); }, "bessel_j");
  check_error(
      errc::shape_mismatch, [&] { beta(x, y); }, "beta");
  check_error(
      errc::shape_mismatch, [&] { betainc(x, 1, y); }, "betainc");
  const var labels = t.constant(array<index_t>{1, 2});
  check_error(
      errc::kind_mismatch, [&] { erf(labels); }, "erf");
  // Numbers that are too large for a method are refused, not answered wrongly.
  const var large = t.variable(1e15);
  check_error(
      errc::invalid_argument, [&] { static_cast<void>(value(grad(gammainc(large, large), large))); },
      "does not converge");
}

BOOST_AUTO_TEST_CASE(arguments_broadcast) {
  tape t;
  const var a = t.variable(array<double>{1, 2}), flat = t.variable(array<double>{0.25, 0.5, 0.75});
  const var x = reshape(flat, {3, 1});
  const var y = betainc(a, 2, x);
  BOOST_TEST((y.shape() == shape{3, 2}));
  BOOST_TEST((grad(sum(y), a).shape() == a.shape() && grad(sum(y), flat).shape() == flat.shape()));
  BOOST_TEST((gammainc(a, x).shape() == shape{3, 2}));
  BOOST_TEST((erf(t.variable(make_array<double>({0, 3}))).value<double>().size() == 0U));
}

// Identities between functions that are computed by different methods.
BOOST_AUTO_TEST_CASE(functions_agree_with_each_other) {
  const auto near = [](double got, double want) {
    BOOST_TEST(std::abs(got - want) <= 1e-13 * std::max(1.0, std::abs(want)),
               got << " where " << want << " is right");
  };
  for (const double x : {0.125, 0.5, 1.0, 2.5, 7.0}) {
    near(num::gammainc(0.5, x * x), num::erf(x));
    near(num::gammainc(1.0, x), -std::expm1(-x));
    near(num::gammainc(3.0, x) + num::gammaincc(3.0, x), 1);
    near(num::polygamma(1, x) - num::polygamma(1, x + 1), 1 / (x * x));
    near(num::digamma(-x + 0.25), num::digamma(0.75 + x) - M_PI / std::tan(M_PI * (0.25 - x)));
    near(num::erfinv(num::erf(x / 4)), x / 4);
    near(num::ndtri(num::ndtr(-x)), -x);
    near(num::bessel_j(0.5, x), std::sqrt(2 / (M_PI * x)) * std::sin(x));
    near(num::bessel_y(0.5, x), -std::sqrt(2 / (M_PI * x)) * std::cos(x));
    near(num::bessel_i(0.5, x) / std::sinh(x), std::sqrt(2 / (M_PI * x)));
    near(num::bessel_k(0.5, x), std::sqrt(M_PI / (2 * x)) * std::exp(-x));
    near(num::bessel_j(1.0, -x), -num::bessel_j(1.0, x));
    near(num::betainc(2.0, 3.0, x / 10), 1 - num::betainc(3.0, 2.0, 1 - x / 10));
    near(num::beta(x, 2.0), 1 / (x * (x + 1)));
    // E_n' = −2(n + 1) E_{n+1}, and the recurrence that the computation uses backwards for large x.
    for (const double z : {x, -x / 2}) near(num::erfcx(z, 2) * 4 + 2 * z * num::erfcx(z, 1), num::erfcx(z));
  }
}

// The derivative in a that a sampler needs, also where P is close to 0 or 1.
BOOST_AUTO_TEST_CASE(slopes_in_shapes_keep_their_digits_in_the_tails) {
  const real50 h("1e-12");
  for (const double a : {0.25, 1.0, 3.5, 20.0})
    for (const double ratio : {0.01, 0.5, 1.0, 2.0, 8.0}) {
      const real50 A = a, X = a * ratio;
      const bool upper = ratio > 1;
      const auto f = [&](const real50& v) { return upper ? -num::gammaincc(v, X) : num::gammainc(v, X); };
      const real50 d = (8 * (f(A + h) - f(A - h)) - (f(A + 2 * h) - f(A - 2 * h))) / (12 * h);
      const auto got = num::gammainc_in_a(a, a * ratio, 1);
      BOOST_TEST(std::abs(got / static_cast<double>(d) - 1) <= 1e-12, a << ", " << ratio);
    }
}

// No number makes a function throw, and NaN stays NaN.
BOOST_AUTO_TEST_CASE(hostile_numbers) {
  using function = double (*)(const double&);
  const std::vector<std::pair<const char*, function>> all{
      {"erf", num::erf<double>},
      {"erf_slope", num::erf_slope<double>},
      {"erfc", num::erfc<double>},
      {"erfcx", [](const double& x) { return num::erfcx(x); }},
      {"erfcx 3", [](const double& x) { return num::erfcx(x, 3); }},
      {"erfinv", num::erfinv<double>},
      {"erfinv_slope", num::erfinv_slope<double>},
      {"normal_density", num::normal_density<double>},
      {"ndtr", num::ndtr<double>},
      {"log_ndtr", num::log_ndtr<double>},
      {"log_ndtr_slope", num::log_ndtr_slope<double>},
      {"ndtri", num::ndtri<double>},
      {"ndtri_slope", num::ndtri_slope<double>},
      {"lgamma", num::lgamma<double>},
      {"digamma", num::digamma<double>},
      {"polygamma 1", [](const double& x) { return num::polygamma(1, x); }},
      {"polygamma 5", [](const double& x) { return num::polygamma(5, x); }},
      {"expint", num::expint<double>},
      {"expint_slope", num::expint_slope<double>},
      {"sinc", [](const double& x) { return num::sinc(x); }},
      {"sinc 2", [](const double& x) { return num::sinc(x, 2); }},
      {"bessel_j 0", [](const double& x) { return num::bessel_j(0, x); }},
      {"bessel_j 1.5", [](const double& x) { return num::bessel_j(1.5, x); }},
      {"bessel_y 2", [](const double& x) { return num::bessel_y(2, x); }},
      {"bessel_i 0.5", [](const double& x) { return num::bessel_i(0.5, x); }},
      {"bessel_k 2", [](const double& x) { return num::bessel_k(2, x); }},
      {"gammainc", [](const double& x) { return num::gammainc(1.5, x); }},
      {"gammainc in a", [](const double& x) { return num::gammainc_in_a(1.5, x, 1); }},
      {"gammaincc of a", [](const double& x) { return num::gammaincc(x, 2.0); }},
      {"gammaincinv", [](const double& x) { return num::gammaincinv(2.5, x); }},
      {"betainc", [](const double& x) { return num::betainc(1.5, 2.5, x); }},
      {"betainc in a", [](const double& x) { return num::betainc_in_ab(1.5, 2.5, x, 1, 1); }},
      {"beta", [](const double& x) { return num::beta(x, 2.0); }},
      {"log_ratio", [](const double& x) { return num::log_ratio(x, 2.0); }},
      {"kl_div", [](const double& x) { return num::kl_div(x, 2.0); }},
  };
  const double infinity = std::numeric_limits<double>::infinity();
  for (const auto& [name, f] : all) {
    BOOST_TEST(std::isnan(f(std::nan(""))), name << " of NaN");
    for (const double size : {0.0, 5e-324, 1e-300, 1e-20, 1.0, 1e6, 1e15, 1e300, 1.7e308, infinity})
      for (const double x : {size, -size}) try {
          static_cast<void>(f(x));
        } catch (const error& e) {
          BOOST_ERROR(name << " of " << x << ": " << e.what());
        }
  }
}

BOOST_AUTO_TEST_SUITE_END()
