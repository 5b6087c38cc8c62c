// SPDX-License-Identifier: MIT
// Functions of one real, element by element. Forward results are IEEE's: log(0) = −inf, log(−1) = NaN.
#pragma once

#include <reel/ops/elementwise.hpp>

namespace reel {

var exp(operand x);
var log(operand x);
var sqrt(operand x);
var tanh(operand x);
var sech_square(operand x);       // 1/cosh² x, the slope of tanh, with all its digits far from 0
var one_minus_square(operand x);  // 1 − x², with all its digits near ±1
var sigmoid(operand x);           // 1/(1 + e^−x), without overflow at either end
var relu(operand x);              // max(x, 0); slope 0 at 0; NaN stays NaN, with slope 1
var abs(operand x);               // slope 0 at 0
var sign(operand x);              // −1, 0, 1; slope 0 everywhere; NaN stays NaN

// x log y with 0 log 0 = 0 (and slopes 0 there); xlogy(0, NaN) is NaN.
var xlogy(operand x, operand y);
// −x log x, a term of an entropy: 0 at 0 (with slope +inf), −inf below.
var entr(operand x);

}  // namespace reel
