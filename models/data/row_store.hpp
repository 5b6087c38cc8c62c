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
      if (used_ == size_of_last_) add_block();
      const std::size_t n = std::min(row.size(), size_of_last_ - used_);
      std::copy_n(row.data(), n, blocks_.back().get() + used_);
      used_ += n;
      row = row.subspan(n);
    }
  }

  // The numbers as an array [rows x columns], of as many as there are; empties the store.
  array<double> take(index_t rows, index_t columns) {
    auto all = make_array<double>({rows, columns});
    double* to = all.data();
    std::size_t size = smallest_block;
    for (auto& block : blocks_) {
      const std::size_t n = std::min(size, static_cast<std::size_t>(all.data() + all.size() - to));
      to = std::copy_n(block.get(), n, to);
      block.reset();
      size = next_size(size);
    }
    blocks_.clear();
    used_ = size_of_last_ = 0;
    return all;
  }

 private:
  // From 64 KiB, doubling, to a little more than the 32 MiB beyond which every allocator gives memory
  // back to the system at once.
  static constexpr std::size_t smallest_block = std::size_t{1} << 13;
  static constexpr std::size_t largest_block = (std::size_t{1} << 22) + (std::size_t{1} << 13);
  static std::size_t next_size(std::size_t size) { return std::min(2 * size, largest_block); }

  void add_block() {
    const std::size_t size = blocks_.empty() ? smallest_block : next_size(size_of_last_);
    blocks_.push_back(std::make_unique_for_overwrite<double[]>(size));
    size_of_last_ = size;
    used_ = 0;
  }

  std::vector<std::unique_ptr<double[]>> blocks_;
  std::size_t size_of_last_ = 0, used_ = 0;  // of the last block
};

}  // namespace reel::detail
