// SPDX-License-Identifier: MIT
// Orthogonal decompositions of the matrices in the last two axes of a batch, of reals. Each function records
// one op, of whose result the vars it returns are parts. A matrix that holds an infinity or a NaN gives NaN,
// and leaves the others of its batch alone. (They allocate workspace, those of eigenvalues in every run.)
//
// Signs are chosen, and losses should not depend on them: of an eigenvector, and of a column of the smaller
// of u and v, the first element is positive that is at least 0.618 times as large as the largest.
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

// a = q·r with k = min(n, m): q [… n k] has orthonormal columns, r [… k m] is upper triangular with a
// diagonal that is not negative. Gradients of a matrix whose first k columns depend on each other are refused
// with invalid_argument.
struct orthogonal_triangular {
  var q, r;
};
orthogonal_triangular qr(operand a);

// Eigenvalues [… n], ascending, and eigenvectors as columns [… n n] of the symmetric part ½(a + aᵀ). The
// cotangent of a is symmetric. Eigenvalues that are equal within 8nu of the largest (u: the unit roundoff)
// share a space in which eigenvectors are arbitrary: where the loss depends on that space alone, first
// derivatives are right. Otherwise, and at second order, they are refused with invalid_argument, with the
// pair and its gap. Single eigenvalues that are equal have a kink: each gets the slope of its eigenvector.
struct eigenvalues_and_vectors {
  var values, vectors;
};
eigenvalues_and_vectors eigh(operand a);
var eigvalsh(operand a);

// a = u·diag(values)·vᵀ with k = min(n, m): u [… n k] and v [… m k] have orthonormal columns, the values […
// k] are descending. One-sided Jacobi rotations find small singular values with all their digits where
// columns differ in size. Equal values are treated as those of eigh; u and v may depend on a common choice,
// as in the polar factor u·vᵀ. Values of 0 have a kink; where the vectors are asked for beside such, it is
// refused with invalid_argument.
struct singular_values_and_vectors {
  var u, values, v;
};
singular_values_and_vectors svd(operand a);
var svdvals(operand a);

}  // namespace reel
