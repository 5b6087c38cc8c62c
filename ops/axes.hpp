// SPDX-License-Identifier: MIT
// Axes as functions take them and ops keep them. Ops keep an axis counted from the last (−1 … −rank), so that
// leading axes may be added.
#pragma once

#include <reel/ops/reduce.hpp>

#include <vector>

namespace reel {

// An axis of s, counted from the last. Throws invalid_axis.
int from_last(const shape& s, int axis);
inline index_t size_along(const shape& s, int axis) { return s[s.axis(axis)]; }
// The axes of a reduction, counted from the last, each once. Throws invalid_axis.
std::vector<int> axes_of(const shape& s, const axis_list& axes);
// s with these axes of size 1, and without them.
shape with_ones(shape s, const std::vector<int>& axes);
shape without_axes(const shape& s, const std::vector<int>& axes);

// Refuses the first index outside 0 … size−1, naming its position.
void check_indices_below(in<index_t> indices, index_t size);

// x reduced along each of the axes, one after the other: f(v, axis) leaves the axis with size 1. All axes
// are reduced as one. Of no axes: every element by itself.
template <class F> var reduce_each(const var& x, const axis_list& axes, axis_mode mode, F f) {
  const shape s = x.shape();
  const std::vector<int> list = axes_of(s, axes);
  var y = x;
  if (axes.all) y = f(reshape(x, shape{s.size()}), -1);
  else if (list.empty()) y = f(reshape(x, shape{s.size(), 1}), -1);
  else
    for (const int a : list) y = f(y, a);
  return reshape(y, mode == keep ? with_ones(s, list) : without_axes(s, list));
}

}  // namespace reel
