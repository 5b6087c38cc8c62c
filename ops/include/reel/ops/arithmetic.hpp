// SPDX-License-Identifier: MIT
// Arithmetic on reals, element by element; binary ops broadcast. (a + b is in autodiff.)
#pragma once

#include <reel/ops/elementwise.hpp>

namespace reel {

var operator-(operand a, operand b);
var operator*(operand a, operand b);
var operator/(operand a, operand b);
var operator-(operand x);
inline var operator+(const var& x) { return x; }

var square(operand x);              // x²
var pow(operand x, operand p);      // x^p; pow(0, 0) = 1; the slope in p is taken as 0 at x = 0 ≤ p
var maximum(operand a, operand b);  // a tie's cotangent goes to a; NaN if either is, with its cotangent
var minimum(operand a, operand b);

}  // namespace reel
