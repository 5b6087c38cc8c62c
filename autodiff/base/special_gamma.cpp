// SPDX-License-Identifier: MIT
// The gamma function's logarithm and its derivatives, the complete beta function, the exponential integral,
// sinc and logarithms of ratios.
#include "base/special.hpp"

#include <reel/autodiff/special_functions.hpp>

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/expint.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <array>

namespace reel {
namespace special {
namespace {

namespace constants = boost::math::constants;

// sin πx and cos πx, with all digits near their zeros: the whole part of x is taken away first, and the
// cosine of more than a quarter turn is the sine of the rest.
template <class W> struct turn {
  W sine, cosine;
  explicit turn(const W& x) {
    using std::sin, std::cos, std::round, std::fmod, std::abs;
    const W whole = round(x), rest = x - whole, pi = constants::pi<W>();
    sine = sin(W(pi * rest));
    cosine = abs(rest) > 0.25 ? W(sin(W(pi * (W(0.5) - abs(rest))))) : W(cos(W(pi * rest)));
    if (fmod(whole, W(2)) != 0) sine = -sine, cosine = -cosine;
  }
};

template <class W> bool is_pole(const W& x) { return x <= 0 && is_whole(x); }

// For double that of the C library is closer near the zeros below 0. In 50 digits Γ(x) Γ(1 − x) = π/sin πx.
inline double lgamma_of(double x) {
  if (is_pole(x)) return infinity<double>();
#ifdef __unix__
  int sign = 0;
  return ::lgamma_r(x, &sign);
#else
  return std::lgamma(x);
#endif
}
inline big lgamma_of(const big& x) {
  if (x == infinity<big>() || is_pole(x)) return infinity<big>();
  if (x > 0) return boost::math::lgamma(x, checked);
  const big sine = turn<big>(x).sine;
  return log(big(constants::pi<big>() / abs(big(sine * x)))) - boost::math::lgamma(big(-x), checked);
}

// ψ(x) = ψ(1 − x) − π cot πx
template <class W> W digamma_of(const W& x) {
  using std::signbit;
  if (x != x || x == infinity<W>()) return x;
  if (x == 0) return signbit(x) ? infinity<W>() : W(-infinity<W>());
  if (is_pole(x)) return nan<W>();  // so is −∞
  if (x > 0) return boost::math::digamma(x, checked);
  const turn<W> t(x);
  const W mirrored = 1 - x, lost = (1 - mirrored) - x;  // lost: by rounding 1 − x
  const W there = boost::math::digamma(mirrored, checked) + lost * boost::math::trigamma(mirrored, checked);
  return there - constants::pi<W>() * t.cosine / t.sine;
}

// dⁿ/dxⁿ cot πx = πⁿ P_n(cot πx) for P_0 = c and P_{k+1} = −(1 + c²) P_k', whose coefficients have one sign.
template <class W> W cotangent_derivative(int n, const W& x) {
  std::array<W, num::max_polygamma + 3> p{};
  p[1] = 1;
  W scale = 1;
  for (int k = 0; k < n; ++k) {
    std::array<W, num::max_polygamma + 3> next{};
    for (std::size_t i = 1; i <= static_cast<std::size_t>(k) + 1; ++i) {
      next[i - 1] -= static_cast<int>(i) * p[i];
      next[i + 1] -= static_cast<int>(i) * p[i];
    }
    p = next, scale *= constants::pi<W>();
  }
  const turn<W> t(x);
  const W c = t.cosine / t.sine;
  W sum = 0;
  for (std::size_t i = static_cast<std::size_t>(n) + 2; i-- > 0;) sum = sum * c + p[i];
  return scale * sum;
}

// ψ⁽ⁿ⁾(x) = (−1)ⁿ ψ⁽ⁿ⁾(1 − x) − π dⁿ/dxⁿ cot πx
template <class W> W polygamma_of(int n, const W& x) {
  using std::signbit;
  if (n == 0) return digamma_of(x);
  const bool odd = n % 2 == 1;
  if (x != x || x == -infinity<W>()) return nan<W>();
  if (x == infinity<W>()) return odd ? 0.0 : -0.0;
  if (x == 0 && !odd) return signbit(x) ? infinity<W>() : W(-infinity<W>());
  if (is_pole(x)) return odd ? infinity<W>() : nan<W>();
  if (x > 0) return boost::math::polygamma(n, x, checked);
  const W reflected = boost::math::polygamma(n, W(1 - x), checked);
  return (odd ? W(-reflected) : reflected) - constants::pi<W>() * cotangent_derivative(n, x);
}

template <class W> W beta_of(const W& a, const W& b) {
  if (!(a >= 0 && b >= 0)) return nan<W>();
  if (a == 0 || b == 0) return a + b == infinity<W>() ? nan<W>() : infinity<W>();
  if (a + b == infinity<W>()) return 0;
  return boost::math::beta(a, b, checked);
}

template <class W> W expint_of(const W& x) {
  if (x != x || x == infinity<W>()) return x;
  if (x == -infinity<W>()) return -0.0;
  if (x == 0) return -infinity<W>();
  return boost::math::expint(x, checked);
}
template <class W> W expint_slope_of(const W& x) {  // in two steps where e^x overflows before e^x/x
  using std::exp;
  if (x == infinity<W>()) return x;
  const W half = exp(W(x / 2));
  return x > 600 ? W(half / x * half) : W(exp(x) / x);
}

// With t = πx, s(t) = sin t/t and its derivatives: t s⁽ⁿ⁾ + n s⁽ⁿ⁻¹⁾ = sin(t + nπ/2), and
//   s⁽ⁿ⁾(t) = Σ_{2k≥n} (−1)^k t^{2k−n} / ((2k − n)! (2k + 1)).
template <class W> W sinc_by_series(const W& t, int n) {
  const int k0 = (n + 1) / 2;
  W term = (k0 % 2 == 0 ? W(1) : W(-1)) * (2 * k0 > n ? t : W(1)), sum = 0;
  for (int k = k0;; ++k) {
    const W part = term / (2 * k + 1), next = sum + part;
    if (next == sum && k > k0) return sum;
    sum = next;
    term *= -(t * t) / ((2 * k + 1 - n) * (2 * k + 2 - n));
    if (term == 0) return sum;
  }
}
template <class W> W sinc_of(const W& x, int n) {
  using std::abs, std::pow;
  if (x != x) return x;
  if (abs(x) == infinity<W>()) return 0;
  const W pi = constants::pi<W>(), t = pi * x, scale = pow(pi, n);
  if (x == 0 && n == 0) return 1;
  if (n > 0 && abs(t) < n + 1) return scale * sinc_by_series(t, n);
  const turn<W> at(x);
  const std::array<W, 4> sines{at.sine, at.cosine, W(-at.sine), W(-at.cosine)};  // of t + kπ/2
  W s = at.sine / t;
  for (int k = 1; k <= n; ++k) s = (sines[static_cast<std::size_t>(k % 4)] - k * s) / t;
  return scale * s;
}

// Where x and y are within a factor of 2, x − y is exact.
template <class W> W log_ratio_of(const W& x, const W& y) {
  using std::log, std::log1p;
  if (x > y / 2 && x < 2 * y) return log1p(W((x - y) / y));
  const W q = x / y;
  return q > std::numeric_limits<W>::min() && q < infinity<W>() ? W(log(q)) : W(log(x) - log(y));
}

// y g(d) for d = (x − y)/y and g(d) = (1 + d) ln(1 + d) − d = Σ_{k≥2} (−d)^k / (k (k − 1)).
template <class W> W kl_div_of(const W& x, const W& y) {
  if (x != x || y != y) return nan<W>();
  if (x < 0 || y < 0) return infinity<W>();
  if (x == 0) return y;
  if (y == 0) return infinity<W>();
  const W d = (x - y) / y;
  if (!(d > -0.5 && d < 0.5)) return x * log_ratio_of(x, y) - x + y;
  W sum = 0, power = d * d;
  for (int k = 2; k < 600; ++k) {
    const W next = sum + power / (k * (k - 1));
    if (next == sum) break;
    sum = next, power *= -d;
  }
  return y * sum;
}

}  // namespace
}  // namespace special

namespace num {

using namespace special;

template <real_number T> T lgamma(const T& x) {
  if (isnan(x)) return x;
  return computed<T>(
      "lgamma", 150, [](const auto& v) { return lgamma_of(v); }, x);
}
template <real_number T> T digamma(const T& x) {
  return computed<T>(
      "digamma", 100, [](const auto& v) { return digamma_of(v); }, x);
}
template <real_number T> T polygamma(int n, const T& x) {
  if (n < 0 || n > max_polygamma)
    throw error(errc::invalid_argument, "polygamma of order " + std::to_string(n) + ": 0 to " +
                                            std::to_string(max_polygamma) + " can be computed.");
  return computed<T>(
      "polygamma", 300, [n](const auto& v) { return polygamma_of(n, v); }, x);
}
template <real_number T> T beta(const T& a, const T& b) {
  return computed<T>(
      "beta", 200, [](const auto& v, const auto& w) { return beta_of(v, w); }, a, b);
}
template <real_number T> T expint(const T& x) {
  return computed<T>(
      "expint", 300, [](const auto& v) { return expint_of(v); }, x);
}
template <real_number T> T expint_slope(const T& x) {
  return computed<T>(
      "expint_slope", 26, [](const auto& v) { return expint_slope_of(v); }, x);
}
template <real_number T> T sinc(const T& x, int n) {
  return computed<T>(
      "sinc", 40, [n](const auto& v) { return sinc_of(v, n); }, x);
}
template <real_number T> T log_ratio(const T& x, const T& y) {
  return computed<T>(
      "log_ratio", 20, [](const auto& v, const auto& w) { return log_ratio_of(v, w); }, x, y);
}
template <real_number T> T kl_div(const T& x, const T& y) {
  return computed<T>(
      "kl_div", 40, [](const auto& v, const auto& w) { return kl_div_of(v, w); }, x, y);
}

// Headers declare these bodies.
template float lgamma(const float&);
template double lgamma(const double&);
template real50 lgamma(const real50&);
template float digamma(const float&);
template double digamma(const double&);
template real50 digamma(const real50&);
template float polygamma(int, const float&);
template double polygamma(int, const double&);
template real50 polygamma(int, const real50&);
template float beta(const float&, const float&);
template double beta(const double&, const double&);
template real50 beta(const real50&, const real50&);
template float expint(const float&);
template double expint(const double&);
template real50 expint(const real50&);
template float expint_slope(const float&);
template double expint_slope(const double&);
template real50 expint_slope(const real50&);
template float sinc(const float&, int);
template double sinc(const double&, int);
template real50 sinc(const real50&, int);
template float log_ratio(const float&, const float&);
template double log_ratio(const double&, const double&);
template real50 log_ratio(const real50&, const real50&);
template float kl_div(const float&, const float&);
template double kl_div(const double&, const double&);
template real50 kl_div(const real50&, const real50&);

}  // namespace num
}  // namespace reel
