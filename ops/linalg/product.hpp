// SPDX-License-Identifier: MIT
// Products of matrices in memory, in every number type: reel's kernels for float and double, plain loops
// elsewhere. For bodies of ops.
#pragma once

#include <reel/autodiff/kernels.hpp>
#include <reel/autodiff/number.hpp>

#include <span>
#include <vector>

namespace reel::linalg {

// For number types without a kernel: c_ij = next(c_ij, dot), where dot(x) is x + Σ_p a_ip b_pj from first to
// last.
template <class T, class Next>
void portable_gemm(const kernels::gemm_shape& s, const T* a, const T* b, T* c, Next next) {
  const index_t a_row = s.transpose_a ? 1 : s.a_row, a_col = s.transpose_a ? s.a_row : 1;
  const index_t b_row = s.transpose_b ? 1 : s.b_row, b_col = s.transpose_b ? s.b_row : 1;
  for (index_t i = 0; i < s.m; ++i, c += s.c_row)
    for (index_t j = 0; j < s.n; ++j)
      c[j] = next(c[j], [&](T sum) {
        for (index_t p = 0; p < s.k; ++p) sum = sum + a[i * a_row + p * a_col] * b[p * b_row + j * b_col];
        return sum;
      });
}

// C = op(A)·op(B)
template <class T> void product(const kernels::gemm_shape& s, const T* a, const T* b, T* c) {
  if constexpr (std::floating_point<T>) kernels::active<T>().gemm(s, a, b, c, false);
  else portable_gemm(s, a, b, c, [](const T&, auto dot) { return dot(T(0)); });
}

// Memory of this thread, one block per purpose; it grows to the largest size that was asked for.
template <class T, class Purpose> T* workspace(index_t size) {
  static thread_local std::vector<T> memory;
  if (static_cast<index_t>(memory.size()) < size) memory.resize(static_cast<std::size_t>(size));
  return memory.data();
}

// C −= op(A)·op(B). Rows of all three are given.
template <class T> void subtract_product(const kernels::gemm_shape& s, const T* a, const T* b, T* c) {
  if (s.m == 0 || s.n == 0 || s.k == 0) return;
  if constexpr (std::floating_point<T>) {
    struct subtracted {};
    T* const w = workspace<T, subtracted>(s.m * s.n);
    kernels::gemm_shape dense = s;
    dense.c_row = s.n;
    kernels::active<T>().gemm(dense, a, b, w, false);
    for (index_t i = 0; i < s.m; ++i)
      for (index_t j = 0; j < s.n; ++j) c[i * s.c_row + j] = c[i * s.c_row + j] - w[i * s.n + j];
  } else {
    portable_gemm(s, a, b, c, [](const T& start, auto dot) { return start - dot(T(0)); });
  }
}

// Rows and columns of a block: what kernels multiply, beside what a plain loop does faster or alone.
template <class T> constexpr index_t block_size = std::floating_point<T> ? 48 : index_t{1} << 40;

template <class T> bool all_finite(const T* x, index_t n) {
  if constexpr (std::floating_point<T>) return kernels::active<T>().finite(x, n);
  else {
    for (index_t i = 0; i < n; ++i)
      if (!num::isfinite(x[i])) return false;
    return true;
  }
}

// What sizes are compared by: |x|, of complex numbers |re| + |im|.
template <real_number T> T magnitude(const T& x) { return num::abs(x); }
inline double magnitude(const complex& x) { return num::abs(x.real()) + num::abs(x.imag()); }

template <class T> T not_a_number() { return T(std::numeric_limits<double>::quiet_NaN()); }

}  // namespace reel::linalg
