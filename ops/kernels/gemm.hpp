// SPDX-License-Identifier: MIT
// C = op(A)·op(B) for row-major matrices; op transposes where asked. No allocation.
#pragma once

#include <reel/autodiff/number.hpp>

namespace reel::kernels {

struct gemm_shape {
  bool transpose_a, transpose_b;
  index_t m, n, k;  // C is m×n, the inner size is k
};

template <class T> void gemm(const gemm_shape& s, const T* a, const T* b, T* c);

extern template void gemm<float>(const gemm_shape&, const float*, const float*, float*);
extern template void gemm<double>(const gemm_shape&, const double*, const double*, double*);
extern template void gemm<real50>(const gemm_shape&, const real50*, const real50*, real50*);
extern template void gemm<complex>(const gemm_shape&, const complex*, const complex*, complex*);

}  // namespace reel::kernels
