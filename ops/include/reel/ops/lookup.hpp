// SPDX-License-Identifier: MIT
// Slices at positions that the numbers tell, not the program. Indices outside an axis are refused with their
// position and value; nothing is clamped.
#pragma once

#include <reel/autodiff/structural.hpp>

#include <optional>

namespace reel {

// Elements start ≤ i < start + size along an axis. `start` is a scalar of kind index.
var dynamic_slice(operand x, operand start, index_t size, int axis = 0);
// x with its elements from `start` on along an axis replaced by those of `update`, which has x's other sizes.
var dynamic_update(operand x, operand start, operand update, int axis = 0);

// The rows of a table at these indices: shape of the indices, then that of a row. An index equal to
// `padding`, which may lie outside the table, gives zeros and no cotangent.
var embedding(operand table, operand indices, std::optional<index_t> padding = std::nullopt);

// The larger of x's slices and those of `updates` at `indices` along an axis. The shapes are those of
// scatter, with indices of one axis. Of equal ones x comes first, then the first update. NaN if one is.
var scatter_max(operand x, operand indices, operand updates, int axis = 0);

}  // namespace reel
