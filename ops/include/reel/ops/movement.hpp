// SPDX-License-Identifier: MIT
// Ops that move or pick elements. (reshape, broadcast_to, concat, slice and pad are in autodiff.)
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

// Axes reordered: axis i of the result is axis order[i] of x.
var permute(operand x, std::initializer_list<int> order);
var transpose(operand x);  // axes reversed; a matrix's transpose

// Slices of x at `indices` along an axis: shape of x with the axis replaced by the shape of indices.
// An index outside the axis is refused with its position and value.
var gather(operand x, operand indices, int axis = 0);
// Its adjoint: slices of x added into zeros, `size` long along the axis, at `indices`.
var scatter_add(operand x, operand indices, index_t size, int axis = 0);

// Rows of the identity: 1 at the label, 0 elsewhere, along a new last axis. Labels outside
// 0 … classes−1 are refused.
var one_hot(operand labels, index_t classes);

}  // namespace reel
