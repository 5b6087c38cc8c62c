// SPDX-License-Identifier: MIT
// Finds equal things by their hashes, in constant time each. Among very many of one hash, which are not
// equal, it looks at the first few alone: what is merged is then less than all, but never wrong.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace reel::detail {

class hash_index {
 public:
  // For at most n things.
  explicit hash_index(std::size_t n) : slots_(std::bit_ceil(2 * n + 1)) {}

  // The thing known by this hash for which equal(thing) holds. Where there is none, `mine` is known from now
  // on, and returned.
  template <class Equal> std::uint32_t find_or_add(std::size_t hash, std::uint32_t mine, Equal equal) {
    const std::size_t mask = slots_.size() - 1;
    hash = (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15u;
    const auto tag = static_cast<std::uint32_t>(hash);
    std::size_t at = (hash >> 32) & mask;
    for (int looks = 0; slots_[at].thing != 0; at = (at + 1) & mask) {
      if (slots_[at].tag != tag) continue;
      if (equal(slots_[at].thing - 1)) return slots_[at].thing - 1;
      if (++looks == most_looks) return mine;
    }
    slots_[at] = {tag, mine + 1};
    return mine;
  }

 private:
  static constexpr int most_looks = 32;
  struct slot {
    std::uint32_t tag = 0, thing = 0;  // 0: empty, else one more than the thing
  };
  std::vector<slot> slots_;
};

}  // namespace reel::detail
