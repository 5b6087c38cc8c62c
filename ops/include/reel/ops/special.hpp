// SPDX-License-Identifier: MIT
// Special functions, element by element. Outside of its domain a function is NaN. At a pole it is the limit
// if both sides agree on it, else NaN. Derivatives are exact to every order unless a line below says
// otherwise. None of these has a body for complex numbers. The functions on plain numbers are in
// <reel/autodiff/special_functions.hpp>.
#pragma once

#include <reel/ops/elementwise.hpp>

namespace reel {

var erf(operand x);     // 2/√π ∫₀ˣ e^−t² dt
var erfc(operand x);    // 1 − erf(x), with all its digits far out
var erfcx(operand x);   // e^x² erfc(x)
var erfinv(operand x);  // the inverse of erf; ±∞ at ±1, with slope ∞

// The distribution function Φ of the normal distribution, its logarithm and its inverse.
var ndtr(operand x);
var log_ndtr(operand x);  // with all its digits far below and far above 0
var ndtri(operand p);     // ∓∞ at 0 and 1, with slope ∞

// ln |Γ(x)|, with digamma as its slope on both sides of 0. At the poles 0, −1, −2, … it is +∞.
var lgamma(operand x);
// ψ = Γ'/Γ and its n-th derivative. Limits: −∞ of ψ at 0, +∞ at −0; polygamma is +∞ at poles for odd n, NaN
// at negative poles for even n. n ≤ 30; a higher one is refused with invalid_argument, also as a slope.
var digamma(operand x);
var polygamma(int n, operand x);

var beta(operand a, operand b);  // Γ(a)Γ(b)/Γ(a + b) for a, b ≥ 0; ∞ where one of them is 0

// The regularized incomplete gamma functions P(a, x) and Q = 1 − P, and the regularized incomplete beta
// function I_x(a, b). All arguments have slopes. Shapes (a, b) have derivatives of order 1 and 2; the third
// is refused with not_differentiable when it is evaluated. At the ends of x slopes are the one-sided limits;
// second derivatives are taken as 0 where the first is 0. Fractions and series that do not end (shapes beyond
// about 1e8) are refused with invalid_argument.
var gammainc(operand a, operand x);
var gammaincc(operand a, operand x);
var betainc(operand a, operand b, operand x);
// The x at which gammainc(a, x) is p, of a > 0; 0 and ∞ for p = 0 and 1. Slopes of the second order in a are
// exact, those of the third are refused.
var gammaincinv(operand a, operand p);

// Bessel functions of a real order, which is a number and not a var: of the first kind (J), the second (Y),
// and modified ones (I, K). J and I of negative x need a whole order; Y and K need x ≥ 0 and are infinite at
// 0.
var bessel_j(double order, operand x);
var bessel_y(double order, operand x);
var bessel_i(double order, operand x);
var bessel_k(double order, operand x);

var expint(operand x);  // Ei(x), the integral of e^t/t from −∞ to x; −∞ at 0
var sinc(operand x);    // sin(πx)/(πx), 1 at 0

// x ln(x/y), and that − x + y: terms of the relative entropy, with all digits where x and y are close. ln 0
// counts as in xlogy: 0 if x = 0 ≤ y, with slopes 0 if both are 0; +∞ where x > 0 = y or one of them is
// negative.
var rel_entr(operand x, operand y);
var kl_div(operand x, operand y);

}  // namespace reel
