// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/linalg/decompositions.hpp>
#include <reel/ops/linalg/functions.hpp>
#include <reel/ops/reduce.hpp>
#include <reel/ops/reductions.hpp>

#include "batches.hpp"
#include "parts.hpp"
#include "recorded.hpp"

#include <fmt/format.h>

namespace reel {

using namespace linalg;

namespace {

// Of full rank: R⁻¹·Qᵀ·b of a tall A = Q·R, and Q·R⁻ᵀ·b of a wide one with Aᵀ = Q·R.
var least_squares(const var& a, const var& b) {
  const shape& s = check_matrices(a.shape());
  if (rows_of(check_matrices(b.shape())) != rows_of(s))
    throw error(errc::shape_mismatch,
                fmt::format("{} and a right-hand side {}: {} and {} equations.", to_string(s),
                            to_string(b.shape()), rows_of(s), rows_of(b.shape())));
  if (rows_of(s) >= columns_of(s)) {
    const auto [q, r] = qr(a);
    return triangular_solved(with_full_rank(r), linalg::product(q, true, b, false), side::upper, false);
  }
  const auto [q, r] = qr(transposed(a));
  return linalg::product(q, false, triangular_solved(with_full_rank(r), b, side::upper, true), false);
}

}  // namespace

var lstsq(operand a, operand b) {
  return composed("lstsq", {a, b}, [&] {
    a = a.sibling(b), b = b.sibling(a);
    const var &matrix = check_var(a), &right = check_var(b);
    if (right.rank() != 1) return least_squares(matrix, right);
    const var x = least_squares(matrix, reshape(right, {-1, 1}));
    return reshape(x, x.shape().without(x.rank() - 1));
  });
}

var pinv(operand a) {
  return composed("pinv", {a}, [&] {
    const var& matrix = check_var(a);
    return least_squares(matrix, constant_like(matrix, eye(rows_of(check_matrices(matrix.shape())))));
  });
}

var matrix_norm(operand x, matrix_norm_of which) {
  return composed("matrix_norm", {x}, [&] {
    const var& matrix = check_var(x);
    static_cast<void>(check_matrices(matrix.shape()));
    switch (which) {
      case matrix_norm_of::nuclear:
        return sum(svdvals(matrix), -1);
      case matrix_norm_of::spectral:
        return max(svdvals(matrix), -1);
      case matrix_norm_of::columns:
        return max(sum(abs(matrix), -2), -1);
      case matrix_norm_of::rows:
        return max(sum(abs(matrix), -1), -1);
      default:
        return norm(matrix, 2, {-2, -1});
    }
  });
}

}  // namespace reel
