// SPDX-License-Identifier: MIT
// Functions of matrices, made of factorizations: of the last two axes of a batch.
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

// The x with the least ‖a·x − b‖, by QR: [… n m] and [… n k], or [n] for one vector. Where there are fewer
// equations than unknowns, the solution of least norm. Reals. Throws invalid_argument for a matrix that has
// not full rank: R has a diagonal element within 8ku of the largest of 0 (k = min(n, m), u the unit
// roundoff).
var lstsq(operand a, operand b);
// The pseudoinverse of a matrix of full rank: lstsq(a, I). Better lstsq(a, b) than pinv(a)·b.
var pinv(operand a);

// Frobenius' norm (the root of the sum of squares), the nuclear one (the sum of singular values), the
// spectral one (the largest of them), and the largest sum of magnitudes of a column or of a row. Reals. Slope
// 0 at 0 for frobenius; the first of equal largest counts.
enum class matrix_norm_of { frobenius, nuclear, spectral, columns, rows };
var matrix_norm(operand x, matrix_norm_of which = matrix_norm_of::frobenius);

// e^a = I + a + a²/2! + … of square matrices, by scaling and squaring. An infinity or a NaN gives NaN.
var expm(operand a);

}  // namespace reel
