// SPDX-License-Identifier: MIT
// Samples of elementwise ops that take long in 50 digits.
#pragma once

#include "table_rows.hpp"

namespace reel::table {

// As each_size, of a scalar and a matrix of four.
inline std::vector<sample> few_sizes(std::initializer_list<range> inputs) {
  std::vector<sample> samples;
  for (const shape& s : {shape{}, shape{2, 2}}) {
    sample x;
    for (const range& r : inputs) x.push_back(spread(s, r.low, r.high, static_cast<int>(x.size())));
    samples.push_back(std::move(x));
  }
  return samples;
}

}  // namespace reel::table
