// SPDX-License-Identifier: MIT
// Linear systems, inverses and determinants of the square matrices in the last two axes of a batch, by LU
// with partial pivoting. A matrix that holds an infinity or a NaN gives NaN, and leaves the others of its
// batch alone. (The workspace of a thread grows when a larger matrix comes, and stays.)
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

// x with a·x = b: [… n n] and [… n m], or [n] for one vector. Batches broadcast. Throws invalid_argument with
// the pivot for a singular matrix.
var solve(operand a, operand b);
// Better solve(a, b) than inverse(a)·b. Throws as solve does.
var inverse(operand a);

// The determinant: [… n n] gives [… ]; 1 of 0 by 0. Its derivatives of first and second order are right for
// singular matrices, too, of any rank. The third refuses them with invalid_argument.
var det(operand a);
// det(a) = sign·e^logabsdet. Of a singular matrix the sign is 0 and the logarithm −inf; its gradient is then
// refused with invalid_argument. The sign has slope 0 everywhere.
struct sign_and_logarithm {
  var sign, logabsdet;
};
sign_and_logarithm slogdet(operand a);

}  // namespace reel
