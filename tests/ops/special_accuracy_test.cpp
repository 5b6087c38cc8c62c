// SPDX-License-Identifier: MIT
// How many digits of the special functions and their derivatives are right. The truth is computed in 100
// digits: by Boost there, by closed forms, by power series, or by Newton's method for inverses.
#include "ops/accuracy.hpp"

#include <reel/autodiff/special_functions.hpp>
#include <reel/ops.hpp>

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/expint.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

using namespace reel;
using namespace reel::test;

namespace {

using wide =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<100>, boost::multiprecision::et_off>;

wide opened(const real50& x) { return wide(static_cast<double>(x)); }  // arguments are doubles
real50 closed(const wide& y) { return real50(y.str(60, std::ios_base::scientific)); }
wide pi() { return boost::math::constants::pi<wide>(); }
wide root_pi() { return boost::math::constants::root_pi<wide>(); }

// A truth on real50 from one on 100 digits, which has no state.
template <auto F> real50 in_wide(const real50& x) { return closed(F(opened(x))); }

wide erf_slope(const wide& x) { return 2 / root_pi() * exp(wide(-x * x)); }
wide erf_second(const wide& x) { return -2 * x * erf_slope(x); }
wide erf_value(const wide& x) { return abs(x) > 20 ? wide(x > 0 ? 1 : -1) : boost::math::erf(x); }
wide erfc_value(const wide& x) { return x < -20 ? wide(2) : boost::math::erfc(x); }

// e^x² erfc(x), by the asymptotic series where x is large.
wide erfcx_value(const wide& x) {
  if (x < 200) return exp(wide(x * x)) * boost::math::erfc(x);
  wide term = 1 / (x * root_pi()), sum = 0;
  for (int k = 0; k < 40; ++k) sum += term, term *= -(2 * k + 1) / (2 * x * x);
  return sum;
}
wide erfcx_slope(const wide& x) { return 2 * x * erfcx_value(x) - 2 / root_pi(); }
wide erfcx_second(const wide& x) { return 2 * erfcx_value(x) + 2 * x * erfcx_slope(x); }

// By its power series where erfc would lose what is small.
wide erf_by_series(const wide& x) {
  wide term = 2 * x / root_pi(), sum = 0;
  for (int k = 0; k < 200 && abs(term) > 1e-110 * abs(x); ++k)
    sum += term / (2 * k + 1), term *= -x * x / (k + 1);
  return sum;
}
wide erfinv_value(const wide& x) {
  wide y = num::erfinv(static_cast<double>(x));
  for (int k = 0; k < 4; ++k) {
    wide excess;
    if (abs(x) < 0.5) excess = x - erf_by_series(y);
    else if (x > 0) excess = boost::math::erfc(y) - (1 - x);
    else excess = (1 + x) - boost::math::erfc(wide(-y));
    y += excess / erf_slope(y);
  }
  return y;
}
wide erfinv_slope(const wide& x) { return 1 / erf_slope(erfinv_value(x)); }
wide erfinv_second(const wide& x) {
  return 2 * erfinv_value(x) / (erf_slope(erfinv_value(x)) * erf_slope(erfinv_value(x)));
}

wide density(const wide& x) { return exp(wide(-x * x / 2)) / sqrt(wide(2 * pi())); }
wide density_slope(const wide& x) { return -x * density(x); }
wide ndtr_value(const wide& x) { return boost::math::erfc(wide(-x / sqrt(wide(2)))) / 2; }
wide log_ndtr_value(const wide& x) {
  return x > 0 ? log1p(wide(-ndtr_value(wide(-x)))) : wide(log(ndtr_value(x)));
}
wide mills(const wide& x) { return density(x) / ndtr_value(x); }
wide mills_slope(const wide& x) { return -mills(x) * (x + mills(x)); }
wide ndtri_value(const wide& p) {
  wide y = num::ndtri(static_cast<double>(p));
  for (int k = 0; k < 4; ++k)
    y += (p < 0.5 ? p - ndtr_value(y) : ndtr_value(wide(-y)) - (1 - p)) / density(y);
  return y;
}
wide ndtri_slope(const wide& p) { return 1 / density(ndtri_value(p)); }
wide ndtri_second(const wide& p) { return ndtri_value(p) * ndtri_slope(p) * ndtri_slope(p); }

// sin πx and cos πx of a whole number less.
wide sine(const wide& x) { return sin(wide(pi() * fmod(x, wide(2)))); }
wide cosine(const wide& x) { return cos(wide(pi() * fmod(x, wide(2)))); }
wide size(const wide& x) { return abs(x); }

wide lgamma_value(const wide& x) {
  if (x > 0) return boost::math::lgamma(x);
  return log(wide(pi() / abs(wide(x * sine(x))))) - boost::math::lgamma(wide(-x));
}
wide lgamma_terms(const wide& x) {
  if (x > 0) return abs(lgamma_value(x));
  return size(log(wide(pi() / abs(wide(x * sine(x)))))) + size(boost::math::lgamma(wide(-x)));
}
wide digamma_value(const wide& x) {
  if (x > 0) return boost::math::digamma(x);
  return boost::math::digamma(wide(1 - x)) - pi() * cosine(x) / sine(x);
}
wide digamma_terms(const wide& x) {
  if (x > 0) return abs(digamma_value(x));
  return size(boost::math::digamma(wide(1 - x))) + size(pi() * cosine(x) / sine(x));
}
template <int n> wide polygamma_value(const wide& x) {
  if (x > 0) return boost::math::polygamma(n, x);
  const wide s = sine(x), c = cosine(x), p = pi();
  if (n == 1) return p * p / (s * s) - boost::math::polygamma(1, wide(1 - x));
  if (n == 2) return -2 * p * p * p * c / (s * s * s) + boost::math::polygamma(2, wide(1 - x));
  return 2 * p * p * p * p * (1 + 2 * c * c) / (s * s * s * s) - boost::math::polygamma(3, wide(1 - x));
}
wide second_terms(const wide& x) {  // of ψ'', whose parts have opposite signs below 0
  if (x > 0) return abs(polygamma_value<2>(x));
  const wide s = sine(x), c = cosine(x), p = pi();
  return size(2 * p * p * p * c / (s * s * s)) + size(boost::math::polygamma(2, wide(1 - x)));
}

wide expint_value(const wide& x) { return boost::math::expint(x); }
wide expint_slope(const wide& x) { return exp(x) / x; }
wide expint_second(const wide& x) { return exp(x) / x * (1 - 1 / x); }
wide expint_second_terms(const wide& x) { return size(exp(x) / x) * (1 + size(1 / x)); }

wide sinc_value(const wide& x) { return sine(x) / (pi() * x); }
wide sinc_slope(const wide& x) {
  if (abs(x) < 1e-20) return -pi() * pi() * x / 3;
  return (cosine(x) - sinc_value(x)) / x;
}
wide sinc_slope_terms(const wide& x) {
  return abs(x) < 1 ? size(sinc_slope(x)) : (size(cosine(x)) + size(sinc_value(x))) / size(x);
}
wide sinc_second(const wide& x) {
  if (abs(x) < 1e-15) return -pi() * pi() / 3;
  return (-pi() * sine(x) - 2 * sinc_slope(x)) / x;
}
wide sinc_second_terms(const wide& x) {
  const wide near = pi() * pi() / 3;
  return abs(x) < 1 ? near : wide((pi() * size(sine(x)) + 2 * sinc_slope_terms(x)) / size(x));
}

wide gelu_value(const wide& x) { return x * ndtr_value(x); }
wide gelu_slope(const wide& x) { return ndtr_value(x) + x * density(x); }
wide gelu_slope_terms(const wide& x) { return ndtr_value(x) + size(x) * density(x); }
wide gelu_second(const wide& x) { return (2 - x * x) * density(x); }
wide gelu_second_terms(const wide& x) { return (2 + x * x) * density(x); }

constexpr double below_one = 1 - 0x1p-24;

const std::vector<function_of_one> functions{
    {.name = "erf",
     .f = [](var x) { return erf(x); },
     .at = {.low = 1e-300, .high = 26, .dense = {0, 1}},
     .y = in_wide<erf_value>,
     .d = in_wide<erf_slope>,
     .dd = in_wide<erf_second>},
    {.name = "erfc",
     .f = [](var x) { return erfc(x); },
     .at = {.low = 1e-300, .high = 26, .dense = {0, 0.5, 1.5, 2.5, 4.5}},
     .y = in_wide<erfc_value>,
     .d = [](const real50& x) { return -in_wide<erf_slope>(x); },
     .dd = [](const real50& x) { return -in_wide<erf_second>(x); }},
    {.name = "erfcx",
     .f = [](var x) { return erfcx(x); },
     .at = {.low = 1e-300, .high = 1e15, .dense = {0, 0.75, 2}, .least = -26},
     .y = in_wide<erfcx_value>,
     .d = in_wide<erfcx_slope>,
     .dd = in_wide<erfcx_second>,
     .d_bound = 6},
    {.name = "erfinv",
     .f = [](var x) { return erfinv(x); },
     .at = {.low = 1e-300, .high = 1, .dense = {1, -1}, .least = -below_one, .most = below_one},
     .y = in_wide<erfinv_value>,
     .d = in_wide<erfinv_slope>,
     .dd = in_wide<erfinv_second>},
    {.name = "ndtr",
     .f = [](var x) { return ndtr(x); },
     .at = {.low = 1e-300, .high = 37, .dense = {0, -1}},
     .y = in_wide<ndtr_value>,
     .d = in_wide<density>,
     .dd = in_wide<density_slope>,
     .y_bound = 4},
    {.name = "log_ndtr",
     .f = [](var x) { return log_ndtr(x); },
     .at = {.low = 1e-300, .high = 1e4, .dense = {0, -1}, .most = 37},
     .y = in_wide<log_ndtr_value>,
     .d = in_wide<mills>,
     .dd = in_wide<mills_slope>,
     .y_bound = 4},
    {.name = "ndtri",
     .f = [](var x) { return ndtri(x); },
     .at = {.low = 1e-290, .high = 1, .negative = false, .dense = {0.5, 1}, .most = below_one},
     .y = in_wide<ndtri_value>,
     .d = in_wide<ndtri_slope>,
     .dd = in_wide<ndtri_second>,
     .y_bound = 4,
     .d_bound = 6},
    {.name = "gelu",
     .f = [](var x) { return gelu(x); },
     .at = {.low = 1e-300, .high = 12, .dense = {0}},  // beyond, floats of Φ are subnormal and times x
     .y = in_wide<gelu_value>,
     .d = in_wide<gelu_slope>,
     .dd = in_wide<gelu_second>,
     .d_terms = in_wide<gelu_slope_terms>,
     .dd_terms = in_wide<gelu_second_terms>,
     .y_bound = 4},
    {.name = "lgamma above 0",
     .f = [](var x) { return lgamma(x); },
     .at = {.low = 1e-150, .high = 1e100, .negative = false, .dense = {1, 2, 1.4616321449683623}},
     .y = in_wide<lgamma_value>,
     .d = in_wide<digamma_value>,
     .dd = in_wide<polygamma_value<1>>},
    {.name = "lgamma below 0",
     .f = [](var x) { return lgamma(x); },
     .at = {.low = 1e-30, .high = 30, .dense = {-1, -2, -2.457024738220801, -10.53, -20}, .most = -1e-30},
     .y = in_wide<lgamma_value>,
     .d = in_wide<digamma_value>,
     .dd = in_wide<polygamma_value<1>>,
     .y_terms = in_wide<lgamma_terms>,
     .d_terms = in_wide<digamma_terms>,
     .d_bound = 6,
     .dd_bound = 16},
    {.name = "digamma above 0",
     .f = [](var x) { return digamma(x); },
     .at = {.low = 1e-75, .high = 1e75, .negative = false, .dense = {1, 1.4616321449683623}},
     .y = in_wide<digamma_value>,
     .d = in_wide<polygamma_value<1>>,
     .dd = in_wide<polygamma_value<2>>},
    {.name = "digamma below 0",
     .f = [](var x) { return digamma(x); },
     .at = {.low = 1e-30, .high = 30, .dense = {-1, -2, -0.5040830082644554, -10.53, -20}, .most = -1e-30},
     .y = in_wide<digamma_value>,
     .d = in_wide<polygamma_value<1>>,
     .dd = in_wide<polygamma_value<2>>,
     .y_terms = in_wide<digamma_terms>,
     .dd_terms = in_wide<second_terms>,
     .y_bound = 6,
     .d_bound = 6},
    {.name = "polygamma(1)",
     .f = [](var x) { return polygamma(1, x); },
     .at = {.low = 1e-30, .high = 30, .dense = {0, -1, -2, -10.53, -20}},
     .y = in_wide<polygamma_value<1>>,
     .d = in_wide<polygamma_value<2>>,
     .dd = in_wide<polygamma_value<3>>,
     .d_terms = in_wide<second_terms>,
     .y_bound = 6,
     .d_bound = 8},
    {.name = "expint",
     .f = [](var x) { return expint(x); },
     .at = {.low = 1e-150, .high = 700, .dense = {0.3725074107813666, 1}},
     .y = in_wide<expint_value>,
     .d = in_wide<expint_slope>,
     .dd = in_wide<expint_second>,
     .dd_terms = in_wide<expint_second_terms>,
     .y_bound = 8},
    {.name = "sinc",
     .f = [](var x) { return sinc(x); },
     .at = {.low = 1e-150, .high = 1e15, .dense = {0, 1, 2, 10}},
     .y = in_wide<sinc_value>,
     .d = in_wide<sinc_slope>,
     .dd = in_wide<sinc_second>,
     .d_terms = in_wide<sinc_slope_terms>,
     .dd_terms = in_wide<sinc_second_terms>},
};

// Power series in x²/4, for x up to 25; and what K_0 and Y_0 add to ln(x/2) + γ, with harmonic numbers.
wide bessel_series(const wide& x, int order, int sign, bool harmonic) {
  const wide q = x * x / 4;
  wide term = 1, sum = 0, h = 0;
  for (int k = 1; k <= order; ++k) term *= x / 2 / k;
  for (int k = 0; k < 400 && (abs(term) > 1e-90 * abs(sum) || k < 3); ++k) {
    if (k > 0) h += wide(1) / k;
    sum += harmonic ? wide(h * term) : term;
    term *= sign * q / ((k + 1) * (k + 1 + order));
  }
  return sum;
}
wide j0(const wide& x) { return bessel_series(x, 0, -1, false); }
wide j1(const wide& x) { return bessel_series(x, 1, -1, false); }
wide i0(const wide& x) { return bessel_series(x, 0, 1, false); }
wide i1(const wide& x) { return bessel_series(x, 1, 1, false); }
wide log_half(const wide& x) { return log(wide(x / 2)) + boost::math::constants::euler<wide>(); }
wide y0(const wide& x) { return 2 / pi() * (log_half(x) * j0(x) - bessel_series(x, 0, -1, true)); }
wide k0(const wide& x) { return bessel_series(x, 0, 1, true) - log_half(x) * i0(x); }
wide y1(const wide& x) { return (j1(x) * y0(x) - 2 / (pi() * x)) / j0(x); }  // from the Wronskians
wide k1(const wide& x) { return (1 / x - i1(x) * k0(x)) / i0(x); }
// Oscillating functions have the unit of their amplitude.
wide amplitude(const wide& x) { return sqrt(wide(2 / (pi() * (x > 0.1 ? x : wide(0.1))))); }
wide y0_terms(const wide& x) { return size(y0(x)) + amplitude(x) / 2; }
wide y1_terms(const wide& x) { return size(y1(x)) + amplitude(x) / 2; }
wide y_second(const wide& x) { return y1(x) / x - y0(x); }
wide y_second_terms(const wide& x) { return size(y1(x)) / x + size(y0(x)) + amplitude(x) / 2; }

const std::vector<function_of_one> bessels{
    {.name = "bessel_j",
     .f = [](var x) { return bessel_j(0, x); },
     .at = {.low = 1e-15, .high = 25, .dense = {2.404825557695773}},
     .y = in_wide<j0>,
     .d = [](const real50& x) { return -in_wide<j1>(x); },
     .dd = [](const real50& x) { return in_wide<j1>(x) / x - in_wide<j0>(x); },
     .y_terms = [](const real50&) { return real50(0.25); },
     .d_terms = [](const real50& x) { return num::abs(in_wide<j1>(x)) + (num::abs(x) < 2 ? 0.0 : 0.25); },
     .dd_terms = [](const real50&) { return real50(0.25); }},
    {.name = "bessel_y",
     .f = [](var x) { return bessel_y(0, x); },
     .at = {.low = 1e-15, .high = 25, .negative = false, .dense = {0.8935769662791675}},
     .y = in_wide<y0>,
     .d = [](const real50& x) { return -in_wide<y1>(x); },
     .dd = in_wide<y_second>,
     .y_terms = in_wide<y0_terms>,
     .d_terms = in_wide<y1_terms>,
     .dd_terms = in_wide<y_second_terms>,
     .y_bound = 4},
    {.name = "bessel_i",
     .f = [](var x) { return bessel_i(0, x); },
     .at = {.low = 1e-15, .high = 25, .dense = {1}},
     .y = in_wide<i0>,
     .d = in_wide<i1>,
     .dd = [](const real50& x) { return in_wide<i0>(x) - in_wide<i1>(x) / x; },
     .y_bound = 4,
     .d_bound = 8},
    {.name = "bessel_k",
     .f = [](var x) { return bessel_k(0, x); },
     .at = {.low = 1e-15, .high = 25, .negative = false, .dense = {1}},
     .y = in_wide<k0>,
     .d = [](const real50& x) { return -in_wide<k1>(x); },
     .dd = [](const real50& x) { return in_wide<k0>(x) + in_wide<k1>(x) / x; },
     .y_bound = 4},
};

template <class T> void check_all() {
  for (const auto* list : {&functions, &bessels})
    for (const function_of_one& f : *list) check_accuracy<T>(f, 160);
}

// -- functions of shapes and a number. P(a, x) by its series and I_x(a, b) by its hypergeometric one;
// derivatives in shapes by central differences of these, whose error at h = 1e-25 is about 1e-50.
wide p_of(const wide& a, const wide& x) {
  wide term = exp(wide(a * log(x) - x - boost::math::lgamma(wide(a + 1)))), sum = 0;
  for (int k = 1; k < 3000 && term > 0; ++k) {
    sum += term, term *= x / (a + k);
    if (k > x && term < sum * 1e-100) break;
  }
  return sum;
}
wide i_of(const wide& a, const wide& b, const wide& x) {
  const wide scale =
      boost::math::lgamma(wide(a + b)) - boost::math::lgamma(wide(a + 1)) - boost::math::lgamma(b);
  wide term = exp(wide(a * log(x) + b * log1p(wide(-x)) + scale)), sum = 0;
  for (int k = 0; k < 20000; ++k) {
    sum += term, term *= (a + b + k) / (a + 1 + k) * x;
    if (term < sum * 1e-100) break;
  }
  return sum;
}
const wide h = wide("1e-25"), truth_noise = wide("1e-30");  // below, differences have too few digits

struct shaped {
  worst y, in_x, in_a, in_aa;
  void print(const char* name, dtype t, double bound, double shape_bound) const {
    BOOST_TEST_MESSAGE(name << " in " << reel::name(t) << ": value " << y.ulps << ", slope in x " << in_x.ulps
                            << ", in a " << in_a.ulps << ", second in a " << in_aa.ulps << " ulps");
    BOOST_TEST(y.ulps <= bound, name << " is " << y);
    BOOST_TEST(in_x.ulps <= bound, name << "'s slope in x is " << in_x);
    BOOST_TEST(in_a.ulps <= shape_bound, name << "'s slope in a is " << in_a);
    BOOST_TEST(in_aa.ulps <= shape_bound, name << "'s second derivative in a is " << in_aa);
  }
};

template <class T> void check_gammainc(double most, double bound, double shape_bound) {
  std::vector<double> as, xs;
  random_numbers draw(5);
  for (int i = 0; i < 60; ++i) {
    const double a = std::exp(draw(std::log(0.05), std::log(most))), x = a * std::exp(draw(-1.5, 1));
    as.push_back(static_cast<double>(static_cast<T>(a))),
        xs.push_back(static_cast<double>(static_cast<T>(x)));
  }
  tape t;
  const var a = t.variable(array_from(as)), x = t.variable(array_from(xs)), y = gammainc(a, x);
  const var da = grad(sum(y), a), dx = grad(sum(y), x), daa = grad(sum(da), a), q = gammaincc(a, x);
  const array<T> got[5] = {y.value<T>(), dx.value<T>(), da.value<T>(), daa.value<T>(), q.value<T>()};
  shaped e, complement;
  for (std::size_t i = 0; i < as.size(); ++i) {
    const wide A = as[i], X = xs[i], p = p_of(A, X), up = p_of(A + h, X), down = p_of(A - h, X);
    e.y.take(got[0].data()[i], closed(p), as[i]);
    e.in_x.take(got[1].data()[i], closed(exp(wide((A - 1) * log(X) - X - boost::math::lgamma(A)))), as[i]);
    const wide second = (up + down - 2 * p) / (h * h), first = (up - down) / (2 * h);
    e.in_a.take(got[2].data()[i], closed(first), as[i], closed(size(first) + truth_noise));
    e.in_aa.take(got[3].data()[i], closed(second), as[i],
                 closed(size(second) + size(first) / sqrt(A) + truth_noise));
    complement.y.take(got[4].data()[i], closed(1 - p), as[i]);
  }
  e.print("gammainc", dtype_of<T>, bound, shape_bound);
  complement.print("gammaincc", dtype_of<T>, bound, shape_bound);
}

template <class T> void check_betainc(double most, double bound, double shape_bound) {
  std::vector<double> as, bs, xs;
  random_numbers draw(6);
  for (int i = 0; i < 50; ++i) {
    as.push_back(static_cast<double>(static_cast<T>(std::exp(draw(std::log(0.05), std::log(most))))));
    bs.push_back(static_cast<double>(static_cast<T>(std::exp(draw(std::log(0.05), std::log(most))))));
    xs.push_back(static_cast<double>(static_cast<T>(draw(0.02, 0.9))));
  }
  tape t;
  const var a = t.variable(array_from(as)), b = t.variable(array_from(bs)), x = t.variable(array_from(xs));
  const var y = betainc(a, b, x), da = grad(sum(y), a), dx = grad(sum(y), x), daa = grad(sum(da), a);
  const array<T> got[4] = {y.value<T>(), dx.value<T>(), da.value<T>(), daa.value<T>()};
  shaped e;
  for (std::size_t i = 0; i < as.size(); ++i) {
    const wide A = as[i], B = bs[i], X = xs[i], v = i_of(A, B, X), up = i_of(A + h, B, X),
               down = i_of(A - h, B, X);
    const wide scale = boost::math::lgamma(wide(A + B)) - boost::math::lgamma(A) - boost::math::lgamma(B);
    e.y.take(got[0].data()[i], closed(v), as[i]);
    e.in_x.take(got[1].data()[i], closed(exp(wide((A - 1) * log(X) + (B - 1) * log1p(wide(-X)) + scale))),
                as[i]);
    const wide second = (up + down - 2 * v) / (h * h), first = (up - down) / (2 * h);
    e.in_a.take(got[2].data()[i], closed(first), as[i], closed(size(first) + truth_noise));
    e.in_aa.take(got[3].data()[i], closed(second), as[i],
                 closed(size(second) + size(first) / A + truth_noise));
  }
  e.print("betainc", dtype_of<T>, bound, shape_bound);
}

// rel_entr and kl_div where x and y are close, and where they are not.
template <class T> void check_entropies() {
  std::vector<double> xs, ys;
  random_numbers draw(8);
  for (int i = 0; i < 2000; ++i) {
    const double x = std::exp(draw(-20, 20)),
                 ratio = i % 2 == 0 ? std::exp(draw(-10, 10)) : 1 + std::exp(draw(-30, -2));
    xs.push_back(static_cast<double>(static_cast<T>(x)));
    ys.push_back(static_cast<double>(static_cast<T>(x * ratio)));
  }
  tape t;
  const var x = t.variable(array_from(xs)), y = t.variable(array_from(ys));
  const var r = rel_entr(x, y), k = kl_div(x, y), dk = grad(sum(k), x);
  const array<T> got[3] = {r.value<T>(), k.value<T>(), dk.value<T>()};
  worst e[3];
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const wide X = xs[i], Y = ys[i], l = log(wide(X / Y));
    e[0].take(got[0].data()[i], closed(X * l), xs[i]);
    e[1].take(got[1].data()[i], closed(X * l - X + Y), xs[i]);
    e[2].take(got[2].data()[i], closed(l), xs[i]);
  }
  constexpr const char* what[3] = {"rel_entr", "kl_div", "kl_div's slope"};
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST_MESSAGE(what[i] << " in " << name(dtype_of<T>) << ": " << e[i]);
    BOOST_TEST(e[i].ulps <= (i == 1 ? 8 : 2.5), what[i] << " is " << e[i]);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(special_accuracy)

BOOST_AUTO_TEST_CASE(functions_of_one_number_in_float) { check_all<float>(); }
BOOST_AUTO_TEST_CASE(functions_of_one_number_in_double) { check_all<double>(); }
BOOST_AUTO_TEST_CASE(functions_of_shapes) {
  check_gammainc<float>(300, 1, 2);
  check_gammainc<double>(300, 200, 200);
  check_betainc<float>(100, 1, 2);
  check_betainc<double>(100, 200, 200);
}
BOOST_AUTO_TEST_CASE(betainc_of_small_numbers) {
  worst e;
  random_numbers draw(9);
  for (int i = 0; i < 60; ++i) {
    const double a = std::exp(draw(-3, 3)), b = std::exp(draw(-3, 5)), x = std::exp(draw(-30, -4));
    e.take(num::betainc(a, b, x), closed(i_of(a, b, x)), x);
  }
  BOOST_TEST_MESSAGE("betainc of small numbers in double: " << e);
  BOOST_TEST(e.ulps <= 40, "betainc is " << e);
}
BOOST_AUTO_TEST_CASE(entropies) {
  check_entropies<float>();
  check_entropies<double>();
}

BOOST_AUTO_TEST_SUITE_END()
