// SPDX-License-Identifier: MIT
// Rows of numbers whose count is not known yet, in blocks that are freed as they go into the array:
// the peak is little more than the array itself.
#pragma once

#include <reel/autodiff/array.hpp>

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

namespace reel::detail {

class row_store {
 public:
  void push(std::span<const double> row) {
    while (!row.empty()) {
      if (used_ == block) {
        blocks_.push_back(std::make_unique_for_overwrite<double[]>(block));
        used_ = 0;
      }
      const std::size_t n = std::min(row.size(), block - used_);
      std::copy_n(row.data(), n, blocks_.back().get() + used_);
      used_ += n;
      row = row.subspan(n);
    }
  }

  // The numbers as an array [rows x columns], of as many as there are; empties the store.
  array<double> take(index_t rows, index_t columns) {
    auto all = make_array<double>({rows, columns});
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const std::size_t n = std::min(block, all.size() - i * block);
      std::copy_n(blocks_[i].get(), n, all.data() + i * block);
      blocks_[i].reset();
    }
    blocks_.clear();
    used_ = block;
    return all;
  }

 private:
  static constexpr std::size_t block = std::size_t{1} << 17;
  std::vector<std::unique_ptr<double[]>> blocks_;
  std::size_t used_ = block;  // of the last block
};

}  // namespace reel::detail
