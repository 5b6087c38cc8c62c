// SPDX-License-Identifier: MIT
#include "axes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel {

int from_last(const shape& s, int axis) {
  return static_cast<int>(s.axis(axis)) - static_cast<int>(s.rank());
}

std::vector<int> axes_of(const shape& s, const axis_list& axes) {
  std::vector<int> list;
  if (axes.all)
    for (int a = -static_cast<int>(s.rank()); a < 0; ++a) list.push_back(a);
  for (const int a : axes.axes) {
    list.push_back(from_last(s, a));
    if (std::count(list.begin(), list.end(), list.back()) > 1)
      throw error(errc::invalid_axis, fmt::format("axis {} of {} is named twice.", a, to_string(s)));
  }
  return list;
}

shape with_ones(shape s, const std::vector<int>& axes) {
  for (const int a : axes) s = s.with(s.axis(a), 1);
  return s;
}

shape without_axes(const shape& s, const std::vector<int>& axes) {
  std::vector<index_t> sizes;
  for (std::size_t i = 0; i < s.rank(); ++i)
    if (std::ranges::find(axes, static_cast<int>(i) - static_cast<int>(s.rank())) == axes.end())
      sizes.push_back(s[i]);
  return shape(sizes);
}

void check_indices_below(in<index_t> indices, index_t size) {
  for (index_t i = 0; i < indices.size(); ++i)
    if (indices[i] < 0 || indices[i] >= size)
      throw error(errc::invalid_label,
                  size == 0
                      ? fmt::format("index {} at position {} of an empty axis.", indices[i], i)
                      : fmt::format("index {} at position {} is outside 0 … {}.", indices[i], i, size - 1));
}

}  // namespace reel
