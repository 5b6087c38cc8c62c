// SPDX-License-Identifier: MIT
// The symmetric eigenproblem of float and double, by Eigen, which no other file includes.
#pragma once

#include <cstdint>

namespace reel::linalg {

// Ascending eigenvalues of a symmetric n by n matrix, of which the lower triangle is read, and eigenvectors
// as the rows of another. False where it does not converge.
bool symmetric_eigen(const float* a, std::int64_t n, float* values, float* vectors);
bool symmetric_eigen(const double* a, std::int64_t n, double* values, double* vectors);

}  // namespace reel::linalg
