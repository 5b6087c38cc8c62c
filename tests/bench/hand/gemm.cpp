// SPDX-License-Identifier: MIT
#include "gemm.hpp"

#ifdef REEL_BENCH_CBLAS
#include <cblas.h>
#endif
#ifdef REEL_BENCH_ONEDNN
#include <dnnl.h>
#endif

namespace bench {

namespace {

#ifdef REEL_BENCH_CBLAS
void by_cblas(const product& p) {
  const auto m = static_cast<int>(p.m), n = static_cast<int>(p.n), k = static_cast<int>(p.k);
  cblas_sgemm(CblasRowMajor, p.transpose_a ? CblasTrans : CblasNoTrans,
              p.transpose_b ? CblasTrans : CblasNoTrans, m, n, k, p.alpha, p.a, p.transpose_a ? m : k, p.b,
              p.transpose_b ? k : n, p.beta, p.c, n);
}
#endif

#ifdef REEL_BENCH_ONEDNN
void by_onednn(const product& p) {
  const auto m = static_cast<dnnl_dim_t>(p.m), n = static_cast<dnnl_dim_t>(p.n),
             k = static_cast<dnnl_dim_t>(p.k);
  dnnl_sgemm(p.transpose_a ? 'T' : 'N', p.transpose_b ? 'T' : 'N', m, n, k, p.alpha, p.a,
             p.transpose_a ? m : k, p.b, p.transpose_b ? k : n, p.beta, p.c, n);
}
#endif

}  // namespace

std::vector<gemm_library> gemm_libraries() {
  std::vector<gemm_library> found;
#ifdef REEL_BENCH_CBLAS
  found.push_back({"OpenBLAS calls", by_cblas});
#endif
#ifdef REEL_BENCH_ONEDNN
  found.push_back({"oneDNN calls", by_onednn});
#endif
  return found;
}

}  // namespace bench
