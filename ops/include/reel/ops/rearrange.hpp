// SPDX-License-Identifier: MIT
// More movement of elements. Axes may be given with either sign. Unless a comment says so, any kind moves.
#pragma once

#include <reel/ops/reduce.hpp>

#include <optional>
#include <vector>

namespace reel {

// Without axes of size 1: all of them, or those named, which must have size 1.
var squeeze(operand x, const axis_list& axes = {});
// With a new axis of size 1, at that position of the result.
var expand_dims(operand x, int axis);

// Every step-th element along an axis, as x[begin:end:step] in Python: negative positions count from the end,
// and a position left out (std::nullopt) is the end of the axis it comes from or goes to. A negative step
// goes backwards from `begin` and stops before `end`. Positions outside the axis are refused, unlike in
// Python.
var slice(operand x, int axis, std::optional<index_t> begin, std::optional<index_t> end, index_t step);
// x with step − 1 zeros between neighbours along an axis: of reals.
var dilate(operand x, int axis, index_t step);
// Elements in opposite order along these axes, or along all.
var flip(operand x, const axis_list& axes = {});
// Element i moves to i + shift along an axis, and around its ends. Any shift is taken modulo the size.
var roll(operand x, index_t shift, int axis = -1);
// x `times[i]` times in a row along each axis. The last of `times` belongs to the last axis. Missing ones are
// 1, and more of them than axes make new leading axes.
var tile(operand x, const std::vector<index_t>& times);
// Each element `times` times in a row along an axis.
var repeat(operand x, index_t times, int axis = -1);
// x cut along an axis: into equal parts, and into parts of these sizes. Together they must be the axis.
std::vector<var> split(operand x, index_t parts, int axis = 0);
std::vector<var> split_with_sizes(operand x, const std::vector<index_t>& sizes, int axis = 0);

// The elements of x at `indices` along an axis. The shapes agree beside it: y[i][j] = x[i][indices[i][j]] for
// the last axis of a matrix. An index outside the axis is refused with its position and value.
var take_along_axis(operand x, operand indices, int axis = -1);
// Its adjoint: the elements of x added into zeros, `size` long along the axis, at `indices` of x's shape.
// Of reals.
var add_along_axis(operand x, operand indices, index_t size, int axis = -1);
// x with its slices at `indices` along an axis replaced by `updates`, which broadcast to the shape that
// gather(x, indices, axis) has. The last of equal indices wins, in value and cotangent.
var scatter(operand x, operand indices, operand updates, int axis = 0);

// Of the matrices in the last two axes the diagonal, which becomes the last axis: its elements are x[i][i +
// offset].
var diagonal(operand x, index_t offset = 0);
// Its adjoint: square matrices with x's last axis on that diagonal and zeros elsewhere. Of reals.
var diag(operand x, index_t offset = 0);
// Of the matrices in the last two axes the elements on and below a diagonal, or on and above it; 0 elsewhere.
var tril(operand x, index_t offset = 0);
var triu(operand x, index_t offset = 0);

}  // namespace reel
