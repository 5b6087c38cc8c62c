// SPDX-License-Identifier: MIT
// Products of batches of matrices, and what is made of them.
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/linalg/products.hpp>
#include <reel/ops/matmul.hpp>
#include <reel/ops/movement.hpp>
#include <reel/ops/rearrange.hpp>
#include <reel/ops/reduce.hpp>

#include "batches.hpp"
#include "product.hpp"
#include "recorded.hpp"

#include <fmt/format.h>

namespace reel {

namespace linalg {

shape matrices(const shape& batch, index_t rows, index_t columns) {
  std::vector<index_t> sizes(batch.begin(), batch.end());
  sizes.push_back(rows), sizes.push_back(columns);
  return shape(sizes);
}

const shape& check_matrices(const shape& x) {
  if (x.rank() < 2)
    throw error(errc::shape_mismatch,
                fmt::format("{} has no matrices: give two axes or more.", to_string(x)));
  return x;
}

const shape& check_square(const shape& x) {
  if (rows_of(check_matrices(x)) != columns_of(x))
    throw error(errc::shape_mismatch, fmt::format("matrices of {} are {} by {}; they must be square.",
                                                  to_string(x), rows_of(x), columns_of(x)));
  return x;
}

std::string in_batch(index_t i, index_t count) {
  return count == 1 ? std::string() : fmt::format(" {} of {}", i + 1, count);
}

const var& check_var(const operand& x) {
  if (x.is_number())
    throw error(errc::empty_variable, "a plain number has no tape. Use tape.constant(number).");
  return x.variable();
}

var product(const var& a, bool transpose_a, const var& b, bool transpose_b) {
  if (a.rank() == 2 && b.rank() == 2) return apply(matmul_op{transpose_a, transpose_b}, a, b);
  return apply(batched_matmul_op{transpose_a, transpose_b}, a, b);
}

var permuted(const var& x, std::span<const int> o) {
  bool moves = false;
  for (std::size_t i = 0; i < o.size(); ++i) moves = moves || o[i] != static_cast<int>(i);
  if (!moves) return x;
  switch (o.size()) {
    case 2:
      return permute(x, {o[0], o[1]});
    case 3:
      return permute(x, {o[0], o[1], o[2]});
    case 4:
      return permute(x, {o[0], o[1], o[2], o[3]});
    case 5:
      return permute(x, {o[0], o[1], o[2], o[3], o[4]});
    case 6:
      return permute(x, {o[0], o[1], o[2], o[3], o[4], o[5]});
    case 7:
      return permute(x, {o[0], o[1], o[2], o[3], o[4], o[5], o[6]});
    default:
      return permute(x, {o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7]});
  }
}

var transposed(const var& x) {
  std::array<int, shape::max_rank> order{};
  const std::size_t rank = check_matrices(x.shape()).rank();
  for (std::size_t i = 0; i < rank; ++i) order[i] = static_cast<int>(i);
  std::swap(order[rank - 1], order[rank - 2]);
  return permuted(x, std::span(order).first(rank));
}

var summed_to(const var& x, const shape& to) { return x.shape() == to ? x : sum_to(x, to); }

var per_matrix(const var& x) { return reshape(x, matrices(x.shape(), 1, 1)); }
var per_column(const var& x) { return reshape(x, x.shape().inserted(x.rank() - 1, 1)); }

}  // namespace linalg

using namespace linalg;

namespace {

// Rows and columns of a matrix as it takes part in a product.
struct oriented {
  index_t rows, columns;
  oriented(const shape& s, bool transposed) : rows(rows_of(s)), columns(columns_of(s)) {
    if (transposed) std::swap(rows, columns);
  }
};

}  // namespace

// Y_b = A_b·B_b for each matrix of the batch: dY = dA·B + A·dB, hence   Ā = Ȳ·Bᵀ,   B̄ = Aᵀ·Ȳ,
// with every transpose carried along, and summed over the axes along which a factor was repeated.
shape batched_matmul_op::infer(const shape& a, const shape& b) const {
  const oriented m(check_matrices(a), transpose_a), n(check_matrices(b), transpose_b);
  if (m.columns != n.rows)
    throw error(errc::shape_mismatch,
                fmt::format("{}{} · {}{}: inner sizes {} and {} differ.", to_string(a),
                            transpose_a ? "ᵀ" : "", to_string(b), transpose_b ? "ᵀ" : "", m.columns, n.rows));
  return matrices(broadcast_shape(batch_of(a), batch_of(b)), m.rows, n.columns);
}

