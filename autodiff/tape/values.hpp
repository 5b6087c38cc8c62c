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
  void release() noexcept;
  void forget_from(std::size_t node) noexcept;
  std::size_t bytes() const noexcept;

 private:
  struct chunk {
    std::unique_ptr<std::byte[]> memory;
    std::size_t size;
  };
  std::vector<void*> at_;
  std::vector<chunk> chunks_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace reel::detail
