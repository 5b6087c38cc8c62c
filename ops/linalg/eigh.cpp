// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/linalg/decompositions.hpp>
#include <reel/ops/rearrange.hpp>

#include "batches.hpp"
#include "parts.hpp"
#include "recorded.hpp"
#include "symmetric.hpp"

#include <algorithm>
#include <numeric>

namespace reel {

namespace linalg {
namespace {

// Jacobi's rotations, of which few are needed for many digits: each sweep squares what is left beside the
// diagonal. Changes a; eigenvectors are the rows of v.
template <class T> bool jacobi(T* a, index_t n, T* values, T* v) {
  std::fill_n(v, n * n, T(0));
  for (index_t i = 0; i < n; ++i) v[i * n + i] = T(1);
  const T small = largest_of(a, n * n) * roundoff<T>() * T(0x1p-10);
  bool rotated = true;
  for (int sweep = 0; rotated && sweep < 60; ++sweep) {
    rotated = false;
    for (index_t p = 0; p < n; ++p)
      for (index_t q = p + 1; q < n; ++q) {
        const T off = a[p * n + q];
        if (num::abs(off) <= small) continue;
        rotated = true;
        const T zeta = (a[q * n + q] - a[p * n + p]) / (T(2) * off);
        const T root = num::abs(zeta) + num::hypot(T(1), zeta);
        const T t = (zeta < T(0) ? T(-1) : T(1)) / root, c = T(1) / num::hypot(T(1), t), s = c * t;
        const auto turn = [&](T& x, T& y) {
          const T old = x;
          x = c * old - s * y, y = s * old + c * y;
        };
        const T p_p = a[p * n + p] - t * off, q_q = a[q * n + q] + t * off;
        for (index_t k = 0; k < n; ++k) turn(a[k * n + p], a[k * n + q]);
        for (index_t k = 0; k < n; ++k) turn(a[p * n + k], a[q * n + k]), turn(v[p * n + k], v[q * n + k]);
        a[p * n + p] = p_p, a[q * n + q] = q_q, a[p * n + q] = a[q * n + p] = T(0);
      }
  }
  for (index_t i = 0; i < n; ++i) values[i] = a[i * n + i];
  return !rotated;
}

// Up to this size rotations are as fast as a tridiagonal form, and more accurate on graded matrices.
constexpr index_t most_rotated = 12;

// Eigenvalues in any order, and eigenvectors as rows. Changes a.
template <class T> bool eigenvectors(T* a, index_t n, T* values, T* vectors) {
  const T scale = power_beside(a, n * n);
  for (index_t i = 0; i < n * n; ++i) a[i] = a[i] / scale;
  bool found = false;
  if constexpr (std::floating_point<T>)
    found = n > most_rotated ? symmetric_eigen(a, n, values, vectors) : jacobi(a, n, values, vectors);
  else found = jacobi(a, n, values, vectors);
  for (index_t i = 0; i < n; ++i) values[i] = values[i] * scale;
  return found;
}

}  // namespace
}  // namespace linalg

using namespace linalg;

namespace {

// Y = the eigenvalues λ above the eigenvectors V. With A·V = V·Λ and dV = V·Ω (Giles 2008, 3.1),
//   dλ_i = (Vᵀ·dA·V)_ii,   Ω_ij = (Vᵀ·dA·V)_ij/(λ_j − λ_i),
// of a symmetric dA. Hence   Ā = V·(Λ̄ + E)·Vᵀ,   E_ij = ½(K_ij − K_ji)/(λ_j − λ_i),   K = Vᵀ·V̄.
struct eigh_op {
  static constexpr auto name = "eigh";
  shape infer(const shape& a) const {
    const index_t n = rows_of(check_square(a));
    return matrices(batch_of(a), n + 1, n);
  }
  template <class T> void eval(out<T> y, in<T> a) const {
    if (y.size() == 0) return;
    struct of_eigh {};
    const index_t n = rows_of(a.shape()), size = n * n, count = a.size() / size;
    T* const s = workspace<T, of_eigh>(2 * size + n);
    for (index_t b = 0; b < count; ++b) {
      const T* const from = a.data + b * size;
      T* const to = y.data + b * (size + n);
      if (!all_finite(from, size)) {
        std::fill_n(to, size + n, not_a_number<T>());
        continue;
      }
      for (index_t i = 0; i < n; ++i)
        for (index_t j = 0; j < n; ++j) s[i * n + j] = T(0.5) * from[i * n + j] + T(0.5) * from[j * n + i];
      if (!eigenvectors(s, n, s + 2 * size, s + size))
        throw error(errc::invalid_argument,
                    "the eigenvalues of matrix" + in_batch(b, count) + " do not converge.");
      write(to, s + 2 * size, s + size, n);
    }
  }
  // Ascending.
  template <class T> static void write(T* to, const T* values, const T* vectors, index_t n) {
    struct of_order {};
    index_t* const order = workspace<index_t, of_order>(n);
    std::iota(order, order + n, index_t{0});
    std::sort(order, order + n, [&](index_t i, index_t j) {
      return values[i] < values[j] || (values[i] == values[j] && i < j);
    });
    for (index_t j = 0; j < n; ++j) {
      to[j] = values[order[j]];
      const T* const v = vectors + order[j] * n;
      const bool flip = is_turned(v, n, 1);
      for (index_t i = 0; i < n; ++i) to[(i + 1) * n + j] = flip ? -v[i] : v[i];
    }
  }
  var vjp(var ybar, var y, var a) const {
    const index_t n = rows_of(a.shape());
    const var values = row(y, 0), lbar = row(ybar, 0), vbar = rows(ybar, 1, n + 1);
    const var v = where_distinct(rows(y, 1, n + 1), values);
    const var e = gap_quotient(linalg::product(v, true, vbar, false), values, -1, false);
    return linalg::product(linalg::product(v, false, e + diag(lbar), false), false, v, true);
  }
  std::vector<identity> identities(const applied_vjp& r) const {
    return {{"Abar = Abar^T", r.xbar[0] - transposed(r.xbar[0])}};
  }
  bool operator==(const eigh_op&) const = default;
};

}  // namespace

eigenvalues_and_vectors eigh(operand a) {
  eigenvalues_and_vectors e;
  e.vectors = composed(eigh_op::name, {a}, [&] {
    const var y = apply(eigh_op{}, a);
    e.values = row(y, 0);
    return rows(y, 1, rows_of(y.shape()));
  });
  return e;
}

var eigvalsh(operand a) {
  return composed("eigvalsh", {a}, [&] { return row(apply(eigh_op{}, a), 0); });
}

}  // namespace reel