template <class T> void batched_matmul_op::eval(out<T> y, in<T> a, in<T> b) const {
  if (y.size() == 0) return;
  const oriented m(a.shape(), transpose_a), n(b.shape(), transpose_b);
  const kernels::gemm_shape s{.transpose_a = transpose_a,
                              .transpose_b = transpose_b,
                              .m = m.rows,
                              .n = n.columns,
                              .k = m.columns,
                              .a_row = columns_of(a.shape()),
                              .b_row = columns_of(b.shape()),
                              .c_row = n.columns};
  batch_pair(a.shape(), b.shape()).each([&](index_t i, index_t from_a, index_t from_b) {
    linalg::product(s, a.data + from_a, b.data + from_b, y.data + i * s.m * s.n);
  });
}

std::array<var, 2> batched_matmul_op::vjp(var ybar, var, var a, var b) const {
  const bool ta = transpose_a, tb = transpose_b;
  const var abar = ta ? linalg::product(b, tb, ybar, true) : linalg::product(ybar, false, b, !tb);
  const var bbar = tb ? linalg::product(ybar, true, a, ta) : linalg::product(a, !ta, ybar, false);
  return {summed_to(abar, a.shape()), summed_to(bbar, b.shape())};
}

std::vector<identity> batched_matmul_op::identities(const applied_vjp& r) const {  // linear in each factor
  const var y = sum(r.y * r.ybar);
  return {{"<A, Abar> = <Y, Ybar>", sum(r.x[0] * r.xbar[0]) - y},
          {"<B, Bbar> = <Y, Ybar>", sum(r.x[1] * r.xbar[1]) - y}};
}

namespace {

// Both operands as vars of one tape.
std::array<var, 2> both(operand a, operand b) {
  a = a.sibling(b), b = b.sibling(a);
  return {check_var(a), check_var(b)};
}

const shape& check_vectors(const shape& x) {
  if (x.rank() == 0) throw error(errc::shape_mismatch, "[] is no vector: give one axis or more.");
  return x;
}

}  // namespace

var dot(operand a, operand b) {
  return composed("dot", {a, b}, [&] {
    const auto [x, y] = both(a, b);
    const index_t n = check_vectors(x.shape()).back(), m = check_vectors(y.shape()).back();
    if (n != m)
      throw error(errc::shape_mismatch, fmt::format("{} and {}: vectors of {} and of {} numbers.",
                                                    to_string(x.shape()), to_string(y.shape()), n, m));
    if (x.rank() == 1 && y.rank() == 1) return matmul(x, y);
    return sum(x * y, -1);
  });
}

var outer(operand a, operand b) {
  return composed("outer", {a, b}, [&] {
    const auto [x, y] = both(a, b);
    const shape &s = check_vectors(x.shape()), &t = check_vectors(y.shape());
    return reshape(x, s.inserted(s.rank(), 1)) * reshape(y, t.inserted(t.rank() - 1, 1));
  });
}

var trace(operand x) {
  return composed("trace", {x}, [&] {
    static_cast<void>(check_matrices(check_var(x).shape()));
    return sum(diagonal(x.variable()), -1);
  });
}

var matrix_transpose(operand x) {
  return composed("matrix_transpose", {x}, [&] { return transposed(check_var(x)); });
}

// y_{(ip)(jq)} = a_ij b_pq
var kron(operand a, operand b) {
  return composed("kron", {a, b}, [&] {
    const auto [x, y] = both(a, b);
    const shape &s = check_matrices(x.shape()), &t = check_matrices(y.shape());
    const auto blocks = [](const var& v, bool inner) {
      shape with = v.shape();
      with = with.inserted(with.rank() - (inner ? 1 : 0), 1);              // beside the columns
      return reshape(v, with.inserted(with.rank() - (inner ? 3 : 2), 1));  // and the rows
    };
    const var product = blocks(x, false) * blocks(y, true);
    return reshape(product, matrices(shape(product.shape().sizes().first(product.rank() - 4)),
                                     rows_of(s) * rows_of(t), columns_of(s) * columns_of(t)));
  });
}

// Headers declare these bodies: whoever records the op links to them.
template void batched_matmul_op::eval(out<float>, in<float>, in<float>) const;
template void batched_matmul_op::eval(out<double>, in<double>, in<double>) const;
template void batched_matmul_op::eval(out<real50>, in<real50>, in<real50>) const;
template void batched_matmul_op::eval(out<complex>, in<complex>, in<complex>) const;

}  // namespace reel
