// SPDX-License-Identifier: MIT
// The families of the op table, and how its numbers are written.
#pragma once

#include <reel/ops/table.hpp>

#include <limits>

namespace reel::table {

using rows = std::vector<op_row>;
using vars = std::span<const var>;

rows structural();
rows arithmetic();
rows functions();
rows angles();
rows elementary();
rows rounding();
rows activations();
rows select();
rows movement();
rows rearrange();
rows cumulative();
rows reductions();
rows ordering();
rows reduce();
rows matmul();
rows products();
rows linalg();
rows decompositions();
rows softmax();
rows cross_entropy();
rows special();
rows bessel();
rows neural();
rows distributions();

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double huge = 0x1.cp127;  // near the largest float

using list = std::vector<double>;
inline sample_array real(const shape& s, list numbers) { return {s, std::move(numbers), kind::real}; }
inline sample_array real(list numbers) {
  const auto n = static_cast<index_t>(numbers.size());
  return {{n}, std::move(numbers), kind::real};
}
inline sample_array index(const shape& s, list numbers) { return {s, std::move(numbers), kind::index}; }
inline sample_array boolean(const shape& s, list numbers) { return {s, std::move(numbers), kind::boolean}; }

// Numbers scattered over low … high: odd multiples of 1/128, hence exact in float, never 0 and, with
// another `salt`, other numbers.
sample_array spread(const shape& s, double low, double high, int salt = 0);

struct range {
  double low, high;
};
// Samples of an elementwise op on arrays of one shape: a scalar, sizes 2, 3 and 21.
std::vector<sample> each_size(std::initializer_list<range> inputs);

}  // namespace reel::table
