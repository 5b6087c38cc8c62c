// SPDX-License-Identifier: MIT
// What was measured, as tables of ratios, as JSON, and as a plot of time against size.
#pragma once

#include "measure.hpp"

#include <span>

namespace bench {

struct entry_time {
  std::string name;
  maker by;
  timing time;
  double libm = 0;  // libm_ratio of a run; 0 where it was not measured
};

struct measured {
  std::string workload;
  std::size_t size;
  std::string number;
  std::vector<entry_time> entries;  // the first is what the others are compared with
};

// One table for the rows of one workload: microseconds, and behind them how many times as long the
// first contender took. The best by hand has a column of its own where there are several. The last column
// tells how many times as long the caller's own log and sin take after a run of reel, the worst of its
// contenders.
std::string to_table(std::span<const measured> rows);

// A list of {workload, size, threads, number, implementation, median_us, libm_ratio}, the last of reel alone.
std::string to_json(std::span<const measured> rows);

// An SVG picture with one log-log diagram for every workload that was measured at several sizes.
std::string to_svg(std::span<const measured> rows);

}  // namespace bench
