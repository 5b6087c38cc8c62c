// SPDX-License-Identifier: MIT
// Whole numbers, remainders, signs and bounds, element by element. What is constant between jumps has slope
// 0.
#pragma once

#include <reel/ops/elementwise.hpp>

namespace reel {

var floor(operand x);
var ceil(operand x);
var trunc(operand x);  // towards 0
var round(operand x);  // to nearest; halves to the even neighbour, as NumPy, PyTorch and JAX do

// a − n b for a whole n:
var remainder(operand a, operand b);  // n = ⌊a/b⌋, so that the result has b's sign, as in NumPy and PyTorch
var fmod(operand a, operand b);       // n towards 0, so that it has a's sign, as in C

var copysign(operand x, operand s);  // |x| with the sign of s; slope in x 0 at x = 0, as of abs
// x in [low, high], with slope 1 at both ends: a bound that is met cuts nothing off. NaN stays NaN.
var clip(operand x, operand low, operand high);

// Of kind bool.
var isnan(operand x);
var isinf(operand x);
var isfinite(operand x);

}  // namespace reel
