// SPDX-License-Identifier: MIT
// The sizes of a tensor, outermost axis first (row-major). Every product of sizes in reel is taken
// here, once, and checked: a shape that exists can be addressed in any number type.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace reel {

using index_t = std::int64_t;

class shape {
 public:
  static constexpr std::size_t max_rank = 8;
  // Elements of up to 64 bytes stay addressable with a signed 64-bit offset.
  static constexpr index_t max_size = index_t{1} << 56;

  shape() = default;  // a scalar
  shape(std::initializer_list<index_t> sizes);
  explicit shape(std::span<const index_t> sizes);

  std::size_t rank() const noexcept { return rank_; }
  index_t size() const noexcept { return size_; }  // number of elements
  index_t operator[](std::size_t axis) const noexcept { return sizes_[axis]; }
  index_t back() const noexcept { return sizes_[rank_ - 1]; }
  bool is_scalar() const noexcept { return rank_ == 0; }

  const index_t* begin() const noexcept { return sizes_.data(); }
  const index_t* end() const noexcept { return sizes_.data() + rank_; }
  std::span<const index_t> sizes() const noexcept { return {sizes_.data(), rank_}; }

  // The same shape with one axis set to `size`, removed, or inserted before `axis`.
  shape with(std::size_t axis, index_t size) const;
  shape without(std::size_t axis) const;
  shape inserted(std::size_t axis, index_t size) const;

  // -1 is the last axis. Throws invalid_axis with the shape in the message.
  std::size_t axis(int axis) const;

  // Of the sizes in use, which are few: recording compares shapes all the time.
  bool operator==(const shape& other) const noexcept {
    if (rank_ != other.rank_) return false;
    for (std::size_t i = 0; i < rank_; ++i)
      if (sizes_[i] != other.sizes_[i]) return false;
    return true;
  }

 private:
  std::array<index_t, max_rank> sizes_{};
  std::size_t rank_ = 0;
  index_t size_ = 1;
};

std::string to_string(const shape& s);  // "[32x784]", "[]" for a scalar

// The shape both broadcast to (NumPy's rule: align at the last axis, 1 stretches).
// Throws shape_mismatch.
shape broadcast_shape(const shape& a, const shape& b);

// Whether `from` broadcasts to exactly `to`.
bool broadcasts_to(const shape& from, const shape& to) noexcept;

}  // namespace reel
