// SPDX-License-Identifier: MIT
// Chosen rows of an array: a row is what one index of the first axis holds.
#pragma once

#include <reel/autodiff/array.hpp>

#include <algorithm>
#include <span>

namespace reel::optim {

// Copies rows of `from` into the rows of `to`. Indices must lie in from's first axis, and `to` must
// have the shape of `from` with the first size indices.size().
template <class T> void copy_rows(const array<T>& from, std::span<const index_t> indices, array<T>& to) {
  const std::size_t row = to.size() / std::max<std::size_t>(indices.size(), 1);
  T* next = to.data();
  for (const index_t i : indices)
    next = std::copy_n(from.data() + static_cast<std::size_t>(i) * row, row, next);
}

// Throws invalid_argument unless every index lies in 0 … n−1.
void check_rows(std::span<const index_t> indices, index_t n);

// The rows of `from` at these indices, in their order; an index may occur more than once.
// Throws invalid_argument where an index is outside, or `from` is a scalar.
template <class T> array<T> rows(const array<T>& from, std::span<const index_t> indices) {
  const shape all = shape_of(from);
  check_rows(indices, all.is_scalar() ? 0 : all[0]);
  auto to = make_array<T>(all.with(0, static_cast<index_t>(indices.size())));
  copy_rows(from, indices, to);
  return to;
}

}  // namespace reel::optim
