// SPDX-License-Identifier: MIT
// Memory for numbers: on cache lines, and touched, so that no run meets a page fault.
#pragma once

#include <reel/autodiff/array.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

namespace reel::detail {

struct aligned_delete {
  void operator()(std::byte* p) const noexcept { ::operator delete[](p, std::align_val_t{64}); }
};
using aligned_bytes = std::unique_ptr<std::byte[], aligned_delete>;

inline aligned_bytes allocate(std::size_t bytes) {
  check_memory(bytes);
  const std::size_t n = std::max<std::size_t>(bytes, 64);
  aligned_bytes p(static_cast<std::byte*>(::operator new[](n, std::align_val_t{64})));
  std::memset(p.get(), 0, n);
  return p;
}

}  // namespace reel::detail
