// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/linalg/decompositions.hpp>
#include <reel/ops/rearrange.hpp>

#include "batches.hpp"
#include "parts.hpp"
#include "product.hpp"
#include "recorded.hpp"

#include <algorithm>

namespace reel {

using namespace linalg;

namespace {

// Householder's reflections of an n by m matrix, n ≥ m, row by row.
template <class T> class reflections {
 public:
  reflections(const T* a, index_t n, index_t m) : n_(n), m_(m) {
    struct of_reflections {};
    w_ = workspace<T, of_reflections>(2 * n * m + 2 * m);
    v_ = w_ + n * m, beta_ = v_ + n * m, sums_ = beta_ + m;
    scale_ = power_beside(a, n * m);
    for (index_t i = 0; i < n * m; ++i) w_[i] = a[i] / scale_;
    for (index_t k = 0; k < m; ++k) reflect(k);
  }
  // Q [n, m] and R [m, m], whose diagonal is not negative.
  void write(T* q, T* r) const {
    for (index_t i = 0; i < m_; ++i)
      for (index_t j = 0; j < m_; ++j) {
        const T x = j < i ? T(0) : w_[i * m_ + j] * scale_;
        r[i * m_ + j] = is_negative(i) && j >= i ? -x : x;
      }
    std::fill_n(q, n_ * m_, T(0));
    for (index_t i = 0; i < m_; ++i) q[i * m_ + i] = T(1);
    for (index_t k = m_; k-- > 0;) apply(k, q, k);
    for (index_t i = 0; i < n_; ++i)
      for (index_t j = 0; j < m_; ++j)
        if (is_negative(j)) q[i * m_ + j] = -q[i * m_ + j];
  }

 private:
  bool is_negative(index_t k) const { return w_[k * m_ + k] < T(0); }

  // v and β with (I − β v vᵀ)·(column k below row k) = (α, 0, …). v is scaled to the size of 1.
  void reflect(index_t k) {
    T largest(0);
    for (index_t i = k; i < n_; ++i) largest = std::max(largest, num::abs(w_[i * m_ + k]));
    beta_[k] = T(0);
    if (largest == T(0)) return;
    T square(0);
    for (index_t i = k; i < n_; ++i) {
      const T x = w_[i * m_ + k] / largest;
      v_[i * m_ + k] = x;
      square = square + x * x;
    }
    const T norm = num::sqrt(square), head = v_[k * m_ + k];
    beta_[k] = T(1) / (norm * (norm + num::abs(head)));
    v_[k * m_ + k] = head < T(0) ? head - norm : head + norm;
    apply(k, w_, k + 1);
    w_[k * m_ + k] = head < T(0) ? norm * largest : -(norm * largest);
  }
  // (I − β v vᵀ)·x for the columns of x from `first` on.
  void apply(index_t k, T* x, index_t first) const {
    if (beta_[k] == T(0) || first >= m_) return;
    std::fill_n(sums_, m_, T(0));
    for (index_t i = k; i < n_; ++i)
      for (index_t j = first; j < m_; ++j) sums_[j] = sums_[j] + v_[i * m_ + k] * x[i * m_ + j];
    for (index_t i = k; i < n_; ++i) {
      const T factor = beta_[k] * v_[i * m_ + k];
      for (index_t j = first; j < m_; ++j) x[i * m_ + j] = x[i * m_ + j] - factor * sums_[j];
    }
  }

  index_t n_, m_;
  T *w_, *v_, *beta_, *sums_, scale_;
};

// Y = Q above R, for A with no more columns than rows. Walter & Lehmann (arXiv 1001.1654), reverse mode of
// the QR decomposition: with M = R·R̄ᵀ − Q̄ᵀ·Q and S(M) the lower triangle of M, mirrored at the diagonal,
//   Ā = (Q̄ + Q·S(M))·R⁻ᵀ
struct qr_op {
  static constexpr auto name = "qr";
  shape infer(const shape& a) const {
    const index_t n = rows_of(check_matrices(a)), m = columns_of(a);
    if (n < m)
      throw error(errc::shape_mismatch,
                  to_string(a) + " has more columns than rows. Use qr(), which takes it.");
    return matrices(batch_of(a), n + m, m);
  }
  template <class T> void eval(out<T> y, in<T> a) const {
    const index_t n = rows_of(a.shape()), m = columns_of(a.shape());
    for (index_t b = 0; b * (n + m) * m < y.size(); ++b) {
      const T* const from = a.data + b * n * m;
      T* const to = y.data + b * (n + m) * m;
      if (all_finite(from, n * m)) reflections<T>(from, n, m).write(to, to + n * m);
      else std::fill_n(to, (n + m) * m, not_a_number<T>());
    }
  }
  var vjp(var ybar, var y, var a) const {
    const index_t n = rows_of(a.shape()), m = columns_of(a.shape());
    const var q = rows(y, 0, n), r = rows(y, n, n + m), qbar = rows(ybar, 0, n), rbar = rows(ybar, n, n + m);
    const var k = linalg::product(r, false, rbar, true) - linalg::product(qbar, true, q, false);
    const var mirrored = tril(k) + transposed(tril(k, -1));
    const var z = qbar + linalg::product(q, false, mirrored, false);
    return transposed(triangular_solved(r, transposed(z), side::upper, false));
  }
  bool operator==(const qr_op&) const = default;
};

}  // namespace

// Of more columns than rows (Roberts & Roberts 2020, arXiv 2009.10071): A = [X Z], X = Q·U, R = [U Qᵀ·Z].
orthogonal_triangular qr(operand a) {
  orthogonal_triangular f;
  f.r = composed(qr_op::name, {a}, [&] {
    const var& x = check_var(a);
    const index_t n = rows_of(check_matrices(x.shape())), m = columns_of(x.shape()), k = std::min(n, m);
    const var y = apply(qr_op{}, n < m ? operand(slice(x, -1, 0, n)) : a);
    f.q = rows(y, 0, n);
    const var r = rows(y, n, n + k);
    return n < m ? concat({r, linalg::product(f.q, true, slice(x, -1, n, m), false)}, -1) : r;
  });
  return f;
}

}  // namespace reel
