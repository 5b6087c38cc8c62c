// SPDX-License-Identifier: MIT
// float and double go to CBLAS where there is one, in blocks that OpenBLAS runs on the calling
// thread: above m·n·k = 2^18 it would wake its pool, whose size is the host's affair and whose
// partition of the work must not decide our bits. Everything else takes the portable loop.
#include "gemm.hpp"

#include <algorithm>

#ifdef REEL_HAVE_CBLAS
#include <cblas.h>
#endif

namespace reel::kernels {

namespace {

// Loop order i, p, j: the inner loop runs along rows of B and C.
template <class T> void portable(const gemm_shape& s, const T* a, const T* b, T* c) {
  const index_t a_row = s.transpose_a ? 1 : s.k, a_col = s.transpose_a ? s.m : 1;
  const index_t b_row = s.transpose_b ? 1 : s.n, b_col = s.transpose_b ? s.k : 1;
  std::fill_n(c, s.m * s.n, T(0));
  for (index_t i = 0; i < s.m; ++i)
    for (index_t p = 0; p < s.k; ++p) {
      const T x = a[i * a_row + p * a_col];
      for (index_t j = 0; j < s.n; ++j) c[i * s.n + j] = c[i * s.n + j] + x * b[p * b_row + j * b_col];
    }
}

#ifdef REEL_HAVE_CBLAS

constexpr index_t serial_limit = index_t{1} << 18;
constexpr index_t square_block = 64;  // 64³ = 2^18

void call(const gemm_shape& s, index_t m, index_t n, index_t k, const float* a, index_t lda, const float* b,
          index_t ldb, bool add, float* c, index_t ldc) {
  cblas_sgemm(CblasRowMajor, s.transpose_a ? CblasTrans : CblasNoTrans,
              s.transpose_b ? CblasTrans : CblasNoTrans, static_cast<int>(m), static_cast<int>(n),
              static_cast<int>(k), 1.0F, a, static_cast<int>(lda), b, static_cast<int>(ldb),
              add ? 1.0F : 0.0F, c, static_cast<int>(ldc));
}
void call(const gemm_shape& s, index_t m, index_t n, index_t k, const double* a, index_t lda, const double* b,
          index_t ldb, bool add, double* c, index_t ldc) {
  cblas_dgemm(CblasRowMajor, s.transpose_a ? CblasTrans : CblasNoTrans,
              s.transpose_b ? CblasTrans : CblasNoTrans, static_cast<int>(m), static_cast<int>(n),
              static_cast<int>(k), 1.0, a, static_cast<int>(lda), b, static_cast<int>(ldb), add ? 1.0 : 0.0,
              c, static_cast<int>(ldc));
}

// Block sizes with product ≤ serial_limit: whole rows of the smaller sizes first.
struct blocks {
  index_t m, n, k;
  explicit blocks(const gemm_shape& s) : m(s.m), n(s.n), k(s.k) {
    n = std::min(n, square_block * 4);
    k = std::min(k, std::max(square_block, serial_limit / (n * std::min(m, square_block))));
    m = std::min(m, std::max(index_t{1}, serial_limit / (n * k)));
  }
};

template <class T> void blocked(const gemm_shape& s, const T* a, const T* b, T* c) {
  const index_t lda = s.transpose_a ? s.m : s.k, ldb = s.transpose_b ? s.k : s.n, ldc = s.n;
  const blocks step(s);
  for (index_t i = 0; i < s.m; i += step.m)
    for (index_t j = 0; j < s.n; j += step.n)
      for (index_t p = 0; p < s.k; p += step.k)
        call(s, std::min(step.m, s.m - i), std::min(step.n, s.n - j), std::min(step.k, s.k - p),
             a + (s.transpose_a ? p * lda + i : i * lda + p), lda,
             b + (s.transpose_b ? j * ldb + p : p * ldb + j), ldb, p > 0, c + i * ldc + j, ldc);
}

#endif

}  // namespace

template <class T> void gemm(const gemm_shape& s, const T* a, const T* b, T* c) {
  if (s.m == 0 || s.n == 0) return;
  if (s.k == 0) return void(std::fill_n(c, s.m * s.n, T(0)));
#ifdef REEL_HAVE_CBLAS
  constexpr index_t int_limit = std::numeric_limits<int>::max();
  if constexpr (std::floating_point<T>) {
    if (std::max({s.m, s.n, s.k}) <= int_limit) return blocked(s, a, b, c);
  }
#endif
  portable(s, a, b, c);
}

template void gemm<float>(const gemm_shape&, const float*, const float*, float*);
template void gemm<double>(const gemm_shape&, const double*, const double*, double*);
template void gemm<real50>(const gemm_shape&, const real50*, const real50*, real50*);
template void gemm<complex>(const gemm_shape&, const complex*, const complex*, complex*);

}  // namespace reel::kernels
