// SPDX-License-Identifier: MIT
#include <reel/autodiff/kernels.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/linalg/products.hpp>
#include <reel/ops/matmul.hpp>
#include <reel/ops/movement.hpp>
#include <reel/ops/reduce.hpp>

#include "linalg/product.hpp"

#include <fmt/format.h>

namespace reel {

using linalg::portable_gemm;

namespace {

// Rows and columns of a matrix as it takes part in the product.
struct oriented {
  index_t rows, columns;
  oriented(const shape& s, bool transposed, index_t padded_row)
      : rows(s[0]), columns(padded_row > 0 ? padded_row : s[1]) {
    if (transposed) std::swap(rows, columns);
  }
};

kernels::gemm_shape shape_of_product(const matmul_op& op, const shape& a, const shape& b) {
  const oriented m(a, op.transpose_a, op.padded_row[0]), n(b, op.transpose_b, op.padded_row[1]);
  return {.transpose_a = op.transpose_a,
          .transpose_b = op.transpose_b,
          .m = m.rows,
          .n = n.columns,
          .k = m.columns,
          .a_row = a[1],
          .b_row = b[1],
          .c_row = op.padded_row[2] > 0 ? kernels::padded(n.columns) : n.columns};
}

// Zeros after the numbers of each row.
template <class T> void pad(out<T> y, index_t padded_row) {
  if (padded_row == 0) return;
  const index_t row = y.shape()[1];
  for (index_t i = 0; i < y.size(); i += row) std::fill(y.data + i + padded_row, y.data + i + row, T(0));
}

const char* advice(const oriented& a, const oriented& b) {
  if (a.columns == b.columns) return " Did you mean transpose(b)?";
  if (a.rows == b.rows) return " Did you mean transpose(a)?";
  return "";
}

}  // namespace

// Y = A·B:  dY = dA·B + A·dB, hence   Ā = Ȳ·Bᵀ,   B̄ = Aᵀ·Ȳ
// and the same with every transpose carried along: (Aᵀ)̄ = Ȳ·Bᵀ means Ā = B·Ȳᵀ.
shape matmul_op::infer(const shape& a, const shape& b) const {
  if (a.rank() != 2 || b.rank() != 2)
    throw error(errc::shape_mismatch,
                fmt::format("{} · {}: both must be matrices. Use reshape.", to_string(a), to_string(b)));
  const oriented m(a, transpose_a, padded_row[0]), n(b, transpose_b, padded_row[1]);
  if (m.columns != n.rows)
    throw error(errc::shape_mismatch, fmt::format("{}{} · {}{}: inner sizes {} and {} differ.{}",
                                                  to_string(a), transpose_a ? "ᵀ" : "", to_string(b),
                                                  transpose_b ? "ᵀ" : "", m.columns, n.rows, advice(m, n)));
  return {m.rows, padded_row[2] > 0 ? kernels::padded(n.columns) : n.columns};
}

template <class T> void matmul_op::eval(out<T> y, in<T> a, in<T> b) const {
  const auto s = shape_of_product(*this, a.shape(), b.shape());
  if constexpr (std::floating_point<T>) kernels::active<T>().gemm(s, a.data, b.data, y.data, false);
  else portable_gemm(s, a.data, b.data, y.data, [](const T&, auto dot) { return dot(T(0)); });
  pad(y, padded_row[2]);
}
template <class T> void matmul_op::accumulate(out<T> y, in<T> a, in<T> b) const {
  const auto s = shape_of_product(*this, a.shape(), b.shape());
  if constexpr (std::floating_point<T>) kernels::active<T>().gemm(s, a.data, b.data, y.data, true);
  else portable_gemm(s, a.data, b.data, y.data, [](const T& start, auto dot) { return dot(start); });
}

// Where the bound, which reads both factors, costs little beside the product.
bool matmul_op::accumulates_scaled(const shape& a, const shape& b) const {
  const auto s = shape_of_product(*this, a, b);
  return kernels::accumulates_scaled(s) && 4 * (s.m + s.n) <= s.m * s.n;
}
template <class T> void matmul_op::accumulate_scaled(out<T> y, in<T> a, in<T> b, T alpha, T beta) const {
  const auto s = shape_of_product(*this, a.shape(), b.shape());
  if constexpr (std::floating_point<T>)
    kernels::active<T>().accumulate_scaled_product(s, alpha, beta, a.data, b.data, y.data);
  else
    portable_gemm(s, a.data, b.data, y.data,
                  [&](const T& start, auto dot) { return T(beta * start + alpha * dot(T(0))); });
}
// |Σ_p a_ip b_pj| ≤ k max|a| max|b|, and so are its parts.
template <class T> double matmul_op::magnitude_bound(in<T> a, in<T> b) const {
  const auto& kernel = kernels::active<T>();
  const index_t k = oriented(a.shape(), transpose_a, padded_row[0]).columns;
  return static_cast<double>(k) * static_cast<double>(kernel.largest(a.data, a.size())) *
         static_cast<double>(kernel.largest(b.data, b.size()));
}

// Rows of A are rows of Y. With Aᵀ, columns of A are, if they are without gaps; and rows of both are what is
// summed over.
row_slices matmul_op::slices(const shape&) const {
  if (!transpose_a) return {.inputs = 0b01};
  const unsigned columns = padded_row[0] > 0 ? 0 : 0b01;
  if (!transpose_b) return {.inputs = 0b11, .reduces = true, .columns = columns};
  return {.columns = columns};
}

// Aᵀ in memory is A transposed once more, and Yᵀ = (A·B)ᵀ = Bᵀ·Aᵀ.
relaid<matmul_op> matmul_op::relaid_for(unsigned inputs, bool result, index_t row) const {
  const auto [a, b, y] = padded_row;
  const bool relay_a = (inputs & 0b01) != 0, relay_b = (inputs & 0b10) != 0;
  matmul_op t{transpose_a != relay_a, transpose_b != relay_b, {relay_a ? row : a, relay_b ? row : b, y}};
  if (!result) return {.op = t, .swap = false};
  return {.op = {!t.transpose_b, !t.transpose_a, {t.padded_row[1], t.padded_row[0], row}}, .swap = true};
}

std::array<var, 2> matmul_op::vjp(var ybar, var, var a, var b) const {
  const operand g(ybar), x(a), y(b);
  const bool ta = transpose_a, tb = transpose_b;
  return {ta ? apply(matmul_op{tb, true}, y, g) : apply(matmul_op{false, !tb}, g, y),
          tb ? apply(matmul_op{true, ta}, g, x) : apply(matmul_op{!ta, false}, x, g)};
}

std::vector<identity> matmul_op::identities(const applied_vjp& r) const {  // linear in each factor
  const var y = sum(r.y * r.ybar);
  return {{"<A, Abar> = <Y, Ybar>", sum(r.x[0] * r.xbar[0]) - y},
          {"<B, Bbar> = <Y, Ybar>", sum(r.x[1] * r.xbar[1]) - y}};
}

namespace {

// Of more than two axes. One matrix on the right is multiplied by all rows of the batch at once.
var matmul_of_batches(const var& a, const var& b) {
  const shape &s = a.shape(), &t = b.shape();
  const bool is_row = s.rank() == 1, is_column = t.rank() == 1;
  const index_t inner = is_column ? t[0] : t[t.rank() - 2];
  if (s.back() != inner)
    throw error(errc::shape_mismatch, fmt::format("{} · {}: inner sizes {} and {} differ.", to_string(s),
                                                  to_string(t), s.back(), inner));
  if (t.rank() <= 2) {
    const var right = is_column ? reshape(b, {-1, 1}) : b;
    const shape rows = s.without(s.rank() - 1);
    const var product = apply(matmul_op{}, reshape(a, shape{rows.size(), s.back()}), right);
    return reshape(product, is_column ? rows : s.with(s.rank() - 1, t[1]));
  }
  const var product = apply(batched_matmul_op{}, is_row ? reshape(a, {1, -1}) : a, b);
  return is_row ? reshape(product, product.shape().without(product.rank() - 2)) : product;
}

}  // namespace

var matmul(operand a, operand b) {
  return composed(matmul_op::name, {a, b}, [&] {
    a = a.sibling(b), b = b.sibling(a);
    if (!a.is_var() || !b.is_var()) return apply(matmul_op{}, a, b);
    const var &x = a.variable(), &y = b.variable();
    if (x.rank() == 2 && y.rank() == 2) return apply(matmul_op{}, a, b);
    if (x.rank() == 0 || y.rank() == 0) return apply(matmul_op{}, a, b);  // refused there
    if (x.rank() > 2 || y.rank() > 2) return matmul_of_batches(x, y);
    if (const index_t inner = x.shape().back(); inner != y.shape()[0])
      throw error(errc::shape_mismatch,
                  fmt::format("{} · {}: inner sizes {} and {} differ.", to_string(x.shape()),
                              to_string(y.shape()), inner, y.shape()[0]));
    const auto at = [](const operand& o, const var& v) { return operand(v, o.where().file, o.where().line); };
    const operand left = x.rank() == 1 ? at(a, reshape(a, {1, -1})) : a;
    const operand right = y.rank() == 1 ? at(b, reshape(b, {-1, 1})) : b;
    const var product = apply(matmul_op{}, left, right);
    const shape out = x.rank() == 2   ? shape{product.shape()[0]}
                      : y.rank() == 2 ? shape{product.shape()[1]}
                                      : shape{};
    return reshape(at(a, product), out);
  });
}

// Headers declare these bodies: whoever records the op links to them.
template void matmul_op::eval(out<float>, in<float>, in<float>) const;
template void matmul_op::eval(out<double>, in<double>, in<double>) const;
template void matmul_op::eval(out<real50>, in<real50>, in<real50>) const;
template void matmul_op::eval(out<complex>, in<complex>, in<complex>) const;
template void matmul_op::accumulate(out<float>, in<float>, in<float>) const;
template void matmul_op::accumulate(out<double>, in<double>, in<double>) const;
template void matmul_op::accumulate(out<real50>, in<real50>, in<real50>) const;
template void matmul_op::accumulate_scaled(out<float>, in<float>, in<float>, float, float) const;
template void matmul_op::accumulate_scaled(out<double>, in<double>, in<double>, double, double) const;
template void matmul_op::accumulate_scaled(out<real50>, in<real50>, in<real50>, real50, real50) const;
template void matmul_op::accumulate_scaled(out<complex>, in<complex>, in<complex>, complex, complex) const;
template double matmul_op::magnitude_bound(in<float>, in<float>) const;
template double matmul_op::magnitude_bound(in<double>, in<double>) const;

}  // namespace reel
