// SPDX-License-Identifier: MIT
// Windows over the last axes of a tensor, as ops: what convolutions and pooling are made of.
#pragma once

#include <reel/autodiff/structural.hpp>

#include <array>

namespace reel {

// Up to three axes, each with the size of its windows, the distance between them and between their elements.
struct window_geometry {
  std::size_t axes = 0;
  std::array<index_t, 3> size{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1};
  // The numbers of lists that have one for each axis, or one for all.
  window_geometry(const std::vector<index_t>& sizes, const std::vector<index_t>& strides,
                  const std::vector<index_t>& dilations);
  index_t extent(std::size_t axis) const { return dilation[axis] * (size[axis] - 1) + 1; }
  shape windows_of(const shape& x) const;               // [… n] as [… size, count]
  std::array<index_t, 3> counts(const shape& x) const;  // windows along each axis
  bool operator==(const window_geometry&) const = default;
};

// One number for each axis: as they are, or one for all. Throws invalid_argument.
std::array<index_t, 3> per_axis(const char* what, const std::vector<index_t>& list, std::size_t axes,
                                index_t least);

var windows(const var& x, const window_geometry& g);
var fold(const var& x, const std::array<index_t, 3>& into, const window_geometry& g);

}  // namespace reel
