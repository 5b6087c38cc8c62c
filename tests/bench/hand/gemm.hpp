// SPDX-License-Identifier: MIT
// Matrix products by a library, as the hand-written loops call them.
#pragma once

#include <cstddef>
#include <vector>

namespace bench {

// C[m,n] = α·A·B + β·C, row-major and contiguous, where A is a[m,k], or a[k,m] transposed, and
// likewise B.
struct product {
  std::size_t m, n, k;
  bool transpose_a, transpose_b;
  float alpha;
  const float* a;
  const float* b;
  float beta;
  float* c;
};

struct gemm_library {
  const char* name;
  void (*multiply)(const product& p);
};

// Those that were found when the benchmarks were built.
std::vector<gemm_library> gemm_libraries();

}  // namespace bench
