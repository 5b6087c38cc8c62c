// SPDX-License-Identifier: MIT
// Reductions over axes. Sums run in a fixed tree of blocks: |error| ≤ (log2(n/16) + 16)·u·Σ|x|.
#pragma once

#include <reel/autodiff/structural.hpp>

#include <initializer_list>
#include <vector>

namespace reel {

// Which axes a reduction runs over: one, some, or all of them. Negative axes count from the last.
struct axis_list {
  axis_list() = default;  // all axes
  axis_list(int axis) : axes{axis}, all(false) {}
  axis_list(std::initializer_list<int> list) : axes(list), all(false) {}
  std::vector<int> axes;
  bool all = true;
};

// Whether reduced axes vanish or stay with size 1.
enum class axis_mode { drop, keep };
inline constexpr auto keep = axis_mode::keep;

var sum(operand x, const axis_list& axes = {}, axis_mode mode = axis_mode::drop);
var mean(operand x, const axis_list& axes = {}, axis_mode mode = axis_mode::drop);  // of nothing: refused
// At each element the sum of all others along an axis. Nothing is subtracted: a large element leaves the
// digits of the small ones' sum alone.
var sum_others(operand x, int axis = -1);
// The largest along one axis. The cotangent goes to the first maximum. Of nothing: refused.
var max(operand x, int axis, axis_mode mode = axis_mode::drop);
var max(operand x);
// The position of the first maximum along an axis, of kind index.
var argmax(operand x, int axis = -1);

}  // namespace reel
