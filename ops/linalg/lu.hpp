// SPDX-License-Identifier: MIT
// Gaussian elimination in memory. For bodies of ops.
#pragma once

#include "triangular.hpp"

#include <cmath>
#include <utility>

namespace reel::linalg {

// P·A = L·U in the place of A, with the largest pivot of each column; rows[i] is the row that row i was
// exchanged with. By blocks of columns: what the columns before a block give is one product. The result is
// the first pivot that is 0, or n.
template <class T> index_t factor_lu(T* a, index_t n, index_t* rows) {
  const index_t block = std::min(block_size<T>, std::max<index_t>(n, 1));
  index_t singular = n;
  for (index_t first = 0; first < n; first += block) {
    const index_t end = std::min(first + block, n);
    solve_in_place<T>({a, n, side::lower, false, true}, a + first, first, end - first, n);
    subtract_product<T>({.transpose_a = false,
                         .transpose_b = false,
                         .m = n - first,
                         .n = end - first,
                         .k = first,
                         .a_row = n,
                         .b_row = n,
                         .c_row = n},
                        a + first * n, a + first, a + first * n + first);
    for (index_t c = first; c < end; ++c) {
      index_t best = c;
      for (index_t i = c + 1; i < n; ++i)
        if (magnitude(a[i * n + c]) > magnitude(a[best * n + c])) best = i;
      rows[c] = best;
      if (best != c) std::swap_ranges(a + c * n, a + (c + 1) * n, a + best * n);
      const T pivot = a[c * n + c];
      if (pivot == T(0)) {
        singular = std::min(singular, c);
        continue;
      }
      for (index_t i = c + 1; i < n; ++i) {
        T* const row = a + i * n;
        row[c] = row[c] / pivot;
        const T ratio = row[c];
        for (index_t j = c + 1; j < end; ++j) row[j] = row[j] - ratio * a[c * n + j];
      }
    }
  }
  return singular;
}

// A product that may leave the range of T on its way and come back.
template <class T> class long_product {
 public:
  void by(const T& x) {
    mantissa_ = mantissa_ * x;
    if constexpr (std::floating_point<T>) normalize();
  }
  T value() const {
    if constexpr (std::floating_point<T>) return std::ldexp(mantissa_, static_cast<int>(exponent_));
    else return mantissa_;
  }

 private:
  void normalize() {
    if (mantissa_ == 0 || !num::isfinite(mantissa_)) return;
    int e = 0;
    mantissa_ = std::frexp(mantissa_, &e);
    exponent_ = std::clamp<index_t>(exponent_ + e, -1000000, 1000000);
  }
  T mantissa_ = T(1);
  index_t exponent_ = 0;
};

}  // namespace reel::linalg
