// SPDX-License-Identifier: MIT
#include <reel/autodiff/error.hpp>
#include <reel/autodiff/shape.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace reel {

shape::shape(std::initializer_list<index_t> sizes)
    : shape(std::span<const index_t>(sizes.begin(), sizes.size())) {}

shape::shape(std::span<const index_t> sizes) {
  if (sizes.size() > max_rank)
    throw error(errc::invalid_argument,
                fmt::format("a shape of {} axes; at most {} are supported. Merge axes with reshape.",
                            sizes.size(), max_rank));
  bool empty = false;
  for (const index_t n : sizes) {
    if (n < 0)
      throw error(errc::invalid_argument,
                  fmt::format("a size of {} on axis {}; sizes are 0 or more.", n, rank_));
    sizes_[rank_++] = n;
    empty = empty || n == 0;
  }
  for (const index_t n : sizes) {  // strides are products as well, so a 0 does not hide the others
    if (n == 0) continue;
    if (n > max_size / size_)
      throw error(errc::size_overflow,
                  fmt::format("the sizes of [{}] multiply to more than 2^56.", fmt::join(sizes, "x")));
    size_ *= n;
  }
  if (empty) size_ = 0;
}

shape shape::with(std::size_t axis, index_t size) const {
  auto sizes = sizes_;
  sizes[axis] = size;
  return shape(std::span<const index_t>(sizes.data(), rank_));
}

shape shape::without(std::size_t axis) const {
  std::array<index_t, max_rank> sizes{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < rank_; ++i)
    if (i != axis) sizes[n++] = sizes_[i];
  return shape(std::span<const index_t>(sizes.data(), n));
}

shape shape::inserted(std::size_t axis, index_t size) const {
  std::vector<index_t> sizes(begin(), end());
  sizes.insert(sizes.begin() + static_cast<std::ptrdiff_t>(axis), size);
  return shape(sizes);
}

std::size_t shape::axis(int axis) const {
  const auto rank = static_cast<int>(rank_);
  if (axis < -rank || axis >= rank)
    throw error(errc::invalid_axis, rank == 0 ? fmt::format("axis {} of a scalar, which has none.", axis)
                                              : fmt::format("axis {} of {}; it has axes {} to {}.", axis,
                                                            to_string(*this), -rank, rank - 1));
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

std::string to_string(const shape& s) { return fmt::format("[{}]", fmt::join(s.begin(), s.end(), "x")); }

shape broadcast_shape(const shape& a, const shape& b) {
  if (a == b) return a;
  std::array<index_t, shape::max_rank> sizes{};
  const std::size_t rank = std::max(a.rank(), b.rank());
  for (std::size_t i = 0; i < rank; ++i) {  // i counts from the last axis
    const index_t m = i < a.rank() ? a[a.rank() - 1 - i] : 1;
    const index_t n = i < b.rank() ? b[b.rank() - 1 - i] : 1;
    if (m != n && m != 1 && n != 1)
      throw error(errc::shape_mismatch,
                  fmt::format("{} and {}: sizes {} and {} do not broadcast. Only 1 stretches.", to_string(a),
                              to_string(b), m, n));
    sizes[rank - 1 - i] = m == 1 ? n : m;
  }
  return shape(std::span<const index_t>(sizes.data(), rank));
}

bool broadcasts_to(const shape& from, const shape& to) noexcept {
  if (from.rank() > to.rank()) return false;
  const std::size_t lead = to.rank() - from.rank();
  for (std::size_t i = 0; i < from.rank(); ++i)
    if (from[i] != to[lead + i] && from[i] != 1) return false;
  return true;
}

}  // namespace reel
