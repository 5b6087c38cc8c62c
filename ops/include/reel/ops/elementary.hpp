// SPDX-License-Identifier: MIT
// Elementary functions of one and two reals, element by element. Forward results are IEEE's. Values are
// within 2.5 units in the last place, first derivatives within 4 and second ones within 16, over the whole
// range; where a derivative passes through 0 as a sum of two terms, in last places of the terms.
#pragma once

#include <reel/ops/elementwise.hpp>

namespace reel {

var sin(operand x);
var cos(operand x);
var tan(operand x);
var asin(operand x);  // slope infinite at ±1
var acos(operand x);  // slope infinite at ±1
var atan(operand x);
var atan2(operand y, operand x);  // the angle of the point (x, y), in −π … π; slopes NaN at (0, 0)

var sinh(operand x);
var cosh(operand x);
var asinh(operand x);
var acosh(operand x);  // slope infinite at 1
var atanh(operand x);  // slope infinite at ±1

var exp2(operand x);   // 2^x
var expm1(operand x);  // e^x − 1, with all its digits near 0
var log2(operand x);
var log10(operand x);
var log1p(operand x);                 // ln(1 + x), with all its digits near 0
var logaddexp(operand a, operand b);  // ln(e^a + e^b), without overflow; of −inf twice: −inf, slopes 0

var cbrt(operand x);              // slope infinite at 0
var rsqrt(operand x);             // 1/√x
var reciprocal(operand x);        // 1/x
var hypot(operand a, operand b);  // √(a² + b²), without overflow; slopes 0 at (0, 0)

}  // namespace reel
