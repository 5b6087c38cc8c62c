// SPDX-License-Identifier: MIT
#include "tape/values.hpp"

#include <reel/autodiff/array.hpp>

#include <algorithm>
#include <cstdint>

namespace reel::detail {

namespace {
constexpr std::size_t first_chunk = std::size_t{1} << 12;
constexpr std::size_t last_chunk = std::size_t{1} << 22;
constexpr std::size_t line = 64;
}  // namespace

void value_store::set(std::size_t node, void* data) {
  if (node >= at_.size())
    at_.resize(std::max(node + 1, std::min(at_.size() * 2, at_.size() + (std::size_t{1} << 20))));
  at_[node] = data;
}

// Large values start on a cache line; small ones are packed, so that scalar graphs stay small.
void* value_store::allocate(std::size_t bytes) {
  const std::size_t align = bytes >= line ? line : 16;
  std::size_t skip = (align - reinterpret_cast<std::uintptr_t>(next_) % align) % align;
  if (next_ == nullptr || left_ < skip + bytes) {
    find_chunk(bytes + line);
    skip = (align - reinterpret_cast<std::uintptr_t>(next_) % align) % align;
  }
  std::byte* const p = next_ + skip;
  next_ = p + bytes;
  left_ -= skip + bytes;
  taken_ += skip + bytes;
  return p;
}

// The next chunk that is large enough, of those that were kept or a new one.
void value_store::find_chunk(std::size_t bytes) {
  while (used_ < chunks_.size() && chunks_[used_].size < bytes) ++used_;
  if (used_ == chunks_.size()) {
    const std::size_t grown = chunks_.empty() ? first_chunk : std::min(chunks_.back().size * 2, last_chunk);
    const std::size_t size = std::max(grown, bytes);
    check_memory(held() + size);
    // new[] without () leaves the memory uninitialised, which is all eval needs
    chunks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[size]), size});
  }
  next_ = chunks_[used_].memory.get();
  left_ = chunks_[used_++].size;
}

void value_store::release() noexcept {
  reset();
  chunks_.clear();
}

void value_store::reset() noexcept {
  at_.clear();
  used_ = 0;
  next_ = nullptr;
  left_ = taken_ = 0;
}

void value_store::forget_from(std::size_t node) noexcept {
  if (node < at_.size()) at_.resize(node);
}

std::size_t value_store::bytes() const noexcept { return at_.size() * sizeof(void*) + taken_; }

std::size_t value_store::held() const noexcept {
  std::size_t total = at_.capacity() * sizeof(void*);
  for (const auto& c : chunks_) total += c.size;
  return total;
}

}  // namespace reel::detail
