// SPDX-License-Identifier: MIT
// Columns that number the rows of a table, as data frames write them beside the data.
#pragma once

#include <reel/models/dataset.hpp>

#include <span>
#include <vector>

namespace reel::detail {

// Which features go up by 1 from row to row, watched while the rows are read.
class row_number_watch {
 public:
  row_number_watch() = default;
  explicit row_number_watch(std::size_t features) : features_(features) {}

  // The next row of the file, whether it is kept or dropped.
  void next(std::span<const double> row);
  // Whether the feature has counted in all rows, and there were enough of them.
  bool counts(std::size_t feature) const;

 private:
  struct counter {
    std::size_t feature;
    double first;
  };
  std::size_t features_ = 0, rows_ = 0;
  std::vector<counter> counters_;  // features that have counted so far
};

// Whether a feature is a different whole number in every row, as the numbers of shuffled rows are, and is
// called "column N", because it has no name, or what such numbers are usually called.
bool are_row_numbers(const dataset& data, std::size_t feature);

}  // namespace reel::detail
