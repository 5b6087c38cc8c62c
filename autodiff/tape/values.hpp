// SPDX-License-Identifier: MIT
// Computed values of a tape's nodes in one number type: a pointer per node into chunks of memory
// that are handed out front to back and dropped together.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace reel::detail {

class value_store {
 public:
  const void* get(std::size_t node) const noexcept { return node < at_.size() ? at_[node] : nullptr; }
  void set(std::size_t node, void* data);
  void* allocate(std::size_t bytes);
  void release() noexcept;  // of values and memory
  void reset() noexcept;    // of values; memory is kept for others
  void forget_from(std::size_t node) noexcept;
  std::size_t bytes() const noexcept;  // that values take
  std::size_t held() const noexcept;   // with what is kept for others

 private:
  struct chunk {
    std::unique_ptr<std::byte[]> memory;
    std::size_t size;
  };
  std::vector<void*> at_;
  void find_chunk(std::size_t bytes);

  std::vector<chunk> chunks_;
  std::size_t used_ = 0;  // chunks that hold values, the last of them in part
  std::byte* next_ = nullptr;
  std::size_t left_ = 0, taken_ = 0;
};

}  // namespace reel::detail
