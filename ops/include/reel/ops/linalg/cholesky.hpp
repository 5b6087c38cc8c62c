// SPDX-License-Identifier: MIT
// Cholesky's factor and triangular systems, of the matrices in the last two axes of a batch. A matrix that
// holds an infinity or a NaN gives NaN, and leaves the others of its batch alone. (The workspace of a thread
// grows when a larger matrix comes, and stays.)
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

// The lower triangular L with positive diagonal and L·Lᵀ = ½(a + aᵀ): the symmetric part is what is read, and
// the cotangent of a is symmetric. 0 above the diagonal. In complex numbers L·Lᵀ is the same without
// conjugation. Throws invalid_argument with the pivot for a matrix that is not positive definite.
var cholesky(operand a);

// x with t·x = b, or tᵀ·x = b, for a triangular t: [… n n] and [… n m], or [n] for one vector. Batches
// broadcast. The other triangle is not read, and has cotangent 0. Throws invalid_argument for a 0 on the
// diagonal.
enum class triangle_of { lower, upper };
struct triangular_system {
  triangle_of part = triangle_of::lower;
  bool transposed = false;
};
var triangular_solve(operand t, operand b, triangular_system system = {});

// x with L·Lᵀ·x = b for a factor L that cholesky gave.
var cholesky_solve(operand l, operand b);
// ln det(L·Lᵀ) = 2 Σ ln L_ii.
var cholesky_logdet(operand l);

}  // namespace reel
