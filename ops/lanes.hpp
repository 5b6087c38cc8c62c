// SPDX-License-Identifier: MIT
// Long sums and products in lanes that advance side by side. For bodies of ops.
#pragma once

#include <reel/autodiff/loops.hpp>

namespace reel {

// combine over f(i), first ≤ i < last, from `start` on: 16 lanes, folded in a tree.
template <class T, class F, class C> T fold_lanes(index_t first, index_t last, T start, F f, C combine) {
  constexpr index_t lanes = 16;
  std::array<T, lanes> all;
  T* const lane = all.data();
  std::fill_n(lane, lanes, start);
  index_t i = first;
  for (; i + lanes <= last; i += lanes)
    for (index_t j = 0; j < lanes; ++j) lane[j] = combine(lane[j], f(i + j));
  for (index_t j = 0; i + j < last; ++j) lane[j] = combine(lane[j], f(i + j));
  for (index_t half = lanes / 2; half > 0; half /= 2)
    for (index_t j = 0; j < half; ++j) lane[j] = combine(lane[j], lane[j + half]);
  return lane[0];
}

// Σ f(i), i < n, in blocks of 8 numbers per lane that are folded pairwise: |error| ≤ (log2(n/128) +
// 12)·u·Σ|f|.
template <class T, class F> T sum_in_lanes(index_t n, F f) {
  constexpr index_t block = 128;
  const auto part = [&](index_t from) {
    return fold_lanes(from, std::min(from + block, n), T(0), f,
                      [](const T& a, const T& b) { return T(a + b); });
  };
  if (n <= block) return part(0);
  loops::pairwise<T, 1> total(1);
  for (index_t i = 0; i < n; i += block) {
    const T sum = part(i);
    total.add(&sum);
  }
  T sum;
  total.finish(&sum);
  return sum;
}

}  // namespace reel
