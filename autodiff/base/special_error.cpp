// SPDX-License-Identifier: MIT
// The error function, the normal distribution, and their inverses.
#include "base/special.hpp"

#include <reel/autodiff/special_functions.hpp>

#include <boost/math/special_functions/erf.hpp>

#include <algorithm>

namespace reel {
namespace special {
namespace {

namespace constants = boost::math::constants;

// The C library's are closer for double.
inline double erf_of(double x) { return std::erf(x); }
inline double erfc_of(double x) { return std::erfc(x); }
inline big erf_of(const big& x) { return boost::math::erf(x, checked); }
inline big erfc_of(const big& x) { return boost::math::erfc(x, checked); }

// a·b in two parts, the rounding error apart. In 50 digits nothing is left to correct.
template <class W> struct product {
  W high, low;
  product(const W& a, const W& b) : high(a * b), low(0) {
    if constexpr (!is_big<W>)
      if (std::isfinite(high)) low = std::fma(a, b, -high);
  }
};
// e^−x²/k and e^x². The rounding of x² would be multiplied by x² if it were left.
template <class W> W exp_minus_square(const W& x, const W& k = W(1)) {
  using std::exp;
  const product<W> p(x, x);
  return exp(-p.high / k) * (1 - p.low / k);
}
template <class W> W exp_square(const W& x) {
  using std::exp;
  const product<W> p(x, x);
  return exp(p.high) * (1 + p.low);
}

// E_n(x) = e^x² iⁿerfc(x) has E_{−1} = 2/√π and E_{n−1} = 2x E_n + 2(n + 1) E_{n+1}. All of them are
// positive. Ratios r_k = E_k/E_{k−1} = ½/(x + (k + 1) r_{k+1}) fall towards 0, so that x > 0 takes them
// backwards from a k that is large enough (a continued fraction); x < 0 takes the recurrence forwards.
template <class W> W by_ratios(const W& x, int n) {
  const double small = static_cast<double>(x), decay = is_big<W> ? 4200 : 400;
  const int first = n + 12 + static_cast<int>(decay / (small * small));
  W r = 0, y = constants::two_div_root_pi<W>();
  for (int k = first; k >= 0; --k) {
    r = 0.5 / (x + (k + 1) * r);
    if (k <= n) y *= r;
  }
  return y;
}
template <class W> W erfcx_of(const W& x) {
  if (x < 0) return 2 * exp_square(x) - erfcx_of(W(-x));
  if (x < (is_big<W> ? 4 : 2)) return exp_square(x) * erfc_of(x);
  return by_ratios(x, 0);
}
template <class W> W erfcx_of(const W& x, int n) {
  if (x != x) return x;
  if (x == infinity<W>()) return 0;
  if (x == -infinity<W>()) return infinity<W>();
  if (n == 0) return erfcx_of(x);
  if (x > (is_big<W> ? 2 : 0.75)) return by_ratios(x, n);
  W before = constants::two_div_root_pi<W>(), y = erfcx_of(x);
  for (int k = 1; k <= n; ++k) {
    const W next = (before - 2 * x * y) / (2 * k);
    before = y, y = next;
  }
  return y;
}

template <class W> W erfinv_of(const W& x) {
  if (!(x >= -1 && x <= 1)) return nan<W>();
  if (x == 0) return x;
  if (x == 1 || x == -1) return x * infinity<W>();
  return boost::math::erf_inv(x, checked);
}

template <class W> W density_of(const W& x) {
  return exp_minus_square(x, W(2)) * constants::one_div_root_two_pi<W>();
}
// Far below, Φ(x) = ½ erfc(−x/√2) would multiply the rounding of x/√2 by x²; e^−x²/2 is taken from x itself.
template <class W> W ndtr_of(const W& x) {
  const W z = -x * constants::one_div_root_two<W>();
  if (x == -infinity<W>()) return 0;
  if (x < -1) return exp_minus_square(x, W(2)) * erfcx_of(z) / 2;
  return erfc_of(z) / 2;
}
template <class W> W log_ndtr_of(const W& x) {
  using std::log, std::log1p;
  if (x == -infinity<W>()) return x;
  if (x >= 0) return log1p(W(-ndtr_of(W(-x))));
  if (x >= -1) return log(ndtr_of(x));
  return log(W(erfcx_of(W(-x * constants::one_div_root_two<W>())) / 2)) - x * x / 2;
}
template <class W> W log_ndtr_slope_of(const W& x) {
  if (x == -infinity<W>()) return infinity<W>();
  if (x < -1)
    return 2 * constants::one_div_root_two_pi<W>() / erfcx_of(W(-x * constants::one_div_root_two<W>()));
  return density_of(x) / ndtr_of(x);
}
template <class W> W ndtri_of(const W& p) {
  if (!(p >= 0 && p <= 1)) return nan<W>();
  if (p == 0 || p == 1) return (2 * p - 1) * infinity<W>();
  if (p == 0.5) return 0;
  return -constants::root_two<W>() * boost::math::erfc_inv(W(2 * p), checked);
}

}  // namespace
}  // namespace special

namespace num {

using namespace special;

template <real_number T> T erf(const T& x) {
  if (isnan(x)) return x;
  return computed<T>(
      "erf", 60, [](const auto& v) { return erf_of(v); }, x);
}
template <real_number T> T erf_slope(const T& x) {
  return computed<T>(
      "erf_slope", 14,
      []<class W>(const W& v) -> W { return constants::two_div_root_pi<W>() * exp_minus_square(v); }, x);
}
template <real_number T> T erfc(const T& x) {
  if (isnan(x)) return x;
  return computed<T>(
      "erfc", 60, [](const auto& v) { return erfc_of(v); }, x);
}
template <real_number T> T erfcx(const T& x, int n) {
  return computed<T>(
      "erfcx", 120, [n](const auto& v) { return erfcx_of(v, n); }, x);
}
template <real_number T> T erfinv(const T& x) {
  return computed<T>(
      "erfinv", 250, [](const auto& v) { return erfinv_of(v); }, x);
}
// √π/2 e^y² for y = erfinv(x). As 1 − |x| = e^−y² erfcx(|y|), y² need not be exponentiated, which would
// multiply the rounding of y.
template <real_number T> T erfinv_slope(const T& x) {
  return computed<T>(
      "erfinv_slope", 370,
      []<class W>(const W& v) -> W {
        const W size = v < 0 ? W(-v) : v;
        if (!(size < 1)) return size == 1 ? infinity<W>() : nan<W>();
        return constants::root_pi<W>() / 2 * erfcx_of(erfinv_of(size)) / (1 - size);
      },
      x);
}
template <real_number T> T normal_density(const T& x) {
  return computed<T>(
      "normal_density", 14, [](const auto& v) { return density_of(v); }, x);
}
template <real_number T> T ndtr(const T& x) {
  if (isnan(x)) return x;
  return computed<T>(
      "ndtr", 80, [](const auto& v) { return ndtr_of(v); }, x);
}
template <real_number T> T log_ndtr(const T& x) {
  if (isnan(x)) return x;
  return computed<T>(
      "log_ndtr", 100, [](const auto& v) { return log_ndtr_of(v); }, x);
}
template <real_number T> T log_ndtr_slope(const T& x) {
  if (isnan(x)) return x;
  return computed<T>(
      "log_ndtr_slope", 100, [](const auto& v) { return log_ndtr_slope_of(v); }, x);
}
template <real_number T> T ndtri(const T& p) {
  return computed<T>(
      "ndtri", 250, [](const auto& v) { return ndtri_of(v); }, p);
}
// √(2π) e^y²/2 for y = ndtri(p), where the smaller of p and 1 − p is ½ e^−y²/2 erfcx(|y|/√2).
template <real_number T> T ndtri_slope(const T& p) {
  return computed<T>(
      "ndtri_slope", 370,
      []<class W>(const W& v) -> W {
        const W tail = v < 0.5 ? v : W(1 - v);
        if (!(tail > 0)) return tail == 0 ? infinity<W>() : nan<W>();
        const W z = -ndtri_of(tail) * constants::one_div_root_two<W>();
        return constants::root_two_pi<W>() / 2 * erfcx_of(z) / tail;
      },
      p);
}

// Headers declare these bodies.
template float erf(const float&);
template double erf(const double&);
template real50 erf(const real50&);
template float erf_slope(const float&);
template double erf_slope(const double&);
template real50 erf_slope(const real50&);
template float erfc(const float&);
template double erfc(const double&);
template real50 erfc(const real50&);
template float erfcx(const float&, int);
template double erfcx(const double&, int);
template real50 erfcx(const real50&, int);
template float erfinv(const float&);
template double erfinv(const double&);
template real50 erfinv(const real50&);
template float erfinv_slope(const float&);
template double erfinv_slope(const double&);
template real50 erfinv_slope(const real50&);
template float normal_density(const float&);
template double normal_density(const double&);
template real50 normal_density(const real50&);
template float ndtr(const float&);
template double ndtr(const double&);
template real50 ndtr(const real50&);
template float log_ndtr(const float&);
template double log_ndtr(const double&);
template real50 log_ndtr(const real50&);
template float log_ndtr_slope(const float&);
template double log_ndtr_slope(const double&);
template real50 log_ndtr_slope(const real50&);
template float ndtri(const float&);
template double ndtri(const double&);
template real50 ndtri(const real50&);
template float ndtri_slope(const float&);
template double ndtri_slope(const double&);
template real50 ndtri_slope(const real50&);

}  // namespace num
}  // namespace reel
