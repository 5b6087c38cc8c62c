// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/linalg/solve.hpp>
#include <reel/ops/reduce.hpp>

#include "batches.hpp"
#include "lu.hpp"

#include <fmt/format.h>

namespace reel {

using namespace linalg;

namespace {

// The factors of one matrix, in the memory of this thread.
template <class T> struct factored {
  T* lu;
  index_t* rows;
  index_t n, singular;

  factored(const T* a, index_t size) : n(size) {
    struct of_lu {};
    lu = workspace<T, of_lu>(n * n);
    rows = workspace<index_t, of_lu>(n);
    std::copy_n(a, n * n, lu);
    singular = factor_lu(lu, n, rows);
  }
  void solve(T* x, index_t m, bool transposed) const {
    const triangular<T> l{lu, n, side::lower, transposed, true}, u{lu, n, side::upper, transposed};
    const auto exchange = [&](index_t i) {
      if (rows[i] != i) std::swap_ranges(x + i * m, x + (i + 1) * m, x + rows[i] * m);
    };
    if (!transposed) {
      for (index_t i = 0; i < n; ++i) exchange(i);
      solve_in_place(l, x, n, m, m), solve_in_place(u, x, n, m, m);
    } else {
      solve_in_place(u, x, n, m, m), solve_in_place(l, x, n, m, m);
      for (index_t i = n; i-- > 0;) exchange(i);
    }
  }
};

// X = A⁻¹·B, or A⁻ᵀ·B. Giles 2008, 2.2.3, for a system: of A·X = B,
//   dX = A⁻¹(dB − dA·X), hence   B̄ = A⁻ᵀ·X̄,   Ā = −B̄·Xᵀ;
// and of Aᵀ·X = B   B̄ = A⁻¹·X̄,   Ā = −X·B̄ᵀ.
struct solve_op {
  static constexpr auto name = "solve";
  static constexpr bool analytic = true;
  bool transposed = false;

  shape infer(const shape& a, const shape& b) const {
    const index_t n = rows_of(check_square(a));
    if (rows_of(check_matrices(b)) != n)
      throw error(errc::shape_mismatch,
                  fmt::format("{} and a right-hand side {}: {} unknowns and {} equations.", to_string(a),
                              to_string(b), n, rows_of(b)));
    return matrices(broadcast_shape(batch_of(a), batch_of(b)), n, columns_of(b));
  }
  template <class T> void eval(out<T> x, in<T> a, in<T> b) const {
    if (x.size() == 0) return;
    const index_t n = rows_of(b.shape()), m = columns_of(b.shape());
    const batch_pair pair(a.shape(), b.shape());
    pair.each([&](index_t i, index_t from_a, index_t from_b) {
      T* const to = x.data + i * n * m;
      if (!all_finite(a.data + from_a, n * n)) return void(std::fill_n(to, n * m, not_a_number<T>()));
      const factored<T> f(a.data + from_a, n);
      if (f.singular < n)
        throw error(
            errc::invalid_argument,
            fmt::format("matrix{} is singular: pivot {} is 0. For a least-squares solution see lstsq.",
                        in_batch(i, pair.all().size()), f.singular));
      std::copy_n(b.data + from_b, n * m, to);
      f.solve(to, m, transposed);
    });
  }
  std::array<var, 2> vjp(var xbar, var x, var a, var b) const {
    const var full = apply(solve_op{!transposed}, a, xbar);
    const var abar =
        transposed ? linalg::product(x, false, full, true) : linalg::product(full, false, x, true);
    return {-summed_to(abar, a.shape()), summed_to(full, b.shape())};
  }
  std::vector<identity> identities(const applied_vjp& r) const {  // linear in B, and X(cA) = X(A)/c
    const var y = sum(r.y * r.ybar);
    return {{"<B, Bbar> = <X, Xbar>", sum(r.x[1] * r.xbar[1]) - y},
            {"<A, Abar> = -<X, Xbar>", sum(r.x[0] * r.xbar[0]) + y}};
  }
  bool operator==(const solve_op&) const = default;
};

// y = (sign, ln|det A|): of det A, d ln|det A| = tr(A⁻¹·dA) (Giles 2008, 2.2.4), hence   Ā = ȳ·A⁻ᵀ,
// which a singular matrix does not have. The sign is constant. In complex numbers the logarithm goes on from
// the real axis: of ±det A, with the sign of each pivot's real part.
struct slogdet_op {
  static constexpr auto name = "slogdet";
  static constexpr bool analytic = true;
  shape infer(const shape& a) const {
    const shape batch = batch_of(check_square(a));
    return batch.inserted(batch.rank(), 2);
  }
  template <class T> void eval(out<T> y, in<T> a) const {
    const index_t n = rows_of(a.shape());
    for (index_t b = 0; 2 * b < y.size(); ++b) {
      const T* const from = a.data + b * n * n;
      T sign(1), logarithm(0);
      if (!all_finite(from, n * n)) {
        y[2 * b] = y[2 * b + 1] = not_a_number<T>();
        continue;
      }
      const factored<T> f(from, n);
      if (f.singular < n) sign = T(0), logarithm = -num::infinity<T>();
      for (index_t i = 0; i < n && f.singular == n; ++i) {
        const T& pivot = f.lu[i * n + i];
        const bool negative = num::real_part(pivot) < num::real_part(T(0));
        if (negative != (f.rows[i] != i)) sign = -sign;
        logarithm = logarithm + num::log(negative ? -pivot : pivot);
      }
      y[2 * b] = sign, y[2 * b + 1] = logarithm;
    }
  }
  var vjp(var ybar, var, var a) const {
    const var scale = per_matrix(reshape(slice(ybar, -1, 1, 2), batch_of(a.shape())));
    return solved(a, scale * constant_like(a, eye(rows_of(a.shape()))), true);
  }
  bool operator==(const slogdet_op&) const = default;
};

var solved_for(const var& b, const auto& solve) {
  if (b.rank() != 1) return solve(b);
  const var x = solve(reshape(b, {-1, 1}));
  return reshape(x, x.shape().without(x.rank() - 1));
}

}  // namespace

var linalg::solved(const var& a, const var& b, bool transposed) { return apply(solve_op{transposed}, a, b); }

var solve(operand a, operand b) {
  return composed(solve_op::name, {a, b}, [&] {
    a = a.sibling(b), b = b.sibling(a);
    const var& matrix = check_var(a);
    return solved_for(check_var(b), [&](const var& right) { return solved(matrix, right, false); });
  });
}

var inverse(operand a) {
  return composed("inverse", {a}, [&] {
    const var& matrix = check_var(a);
    return solved(matrix, constant_like(matrix, eye(rows_of(check_square(matrix.shape())))), false);
  });
}

sign_and_logarithm slogdet(operand a) {
  sign_and_logarithm s;
  s.logabsdet = composed(slogdet_op::name, {a}, [&] {
    const var y = apply(slogdet_op{}, a);
    const shape batch = y.shape().without(y.rank() - 1);
    s.sign = reshape(slice(y, -1, 0, 1), batch);
    return reshape(slice(y, -1, 1, 2), batch);
  });
  return s;
}

}  // namespace reel
