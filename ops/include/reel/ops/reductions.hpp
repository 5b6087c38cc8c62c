// SPDX-License-Identifier: MIT
// More reductions over axes, which may be given with either sign. A row with a NaN gives NaN.
#pragma once

#include <reel/ops/reduce.hpp>

namespace reel {

// The product: of nothing 1. Derivatives are exact to every order, at zeros as well. The error of n factors
// is at most (n − 1)·u of the result.
var prod(operand x, const axis_list& axes = {}, axis_mode mode = axis_mode::drop);

// The smallest along one axis. The cotangent goes to the first minimum. Of nothing: refused.
var min(operand x, int axis, axis_mode mode = axis_mode::drop);
var min(operand x);
// The position of the first minimum along an axis, of kind index.
var argmin(operand x, int axis = -1);

// Of bools: whether one holds (of nothing: false), and whether all do (of nothing: true).
var any(operand x, const axis_list& axes = {}, axis_mode mode = axis_mode::drop);
var all(operand x, const axis_list& axes = {}, axis_mode mode = axis_mode::drop);

// (Σ |x|^p)^(1/p) for p ≥ 1; the largest |x| for p = ∞. Nothing overflows that the result does not. The slope
// is 0 where the norm is 0, in each |x| at 0 for p = 1, and at the first of equal largest ones for p = ∞. Of
// nothing: 0. Throws invalid_argument for another p.
var norm(operand x, double p = 2, const axis_list& axes = {}, axis_mode mode = axis_mode::drop);

// Σ (x − mean)² / (n − correction), from the deviations themselves: a common shift of x costs no digits but
// those that x loses. A correction of 1 is that of a sample. Throws invalid_argument unless n > correction.
var variance(operand x, const axis_list& axes = {}, double correction = 0, axis_mode mode = axis_mode::drop);
// Its root: slope 0 where it is 0. Nothing overflows that the result does not.
var standard_deviation(operand x, const axis_list& axes = {}, double correction = 0,
                       axis_mode mode = axis_mode::drop);

}  // namespace reel
