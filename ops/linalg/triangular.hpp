// SPDX-License-Identifier: MIT
// Triangular systems in memory. For bodies of ops.
#pragma once

#include "product.hpp"
#include "recorded.hpp"

#include <algorithm>

namespace reel::linalg {

// A triangular matrix in memory, and how it is read.
template <class T> struct triangular {
  const T* data;
  index_t row;  // numbers from a row to the next
  side half;
  bool transposed, unit = false;  // with ones on its diagonal, whatever is there

  const T& at(index_t i, index_t k) const { return transposed ? data[k * row + i] : data[i * row + k]; }
  bool is_lower() const { return (half == side::lower) != transposed; }
};

// X = T⁻¹·X of n rows and m columns, in blocks of rows: what earlier blocks give is one product.
template <class T> void solve_in_place(const triangular<T>& t, T* x, index_t n, index_t m, index_t x_row) {
  const auto from_earlier = [&](index_t first, index_t end, index_t done, index_t count) {
    subtract_product<T>({.transpose_a = t.transposed,
                         .transpose_b = false,
                         .m = end - first,
                         .n = m,
                         .k = count,
                         .a_row = t.row,
                         .b_row = x_row,
                         .c_row = x_row},
                        &t.at(first, done), x + done * x_row, x + first * x_row);
  };
  const auto row = [&](index_t i, index_t first, index_t end) {
    T* const to = x + i * x_row;
    for (index_t k = first; k < end; ++k) {
      const T factor = t.at(i, k);
      const T* const from = x + k * x_row;
      for (index_t j = 0; j < m; ++j) to[j] = to[j] - factor * from[j];
    }
    if (t.unit) return;
    const T pivot = t.at(i, i);
    for (index_t j = 0; j < m; ++j) to[j] = to[j] / pivot;
  };
  const index_t block = std::min(block_size<T>, std::max<index_t>(n, 1));
  if (t.is_lower())
    for (index_t first = 0; first < n; first += block) {
      const index_t end = std::min(first + block, n);
      if (first > 0) from_earlier(first, end, 0, first);
      for (index_t i = first; i < end; ++i) row(i, first, i);
    }
  else
    for (index_t end = n; end > 0; end = std::max<index_t>(end - block, 0)) {
      const index_t first = std::max<index_t>(end - block, 0);
      if (end < n) from_earlier(first, end, end, n - end);
      for (index_t i = end; i-- > first;) row(i, i + 1, end);
    }
}

}  // namespace reel::linalg
