// SPDX-License-Identifier: MIT
#include "symmetric.hpp"

// The bits of results must not depend on the host's caches.
#define EIGEN_NO_CPUID
#define EIGEN_MPL2_ONLY
#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Eigenvalues>

namespace reel::linalg {

namespace {

template <class T> bool solve(const T* a, std::int64_t n, T* values, T* vectors) {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;  // columns lie in memory: our rows
  const Eigen::Map<const matrix> turned(a, n, n);
  const Eigen::SelfAdjointEigenSolver<matrix> found(turned.transpose());
  if (found.info() != Eigen::Success) return false;
  Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, 1>>(values, n) = found.eigenvalues();
  Eigen::Map<matrix>(vectors, n, n) = found.eigenvectors();
  return true;
}

}  // namespace

bool symmetric_eigen(const float* a, std::int64_t n, float* values, float* vectors) {
  return solve(a, n, values, vectors);
}
bool symmetric_eigen(const double* a, std::int64_t n, double* values, double* vectors) {
  return solve(a, n, values, vectors);
}

}  // namespace reel::linalg
