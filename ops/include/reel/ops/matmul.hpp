// SPDX-License-Identifier: MIT
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

// Product of matrices, optionally of their transposes: [n,k]·[k,m] = [n,m].
struct matmul_op {
  static constexpr auto name = "matmul";
  static constexpr bool analytic = true;
  bool transpose_a = false, transpose_b = false;
  // Of a, b and y: the numbers in a row, where zeros follow them up to a whole cache line; 0: without gaps.
  std::array<index_t, 3> padded_row = {};
  shape infer(const shape& a, const shape& b) const;
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const;
  template <class T> void accumulate(out<T> y, in<T> a, in<T> b) const;
  std::array<var, 2> vjp(var ybar, var y, var a, var b) const;
  std::vector<identity> identities(const applied_vjp& r) const;
  row_slices slices(const shape& a) const;
  relaid<matmul_op> relaid_for(unsigned inputs, bool result, index_t row) const;
  bool accumulates_scaled(const shape& a, const shape& b) const;
  template <class T> void accumulate_scaled(out<T> y, in<T> a, in<T> b, T alpha, T beta) const;
  template <class T> double magnitude_bound(in<T> a, in<T> b) const;
  bool operator==(const matmul_op&) const = default;
};

// a·b of two matrices, a matrix and a vector ([n,k]·[k] = [n]), or two vectors ([k]·[k] = []). Of more than
// two axes the last two are matrices, and those before them a batch, which broadcasts: [5,1,n,k]·[3,k,m] =
// [5,3,n,m]. A vector stands beside each matrix of a batch: [5,n,k]·[k] = [5,n].
var matmul(operand a, operand b);

}  // namespace reel
