// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/linalg/decompositions.hpp>
#include <reel/ops/rearrange.hpp>

#include "batches.hpp"
#include "parts.hpp"
#include "recorded.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace reel {

using namespace linalg;

namespace {

// Hestenes' one-sided Jacobi: columns of A (rows of g here) are rotated against each other until all are
// orthogonal; then A·V = U·Σ. Rows of v are columns of V.
template <class T> class rotations {
 public:
  // Of n rows and m columns, n ≥ m.
  rotations(const T* a, index_t n, index_t m) : n_(n), m_(m) {
    struct of_rotations {};
    g_ = workspace<T, of_rotations>(n * m + m * m + m);
    v_ = g_ + n * m, size_ = v_ + m * m;
    order_ = workspace<index_t, of_rotations>(m);
    scale_ = power_beside(a, n * m);
    for (index_t i = 0; i < n; ++i)
      for (index_t j = 0; j < m; ++j) g_[j * n + i] = a[i * m + j] / scale_;
    std::fill_n(v_, m * m, T(0));
    for (index_t j = 0; j < m; ++j) v_[j * m + j] = T(1);
    for (int sweep = 0; rotated_ && sweep < 60; ++sweep) {
      rotated_ = false;
      for (index_t p = 0; p < m; ++p)
        for (index_t q = p + 1; q < m; ++q) rotate(p, q);
    }
  }
  bool converged() const { return !rotated_; }

  // U [n, m], the singular values [m], V [m, m].
  void write(T* u, T* values, T* v) {
    for (index_t j = 0; j < m_; ++j) size_[j] = num::sqrt(dot(g_ + j * n_, g_ + j * n_));
    std::iota(order_, order_ + m_, index_t{0});
    std::sort(order_, order_ + m_,
              [&](index_t i, index_t j) { return size_[i] > size_[j] || (size_[i] == size_[j] && i < j); });
    for (index_t j = 0; j < m_; ++j) {
      const index_t from = order_[j];
      values[j] = size_[from] * scale_;
      T* const column = g_ + from * n_;
      if (size_[from] == T(0)) complete(u, j, column);
      else
        for (index_t i = 0; i < n_; ++i) column[i] = column[i] / size_[from];
      const bool turned = is_turned(v_ + from * m_, m_, 1);
      for (index_t i = 0; i < n_; ++i) u[i * m_ + j] = turned ? -column[i] : column[i];
      for (index_t i = 0; i < m_; ++i) v[i * m_ + j] = turned ? -v_[from * m_ + i] : v_[from * m_ + i];
    }
  }

 private:
  // Lanes side by side, which registers hold.
  T dot(const T* x, const T* y) const {
    constexpr index_t lanes = 8;
    std::array<T, lanes> sums{};
    T* const sum = sums.data();
    index_t i = 0;
    for (; i + lanes <= n_; i += lanes)
      for (index_t j = 0; j < lanes; ++j) sum[j] = sum[j] + x[i + j] * y[i + j];
    for (index_t j = 0; i + j < n_; ++j) sum[j] = sum[j] + x[i + j] * y[i + j];
    for (index_t half = lanes / 2; half > 0; half /= 2)
      for (index_t j = 0; j < half; ++j) sum[j] = sum[j] + sum[j + half];
    return sum[0];
  }
  void rotate(index_t p, index_t q) {
    T *const x = g_ + p * n_, *const y = g_ + q * n_;
    const T xx = dot(x, x), yy = dot(y, y), xy = dot(x, y);
    if (num::abs(xy) <= 2 * roundoff<T>() * num::sqrt(xx) * num::sqrt(yy)) return;
    const T zeta = (yy - xx) / (T(2) * xy);
    if (!num::isfinite(zeta)) return;  // one of them is nothing beside the other
    const T root = num::abs(zeta) + num::hypot(T(1), zeta);
    const T t = (zeta < T(0) ? T(-1) : T(1)) / root, c = T(1) / num::hypot(T(1), t), s = c * t;
    rotated_ = true;
    turn(x, y, n_, c, s), turn(v_ + p * m_, v_ + q * m_, m_, c, s);
  }
  static void turn(T* x, T* y, index_t n, const T& c, const T& s) {
    for (index_t i = 0; i < n; ++i) {
      const T old = x[i];
      x[i] = c * old - s * y[i];
      y[i] = s * old + c * y[i];
    }
  }
  // A column of length 1 that is orthogonal to the first `known` of u: what is left of a unit vector.
  void complete(const T* u, index_t known, T* column) const {
    index_t best = 0;
    T most(-1);
    for (index_t i = 0; i < n_; ++i) {
      T left(1);
      for (index_t j = 0; j < known; ++j) left = left - u[i * m_ + j] * u[i * m_ + j];
      if (left > most) most = left, best = i;
    }
    for (index_t i = 0; i < n_; ++i) column[i] = T(i == best ? 1 : 0);
    for (int twice = 0; twice < 2; ++twice)
      for (index_t j = 0; j < known; ++j) {
        T along(0);
        for (index_t i = 0; i < n_; ++i) along = along + u[i * m_ + j] * column[i];
        for (index_t i = 0; i < n_; ++i) column[i] = column[i] - along * u[i * m_ + j];
      }
    const T length = num::sqrt(dot(column, column));
    for (index_t i = 0; i < n_; ++i) column[i] = column[i] / length;
  }

  index_t n_, m_;
  T *g_, *v_, *size_, scale_;
  index_t* order_;
  bool rotated_ = true;
};

// Y = U above σ above V, for A with no more columns than rows. Townsend 2016, "Differentiating the singular
// value decomposition", with P and D half the sum and the difference of the antisymmetric parts of Uᵀ·Ū and
// Vᵀ·V̄, so that a loss of U·Vᵀ needs no gap between values:
//   Ā = (U·(Σ̄ + N) + (I − U·Uᵀ)·Ū·Σ⁻¹)·Vᵀ,   N_ij = P_ij/(σ_j − σ_i) + D_ij/(σ_j + σ_i)
struct svd_op {
  static constexpr auto name = "svd";
  shape infer(const shape& a) const {
    const index_t n = rows_of(check_matrices(a)), m = columns_of(a);
    if (n < m)
      throw error(errc::shape_mismatch,
                  to_string(a) + " has more columns than rows. Use svd(), which takes it.");
    return matrices(batch_of(a), n + 1 + m, m);
  }
  template <class T> void eval(out<T> y, in<T> a) const {
    if (y.size() == 0) return;
    const index_t n = rows_of(a.shape()), m = columns_of(a.shape()), size = (n + 1 + m) * m;
    const index_t count = y.size() / size;
    for (index_t b = 0; b < count; ++b) {
      const T* const from = a.data + b * n * m;
      T* const to = y.data + b * size;
      if (!all_finite(from, n * m)) {
        std::fill_n(to, size, not_a_number<T>());
        continue;
      }
      rotations<T> r(from, n, m);
      if (!r.converged())
        throw error(errc::invalid_argument,
                    "the singular values of matrix" + in_batch(b, count) + " do not converge.");
      r.write(to, to + n * m, to + (n + 1) * m);
    }
  }
  var vjp(var ybar, var y, var a) const {
    const index_t n = rows_of(a.shape()), m = columns_of(a.shape());
    const var values = row(y, n), sbar = row(ybar, n);
    const var u = where_distinct(rows(y, 0, n), values),
              v = where_distinct(rows(y, n + 1, n + 1 + m), values);
    const var ubar = rows(ybar, 0, n), vbar = rows(ybar, n + 1, n + 1 + m);
    const var ku = linalg::product(u, true, ubar, false), kv = linalg::product(v, true, vbar, false);
    const var between = gap_quotient(ku + kv, values, -1, false) + gap_quotient(ku - kv, values, -1, true);
    var left = linalg::product(u, false, between + diag(sbar), false);
    if (n > m) left = left + column_quotient(ubar - linalg::product(u, false, ku, false), values);
    return linalg::product(left, false, v, true);
  }
  bool operator==(const svd_op&) const = default;
};

}  // namespace

// Of more columns than rows by the transpose: Aᵀ = V·Σ·Uᵀ.
singular_values_and_vectors svd(operand a) {
  singular_values_and_vectors f;
  f.values = composed(svd_op::name, {a}, [&] {
    const var& x = check_var(a);
    const index_t n = rows_of(check_matrices(x.shape())), m = columns_of(x.shape());
    const index_t longer = std::max(n, m), shorter = std::min(n, m);
    const var y = apply(svd_op{}, n < m ? operand(transposed(x)) : a);
    f.u = rows(y, 0, longer), f.v = rows(y, longer + 1, longer + 1 + shorter);
    if (n < m) std::swap(f.u, f.v);
    return row(y, longer);
  });
  return f;
}

var svdvals(operand a) {
  return composed("svdvals", {a}, [&] { return svd(a).values; });
}

}  // namespace reel
