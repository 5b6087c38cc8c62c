// SPDX-License-Identifier: MIT
// Arithmetic, element by element; binary ops broadcast. Of indices there are a + b, a - b, a * b and -a; they
// have no derivative, and refuse what 64 bits do not hold. (a + b is in autodiff.)
#pragma once

#include <reel/ops/elementwise.hpp>

namespace reel {

var operator-(operand a, operand b);
var operator*(operand a, operand b);
var operator/(operand a, operand b);
var operator-(operand x);
inline var operator+(const var& x) { return x; }

// As x += y in autodiff: the handle then stands for the result.
inline var& operator-=(var& x, operand y) { return x = operand(x, y.where().file, y.where().line) - y; }
inline var& operator*=(var& x, operand y) { return x = operand(x, y.where().file, y.where().line) * y; }
inline var& operator/=(var& x, operand y) { return x = operand(x, y.where().file, y.where().line) / y; }

var square(operand x);              // x²
var pow(operand x, operand p);      // x^p; pow(0, 0) = 1; the slope in p is taken as 0 at x = 0 ≤ p
var maximum(operand a, operand b);  // a tie's cotangent goes to a; NaN if either is, with its cotangent
var minimum(operand a, operand b);

// Conversions, without a derivative. An index or bool as a real; a bool as 0 or 1.
var to_real(operand x);
// ⌊x⌋ as an index: of a real of less than 2^53 in magnitude, else refused; of a bool 0 or 1.
var to_index(operand x);

// The same beside an array, where xtensor's functions of that name would take both.
template <class A, class B>
requires detail::var_and_array<A, B> var pow(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto p) { return pow(x, p); });
}
template <class A, class B>
requires detail::var_and_array<A, B> var maximum(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return maximum(x, y); });
}
template <class A, class B>
requires detail::var_and_array<A, B> var minimum(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return minimum(x, y); });
}

}  // namespace reel
