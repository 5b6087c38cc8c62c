// SPDX-License-Identifier: MIT
// The determinant, its cofactors and their derivative, none of which divides by a determinant: a singular
// matrix is nothing special to a polynomial.
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/elementwise.hpp>
#include <reel/ops/linalg/products.hpp>
#include <reel/ops/linalg/solve.hpp>
#include <reel/ops/reduce.hpp>

#include "batches.hpp"
#include "lu.hpp"

namespace reel {

using namespace linalg;

namespace {

// P·A·Q = L·D·W with the largest pivot of what is left: L and W have ones on their diagonals and no element
// above 1, so that only D tells how nearly singular A is.
template <class T> class diagonalized {
 public:
  diagonalized(const T* a, index_t size) : n_(size) {
    struct of_factors {};
    factors_ = workspace<T, of_factors>(n_ * n_ + 3 * n_);
    d_ = factors_ + n_ * n_, before_ = d_ + n_, after_ = before_ + n_;
    rows_ = workspace<index_t, of_factors>(2 * n_);
    columns_ = rows_ + n_;
    std::copy_n(a, n_ * n_, factors_);
    for (index_t i = 0; i < n_; ++i) rows_[i] = columns_[i] = i;
    for (index_t k = 0; k < n_; ++k) eliminate(k);
  }

  const T& d(index_t i) const { return d_[i]; }
  bool negative() const { return negative_; }

  // Into c: det(P)·det(Q)·Pᵀ·L⁻ᵀ·g·W⁻ᵀ·Qᵀ. It changes g.
  void leave(T* c, T* g) const {
    solve_in_place<T>({factors_, n_, side::lower, true, true}, g, n_, n_, n_);
    turn(g);
    solve_in_place<T>({factors_, n_, side::upper, false, true}, g, n_, n_, n_);
    for (index_t i = 0; i < n_; ++i)
      for (index_t j = 0; j < n_; ++j) {
        const T& v = g[j * n_ + i];
        c[rows_[i] * n_ + columns_[j]] = negative_ ? -v : v;
      }
  }
  // Into z: L⁻¹·P·x·Q·W⁻¹.
  void enter(T* z, const T* x) const {
    for (index_t i = 0; i < n_; ++i)
      for (index_t j = 0; j < n_; ++j) z[i * n_ + j] = x[rows_[i] * n_ + columns_[j]];
    solve_in_place<T>({factors_, n_, side::lower, false, true}, z, n_, n_, n_);
    turn(z);
    solve_in_place<T>({factors_, n_, side::upper, true, true}, z, n_, n_, n_);
    turn(z);
  }
  // f(i, j, Π d_k over all k but i and j) for i ≤ j.
  template <class F> void each_rest(F f) const {
    T run(1);
    for (index_t i = 0; i < n_; ++i) before_[i] = run, run = run * d_[i];
    run = T(1);
    for (index_t i = n_; i-- > 0;) after_[i] = run, run = run * d_[i];
    for (index_t i = 0; i < n_; ++i) {
      f(i, i, before_[i] * after_[i]);
      T between = before_[i];
      for (index_t j = i + 1; j < n_; ++j) {
        f(i, j, between * after_[j]);
        between = between * d_[j];
      }
    }
  }

 private:
  void eliminate(index_t k) {
    index_t row = k, column = k;
    for (index_t i = k; i < n_; ++i)
      for (index_t j = k; j < n_; ++j)
        if (magnitude(at(i, j)) > magnitude(at(row, column))) row = i, column = j;
    if (row != k) {
      std::swap_ranges(&at(k, 0), &at(k, 0) + n_, &at(row, 0));
      std::swap(rows_[k], rows_[row]), negative_ = !negative_;
    }
    if (column != k) {
      for (index_t i = 0; i < n_; ++i) std::swap(at(i, k), at(i, column));
      std::swap(columns_[k], columns_[column]), negative_ = !negative_;
    }
    const T pivot = d_[k] = at(k, k);
    if (pivot == T(0)) return;  // and so is all that is left
    for (index_t i = k + 1; i < n_; ++i) {
      const T ratio = at(i, k) = at(i, k) / pivot;
      for (index_t j = k + 1; j < n_; ++j) at(i, j) = at(i, j) - ratio * at(k, j);
    }
    for (index_t j = k + 1; j < n_; ++j) at(k, j) = at(k, j) / pivot;
  }
  T& at(index_t i, index_t j) { return factors_[i * n_ + j]; }
  void turn(T* x) const {
    for (index_t i = 0; i < n_; ++i)
      for (index_t j = 0; j < i; ++j) std::swap(x[i * n_ + j], x[j * n_ + i]);
  }

  index_t n_;
  T *factors_, *d_, *before_, *after_;
  index_t *rows_, *columns_;
  bool negative_ = false;
};

// Calls f(matrix of y, matrices of x…) for each matrix of a batch; matrices that are not finite give NaN.
template <class T, class F> void each_matrix(out<T> y, in<T> a, F f) {
  if (y.size() == 0) return;
  const index_t n = rows_of(a.shape()), size = n * n, count = batch_of(a.shape()).size();
  const index_t step = y.size() / count;
  for (index_t b = 0; b < count; ++b) {
    if (all_finite(a.data + b * size, size)) f(y.data + b * step, b * size, n);
    else std::fill_n(y.data + b * step, step, not_a_number<T>());
  }
}

// The derivative of the cofactors, H(A)[X] = d/dε cof(A + εX) at 0, symmetric: ⟨Y, H(A)[X]⟩ = ⟨X, H(A)[Y]⟩.
// By det(X·Y) = det X·det Y it is that of D: for P·A·Q = L·D·W and Z = L⁻¹·P·X·Q·W⁻¹
//   H(A)[X] = det(P)·det(Q)·Pᵀ·L⁻ᵀ·H(D)[Z]·W⁻ᵀ·Qᵀ,
//   H(D)[Z]_jj = Σ_{i≠j} π_ij Z_ii,   H(D)[Z]_ij = −π_ij Z_ji,   π_ij = Π_{k≠i,j} d_k.
// Linear in X: X̄ = H(A)[Ȳ]. In A, with M = A⁻¹X and N = A⁻¹Ȳ, ⟨Ȳ, H(A)[X]⟩ = det A·(tr M·tr N − tr MN), so
//   Ā = det A·A⁻ᵀ·Kᵀ,   K = (tr M·tr N − tr MN)·I − tr N·M − tr M·N + MN + NM,
// which is refused, by solve, where A is singular.
struct cofactor_derivative_op {
  static constexpr auto name = "cofactor_derivative";
  static constexpr bool analytic = true;
  shape infer(const shape& a, const shape& x) const { return same_shape(check_square(a), x); }
  template <class T> void eval(out<T> y, in<T> a, in<T> x) const {
    struct of_derivative {};
    each_matrix(y, a, [&](T* to, index_t at, index_t n) {
      T* const z = workspace<T, of_derivative>(2 * n * n);
      T* const h = z + n * n;
      const diagonalized<T> f(a.data + at, n);
      f.enter(z, x.data + at);
      std::fill_n(h, n * n, T(0));
      f.each_rest([&](index_t i, index_t j, const T& rest) {
        if (i == j) return;
        h[j * n + j] = h[j * n + j] + rest * z[i * n + i];
        h[i * n + i] = h[i * n + i] + rest * z[j * n + j];
        h[i * n + j] = -(rest * z[j * n + i]);
        h[j * n + i] = -(rest * z[i * n + j]);
      });
      f.leave(to, h);
    });
  }
  std::array<var, 2> vjp(var ybar, var, var a, var x) const;
  bool operator==(const cofactor_derivative_op&) const = default;
};

// C = cof A, the derivative of the determinant: C = det(A)·A⁻ᵀ where A has an inverse. With P·A·Q = L·D·W
//   C = det(P)·det(Q)·Pᵀ·L⁻ᵀ·cof(D)·W⁻ᵀ·Qᵀ,   cof(D)_ii = Π_{k≠i} d_k,   and   Ā = H(A)[C̄].
struct cofactor_op {
  static constexpr auto name = "cofactor";
  static constexpr bool analytic = true;
  shape infer(const shape& a) const { return check_square(a); }
  template <class T> void eval(out<T> c, in<T> a) const {
    struct of_cofactor {};
    each_matrix(c, a, [&](T* to, index_t at, index_t n) {
      T* const g = workspace<T, of_cofactor>(n * n);
      const diagonalized<T> f(a.data + at, n);
      std::fill_n(g, n * n, T(0));
      f.each_rest([&](index_t i, index_t j, const T& rest) {
        if (i == j) g[i * n + i] = rest;
      });
      f.leave(to, g);
    });
  }
  var vjp(var cbar, var, var a) const { return apply(cofactor_derivative_op{}, a, cbar); }
  bool operator==(const cofactor_op&) const = default;
};

// y = det A:  dy = ⟨cof A, dA⟩ (Jacobi), hence   Ā = ȳ·cof A
struct det_op {
  static constexpr auto name = "det";
  static constexpr bool analytic = true;
  shape infer(const shape& a) const { return batch_of(check_square(a)); }
  template <class T> void eval(out<T> y, in<T> a) const {
    struct of_det {};
    each_matrix(y, a, [&](T* to, index_t at, index_t n) {
      T* const lu = workspace<T, of_det>(n * n);
      index_t* const rows = workspace<index_t, of_det>(n);
      std::copy_n(a.data + at, n * n, lu);
      factor_lu(lu, n, rows);
      long_product<T> product;
      for (index_t i = 0; i < n; ++i) product.by(rows[i] == i ? lu[i * n + i] : -lu[i * n + i]);
      *to = product.value() + T(0);  // no −0
    });
  }
  var vjp(var ybar, var, var a) const {
    return scale_cotangent(broadcast_to(per_matrix(ybar), a.shape()), apply(cofactor_op{}, a));
  }
  std::vector<identity> identities(const applied_vjp& r) const {  // of degree n
    const shape& s = r.x[0].shape();
    return {{"<A, Abar> = n y ybar",
             sum(r.x[0] * r.xbar[0]) - static_cast<double>(s.back()) * sum(r.y * r.ybar)}};
  }
  bool operator==(const det_op&) const = default;
};

std::array<var, 2> cofactor_derivative_op::vjp(var ybar, var, var a, var x) const {
  const auto tr = [](const var& v) { return per_matrix(trace(v)); };
  const var m = solved(a, x, false), n = solved(a, ybar, false);
  const var mn = linalg::product(m, false, n, false), nm = linalg::product(n, false, m, false);
  const var k =
      (tr(m) * tr(n) - tr(mn)) * constant_like(a, eye(rows_of(a.shape()))) - tr(n) * m - tr(m) * n + mn + nm;
  return {per_matrix(det(a)) * solved(a, transposed(k), true), apply(*this, a, ybar)};
}

}  // namespace

var linalg::cofactors(const var& a) { return apply(cofactor_op{}, a); }
var linalg::cofactor_derivative(const var& a, const var& x) { return apply(cofactor_derivative_op{}, a, x); }

var det(operand a) { return apply(det_op{}, a); }

}  // namespace reel
