// SPDX-License-Identifier: MIT
// Comparisons give bool vars; where() selects with them inside the graph. There is no conversion
// from a var to a C++ bool: use branch(condition) for that.
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

// Reals or indices, broadcast. Comparisons with NaN are false, except !=.
var operator<(operand a, operand b);
var operator<=(operand a, operand b);
var operator>(operand a, operand b);
var operator>=(operand a, operand b);
var operator==(operand a, operand b);
var operator!=(operand a, operand b);

// On bools.
var operator&&(operand a, operand b);
var operator||(operand a, operand b);
var operator!(operand a);

// a where the condition holds, else b; all three broadcast. Any kind for a and b. The branch not
// taken gets a cotangent of exactly 0, which elementwise rules pass on as 0 even where their slope is
// infinite; contractions (matmul, sums of products) below it do not have that protection.
var where(operand condition, operand a, operand b);

}  // namespace reel
