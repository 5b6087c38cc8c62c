// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/linalg/cholesky.hpp>
#include <reel/ops/linalg/products.hpp>
#include <reel/ops/rearrange.hpp>
#include <reel/ops/reduce.hpp>

#include "batches.hpp"
#include "triangular.hpp"

#include <fmt/format.h>

namespace reel {

using namespace linalg;

namespace {

// X = op(T)⁻¹·B with a triangular T. Giles 2008, 2.2.3, for a system: of T·X = B,
//   dX = T⁻¹(dB − dT·X), hence   B̄ = T⁻ᵀ·X̄,   T̄ = −B̄·Xᵀ within the triangle;
// and of Tᵀ·X = B   B̄ = T⁻¹·X̄,   T̄ = −X·B̄ᵀ.
struct triangular_solve_op {
  static constexpr auto name = "triangular_solve";
  static constexpr bool analytic = true;
  side half = side::lower;
  bool transposed = false;

  shape infer(const shape& t, const shape& b) const {
    const index_t n = rows_of(check_square(t));
    if (rows_of(check_matrices(b)) != n)
      throw error(errc::shape_mismatch,
                  fmt::format("{} and a right-hand side {}: {} unknowns and {} equations.", to_string(t),
                              to_string(b), n, rows_of(b)));
    return matrices(broadcast_shape(batch_of(t), batch_of(b)), n, columns_of(b));
  }
  template <class T> void eval(out<T> x, in<T> t, in<T> b) const {
    if (x.size() == 0) return;
    const index_t n = rows_of(b.shape()), m = columns_of(b.shape());
    const batch_pair pair(t.shape(), b.shape());
    pair.each([&](index_t i, index_t from_t, index_t from_b) {
      const triangular<T> factor{t.data + from_t, n, half, transposed};
      T* const to = x.data + i * n * m;
      std::copy_n(b.data + from_b, n * m, to);
      check(factor, n, i, pair.all().size());
      solve_in_place(factor, to, n, m, m);
    });
  }
  template <class T> static void check(const triangular<T>& t, index_t n, index_t which, index_t count) {
    for (index_t i = 0; i < n; ++i)
      if (t.at(i, i) == T(0))
        throw error(errc::invalid_argument,
                    fmt::format("triangular matrix{} is singular: its diagonal is 0 in row {}.",
                                in_batch(which, count), i));
  }
  std::array<var, 2> vjp(var xbar, var x, var t, var b) const {
    const var full = apply(triangular_solve_op{half, !transposed}, t, xbar);
    const var tbar =
        transposed ? linalg::product(x, false, full, true) : linalg::product(full, false, x, true);
    return {triangle(-summed_to(tbar, t.shape()), half), summed_to(full, b.shape())};
  }
  std::vector<identity> identities(const applied_vjp& r) const {  // linear in B
    return {{"<B, Bbar> = <X, Xbar>", sum(r.x[1] * r.xbar[1]) - sum(r.y * r.ybar)}};
  }
  bool operator==(const triangular_solve_op&) const = default;
};

// The lower triangle of A, by blocks of columns: each is A's less what the columns before it give, which is
// one product. It is matrix `which` of `count`, for a message.
template <class T> void factor(T* a, index_t n, index_t which, index_t count) {
  const index_t block = std::min(block_size<T>, std::max<index_t>(n, 1));
  struct of_diagonal_block {};
  T* const turned = workspace<T, of_diagonal_block>(block * block);  // its transpose
  for (index_t first = 0; first < n; first += block) {
    const index_t end = std::min(first + block, n), width = end - first;
    subtract_product<T>({.transpose_a = false,
                         .transpose_b = true,
                         .m = n - first,
                         .n = width,
                         .k = first,
                         .a_row = n,
                         .b_row = n,
                         .c_row = n},
                        a + first * n, a + first * n, a + first * n + first);
    for (index_t i = first; i < n; ++i) {  // row i is solved for, against the rows above it in this block
      T* const row = a + i * n + first;
      const index_t known = std::min(i - first, width), solved = i < end ? known : width;
      for (index_t k = 0; k < known; ++k) {
        const T* const column = turned + k * width;
        row[k] = row[k] / column[k];
        const T value = row[k];
        for (index_t j = k + 1; j < solved; ++j) row[j] = row[j] - value * column[j];
      }
      if (i >= end) continue;
      T square = a[i * n + i];  // what is left of the diagonal element, now that `row` is subtracted from
      for (index_t k = 0; k < known; ++k) square = square - row[k] * row[k];
      const auto& pivot = num::real_part(square);
      if (!(pivot > num::real_part(T(0))))
        throw error(errc::invalid_argument,
                    fmt::format("matrix{} is not positive definite: pivot {} is {}. Only the symmetric part "
                                "counts; add a positive multiple of the identity to it.",
                                in_batch(which, count), i, num::convert<double>(pivot)));
      row[known] = num::sqrt(square);
      turned[known * width + known] = row[known];
      for (index_t k = 0; k < known; ++k) turned[k * width + known] = row[k];
    }
  }
}

// L·Lᵀ = S with S = ½(A + Aᵀ). Murray 2016 (arXiv 1602.07527), equations 8 and 10: dL = L·Φ(L⁻¹·dS·L⁻ᵀ),
// where Φ is the lower triangle with the diagonal halved. Hence with P = Φ(Lᵀ·L̄)
//   Ā = ½(M + Mᵀ),   M = L⁻ᵀ·P·L⁻¹
struct cholesky_op {
  static constexpr auto name = "cholesky";
  static constexpr bool analytic = true;
  shape infer(const shape& a) const { return check_square(a); }
  template <class T> void eval(out<T> l, in<T> a) const {
    const index_t n = rows_of(a.shape()), size = n * n, count = batch_of(a.shape()).size();
    if (l.size() == 0) return;
    for (index_t b = 0; b < count; ++b) {
      const T* const from = a.data + b * size;
      T* const to = l.data + b * size;
      const bool finite = all_finite(from, size);
      for (index_t i = 0; i < n; ++i)
        for (index_t j = 0; j < n; ++j)
          to[i * n + j] = j > i    ? T(0)
                          : finite ? T(0.5) * from[i * n + j] + T(0.5) * from[j * n + i]
                                   : not_a_number<T>();
      if (!finite) continue;
      factor(to, n, b, count);
      for (index_t i = 0; i < n; ++i) std::fill(to + i * n + i + 1, to + (i + 1) * n, T(0));
    }
  }
  var vjp(var lbar, var l, var) const {
    const var m = linalg::product(l, true, lbar, false);
    const var left = triangular_solved(l, 0.5 * tril(m) + 0.5 * tril(m, -1), side::lower, true);
    return symmetric_part(triangular_solved(l, linalg::transposed(left), side::lower, true));
  }
  std::vector<identity> identities(const applied_vjp& r) const {  // L grows as the root of A
    return {{"2 <A, Abar> = <L, Lbar>", 2 * sum(r.x[0] * r.xbar[0]) - sum(r.y * r.ybar)},
            {"Abar = Abar^T", r.xbar[0] - linalg::transposed(r.xbar[0])}};
  }
  bool operator==(const cholesky_op&) const = default;
};

var with_vectors(const var& b, const auto& solve) {
  if (b.rank() != 1) return solve(b);
  const var x = solve(reshape(b, {-1, 1}));
  return reshape(x, x.shape().without(x.rank() - 1));
}

}  // namespace

namespace linalg {

var triangle(const var& x, side s) { return s == side::lower ? tril(x) : triu(x); }
var symmetric_part(const var& x) { return 0.5 * x + 0.5 * transposed(x); }
var triangular_solved(const var& t, const var& b, side s, bool transposed) {
  return apply(triangular_solve_op{s, transposed}, t, b);
}

}  // namespace linalg

var cholesky(operand a) { return apply(cholesky_op{}, a); }

var triangular_solve(operand t, operand b, triangular_system system) {
  return composed(triangular_solve_op::name, {t, b}, [&] {
    t = t.sibling(b), b = b.sibling(t);
    const side half = system.part == triangle_of::lower ? side::lower : side::upper;
    const var& factor = check_var(t);
    return with_vectors(check_var(b), [&](const var& right) {
      return triangular_solved(factor, right, half, system.transposed);
    });
  });
}

var cholesky_solve(operand l, operand b) {
  return composed("cholesky_solve", {l, b}, [&] {
    l = l.sibling(b), b = b.sibling(l);
    const var& factor = check_var(l);
    return with_vectors(check_var(b), [&](const var& right) {
      return triangular_solved(factor, triangular_solved(factor, right, side::lower, false), side::lower,
                               true);
    });
  });
}

var cholesky_logdet(operand l) {
  return composed("cholesky_logdet", {l}, [&] {
    const var& factor = check_var(l);
    static_cast<void>(check_square(factor.shape()));
    return 2.0 * sum(log(diagonal(factor)), -1);
  });
}

}  // namespace reel
