// SPDX-License-Identifier: MIT
// Sums, products and maxima of everything up to each element, along one axis. Axes may be given with either
// sign. A running sum of i numbers is off by at most (i − 1)·u·Σ|x|, and a running product by (i − 1)·u of
// itself: they are computed one after the other.
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

// From which end, and whether the element itself takes part.
struct cumulative {
  bool reversed = false;   // from the last element to the first
  bool exclusive = false;  // of the elements before each one
};

var cumsum(operand x, int axis = -1, cumulative how = {});  // an exclusive one begins with 0
// An exclusive one begins with 1. Derivatives are exact to every order, at zeros as well.
var cumprod(operand x, int axis = -1, cumulative how = {});

// y_i = ln Σ_{j ≤ i} e^(x_j), shifted by the largest so far: no exponential overflows. −inf stays −inf, with
// slope 0, and an exclusive one begins with it; from +inf on it is +inf. The sum inside is off by at most
// 3i·u, beside u for each unit by which its terms lie apart.
var logcumsumexp(operand x, int axis = -1, cumulative how = {});

// The largest and the smallest so far. The cotangent goes to the first of equal ones. From a NaN on all is
// NaN.
var cummax(operand x, int axis = -1, bool reversed = false);
var cummin(operand x, int axis = -1, bool reversed = false);
// Where it stands along the axis, of kind index.
var cumargmax(operand x, int axis = -1, bool reversed = false);
var cumargmin(operand x, int axis = -1, bool reversed = false);

// h_i = a_i·h_{i−1} + b_i along an axis, with h_{−1} = 0: the first a is not used. (A first state s enters as
// b_0 + a_0·s.) Reversed, h_i = a_i·h_{i+1} + b_i. a and b broadcast together. A rounding error made at h_j
// reaches h_i multiplied by a_{j+1} … a_i; each step makes at most 2u(|a_i·h_{i−1}| + |b_i|).
var linear_recurrence(operand a, operand b, int axis = -1, bool reversed = false);

}  // namespace reel
