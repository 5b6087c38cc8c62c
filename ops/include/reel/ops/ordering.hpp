// SPDX-License-Identifier: MIT
// Order along an axis, which may be given with either sign. Equal elements keep their order, and so the first
// of them gets the cotangent where one is chosen. NaN counts as larger than +∞. Orders are computed in two
// buffers of each thread, as long as its longest row; they are allocated once.
#pragma once

#include <reel/ops/reduce.hpp>

namespace reel {

// Where the elements stand that are first, second, … in order, of kind index; stable in both directions.
var argsort(operand x, int axis = -1, bool descending = false);
var sort(operand x, int axis = -1, bool descending = false);

// The k largest along an axis, in descending order, and where they stand. Throws invalid_argument for more
// than there are.
struct top_k_result {
  var values, indices;
};
top_k_result top_k(operand x, index_t k, int axis = -1);

// The number below which a share q of the elements lies: at position q(n − 1) in order, from 0, and linear
// between neighbours. A row with a NaN gives NaN. Throws invalid_argument of nothing, and for q outside 0
// … 1.
var quantile(operand x, double q, int axis = -1, axis_mode mode = axis_mode::drop);
// Of an even number of elements the mean of the middle two.
var median(operand x, int axis = -1, axis_mode mode = axis_mode::drop);

// Sums and maxima of the slices of one segment: segments[i] says where slice i of x along an axis belongs.
// The result has `count` slices along the axis. The sum of an empty segment is 0 and its maximum −∞, without
// a cotangent; a maximum is the first of equal ones, or NaN if there is one. An index outside 0 … count−1 is
// refused with its position and value.
var segment_sum(operand x, operand segments, index_t count, int axis = 0);
var segment_max(operand x, operand segments, index_t count, int axis = 0);

}  // namespace reel
