// SPDX-License-Identifier: MIT
// Special functions on numbers, for float, double and real50: what an op of yours may call in its eval.
// Floats are computed in double. NaN in gives NaN out; outside of its domain a function is NaN, at a pole it
// is the limit if both sides agree on it. Where a method does not converge, it throws invalid_argument.
#pragma once

#include <reel/autodiff/number.hpp>

namespace reel::num {

// The error function and its relatives.
template <real_number T> T erf(const T& x);        // 2/√π ∫₀ˣ e^−t² dt
template <real_number T> T erf_slope(const T& x);  // 2/√π e^−x²
template <real_number T> T erfc(const T& x);       // 1 − erf(x)
template <real_number T> T erfinv(const T& x);     // ±∞ at ±1
template <real_number T> T erfinv_slope(const T& x);
// e^x² iⁿerfc(x), of the n-th repeated integral of erfc from x to ∞; for n = 0 it is e^x² erfc(x).
template <real_number T> T erfcx(const T& x, int n = 0);

// The normal distribution: density, distribution function Φ, ln Φ and its slope, and the inverse of Φ.
template <real_number T> T normal_density(const T& x);
template <real_number T> T ndtr(const T& x);
template <real_number T> T log_ndtr(const T& x);
template <real_number T> T log_ndtr_slope(const T& x);
template <real_number T> T ndtri(const T& p);  // ∓∞ at 0 and 1
template <real_number T> T ndtri_slope(const T& p);

// ln |Γ(x)|, +∞ at the poles 0, −1, −2, …
template <real_number T> T lgamma(const T& x);
// Its derivatives: digamma is the first, polygamma(n, x) the one of order n + 1, n ≤ max_polygamma. At 0
// digamma is −∞, at −0 it is +∞; at the other poles polygamma is +∞ for odd n and NaN for even n.
template <real_number T> T digamma(const T& x);
template <real_number T> T polygamma(int n, const T& x);
inline constexpr int max_polygamma = 30;

template <real_number T> T beta(const T& a, const T& b);  // Γ(a)Γ(b)/Γ(a + b) for a, b ≥ 0
// The regularized incomplete gamma functions for a ≥ 0, x ≥ 0: P and Q = 1 − P; the slope of P in x; the
// derivative of P in a, of order 1 or 2.
template <real_number T> T gammainc(const T& a, const T& x);
template <real_number T> T gammaincc(const T& a, const T& x);
template <real_number T> T gamma_density(const T& a, const T& x);  // x^(a−1) e^−x/Γ(a)
template <real_number T> T gammainc_in_a(const T& a, const T& x, int order);
template <real_number T> T gammaincinv(const T& a, const T& p);  // P(a, x) = p
// The regularized incomplete beta function for a, b > 0 and 0 ≤ x ≤ 1; its slope in x; its derivative in a
// and b, of orders that sum to 1 or 2.
template <real_number T> T betainc(const T& a, const T& b, const T& x);
template <real_number T> T beta_density(const T& a, const T& b, const T& x);  // x^(a−1) (1−x)^(b−1)/B(a, b)
template <real_number T> T betainc_in_ab(const T& a, const T& b, const T& x, int in_a, int in_b);

// Bessel functions of real order. J and I of x < 0 need a whole order; Y and K need x ≥ 0.
template <real_number T> T bessel_j(double order, const T& x);
template <real_number T> T bessel_y(double order, const T& x);
template <real_number T> T bessel_i(double order, const T& x);
template <real_number T> T bessel_k(double order, const T& x);

template <real_number T> T expint(const T& x);           // Ei(x) = ∫ e^t/t dt from −∞; −∞ at 0
template <real_number T> T expint_slope(const T& x);     // e^x/x
template <real_number T> T sinc(const T& x, int n = 0);  // the n-th derivative of sin(πx)/(πx)
template <real_number T>
T log_ratio(const T& x, const T& y);                        // ln(x/y), with all digits where x is close to y
template <real_number T> T kl_div(const T& x, const T& y);  // x ln(x/y) − x + y, likewise

}  // namespace reel::num
