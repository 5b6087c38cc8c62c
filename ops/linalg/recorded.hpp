// SPDX-License-Identifier: MIT
// What rules of linear algebra are made of: functions of vars that hold matrices, with a batch before them.
#pragma once

#include <reel/autodiff/structural.hpp>

#include <span>

namespace reel::linalg {

// Throws empty_variable for a plain number, which is on no tape.
const var& check_var(const operand& x);

// op(a)·op(b), where op transposes or not.
var product(const var& a, bool transpose_a, const var& b, bool transpose_b);
// Its last two axes exchanged; its axes in another order.
var transposed(const var& x);
var permuted(const var& x, std::span<const int> order);
// x summed down to a shape that broadcasts to its own, or x as it is.
var summed_to(const var& x, const shape& to);
// A number for each matrix, [… 1 1], to multiply matrices by.
var per_matrix(const var& x);
// A row for each matrix, [… 1 n].
var per_column(const var& x);

// The part of a matrix on one side of its diagonal, and the diagonal; 0 elsewhere.
enum class side { lower, upper };
var triangle(const var& x, side s);
var symmetric_part(const var& x);  // ½(x + xᵀ)

// op(t)⁻¹·b of a triangular t, of which the other side is not read.
var triangular_solved(const var& t, const var& b, side s, bool transposed);
// op(a)⁻¹·b
var solved(const var& a, const var& b, bool transposed);
// The derivative of det, and of that the one in direction x.
var cofactors(const var& a);
var cofactor_derivative(const var& a, const var& x);
// That of expm in direction e.
var expm_derivative(const var& a, const var& e);

}  // namespace reel::linalg
