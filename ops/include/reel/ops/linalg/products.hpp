// SPDX-License-Identifier: MIT
// Products of tensors. Matrices are the last two axes; the axes before them are a batch, and batches
// broadcast like NumPy's. What has no elements to sum over is 0.
#pragma once

#include <reel/autodiff/structural.hpp>

#include <initializer_list>
#include <span>
#include <string_view>

namespace reel {

// Products of the matrices of two batches, optionally of their transposes. (matmul records it for operands of
// more than two axes.)
struct batched_matmul_op {
  static constexpr auto name = "batched_matmul";
  static constexpr bool analytic = true;
  bool transpose_a = false, transpose_b = false;
  shape infer(const shape& a, const shape& b) const;
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const;
  std::array<var, 2> vjp(var ybar, var y, var a, var b) const;
  std::vector<identity> identities(const applied_vjp& r) const;
  bool operator==(const batched_matmul_op&) const = default;
};

// Σ a_i b_i over the last axis; the axes before it broadcast.
var dot(operand a, operand b);
// a_i b_j: [… n] and [… m] give [… n m].
var outer(operand a, operand b);
// The sum of the diagonal: [… n m] gives [… ].
var trace(operand x);
// The last two axes exchanged.
var matrix_transpose(operand x);
// The Kronecker product: blocks a_ij·b. [… n m] and [… p q] give [… np mq].
var kron(operand a, operand b);

// Einstein's sums: "ij,jk->ik" is a matrix product, "ii->i" a diagonal, "ij->j" a sum of rows, "...ij->...ji"
// a batched transpose. A letter is an axis; an axis that the result does not name is summed over. Without
// "->" the result has the letters that occur once, in alphabetical order, after the axes of "...". Axes of
// "..." broadcast; axes of one letter have one size. Pairs are multiplied in the order with the fewest
// multiplications. Up to 8 operands. Throws invalid_argument for a text that is no such sum, shape_mismatch
// for operands that it does not fit.
var einsum(std::string_view sum, std::span<const var> x, source_location where = here());
var einsum(std::string_view sum, std::initializer_list<var> x, source_location where = here());

}  // namespace reel
