// SPDX-License-Identifier: MIT
#include "table_rows.hpp"

#include <cmath>
#include <iterator>

namespace reel {

namespace table {

// Steps of the golden ratio fill an interval evenly at every length.
sample_array spread(const shape& s, double low, double high, int salt) {
  sample_array a{s, {}, kind::real};
  double at = 0.137 * salt;
  for (index_t i = 0; i < s.size(); ++i) {
    at = std::fmod(at + 0.6180339887498949, 1.0);
    a.numbers.push_back(low + (2 * std::floor(at * (high - low) * 64) + 1) / 128);
  }
  return a;
}

std::vector<sample> each_size(std::initializer_list<range> inputs) {
  std::vector<sample> samples;
  for (const shape& s : {shape{}, shape{2}, shape{3}, shape{3, 7}}) {
    sample x;
    for (const range& r : inputs) x.push_back(spread(s, r.low, r.high, static_cast<int>(x.size())));
    samples.push_back(std::move(x));
  }
  return samples;
}

}  // namespace table

std::span<const op_row> op_table() {
  static const table::rows all = [] {
    table::rows rows;
    for (const auto family :
         {table::structural, table::arithmetic,     table::functions,   table::angles,
          table::elementary, table::rounding,       table::activations, table::select,
          table::movement,   table::rearrange,      table::cumulative,  table::reductions,
          table::ordering,   table::reduce,         table::matmul,      table::products,
          table::linalg,     table::decompositions, table::softmax,     table::cross_entropy,
          table::special,    table::bessel,         table::neural,      table::distributions}) {
      auto some = family();
      std::move(some.begin(), some.end(), std::back_inserter(rows));
    }
    return rows;
  }();
  return all;
}

}  // namespace reel
