// SPDX-License-Identifier: MIT
// Numbers as unsigned integers in the same order, which sort fast and stably. For bodies of ops.
#pragma once

#include <reel/autodiff/op.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace reel {

// ±0 are equal, and a NaN is above +∞, whatever its sign.
inline std::uint32_t order_key(float x) {
  if (num::isnan(x)) return ~std::uint32_t{0};
  const auto bits = std::bit_cast<std::uint32_t>(x == 0 ? 0.0F : x);
  return bits >> 31 ? ~bits : bits | std::uint32_t{1} << 31;
}
inline std::uint64_t order_key(double x) {
  if (num::isnan(x)) return ~std::uint64_t{0};
  const auto bits = std::bit_cast<std::uint64_t>(x == 0 ? 0.0 : x);
  return bits >> 63 ? ~bits : bits | std::uint64_t{1} << 63;
}
inline std::uint64_t order_key(const complex& x) { return order_key(x.real()); }
inline std::uint64_t order_key(index_t x) { return static_cast<std::uint64_t>(x) ^ std::uint64_t{1} << 63; }
inline std::uint32_t order_key(bool x) { return x; }
// 50 digits are a key of their own.
struct real50_key {
  real50 x;
  bool inverted = false;
  real50_key operator~() const { return {x, !inverted}; }
  bool operator==(const real50_key& other) const {
    return x == other.x || (num::isnan(x) && num::isnan(other.x));
  }
  bool operator<(const real50_key& other) const {
    const real50 &a = inverted ? other.x : x, &b = inverted ? x : other.x;
    return a < b || (num::isnan(b) && !num::isnan(a));
  }
};
inline real50_key order_key(const real50& x) { return {x}; }

// A key and where it stood. Equal keys are in order of where they stood.
template <class Key> struct keyed {
  Key key;
  index_t at;
  bool operator<(const keyed& other) const { return key < other.key || (key == other.key && at < other.at); }
};

// Sorts by digits of 11 bits, from the last to the first, where that pays; `spare` is memory of the same
// length.
template <class Key> void sort_keys(std::vector<keyed<Key>>& keys, std::vector<keyed<Key>>& spare) {
  constexpr std::size_t pays = 256;
  if constexpr (std::unsigned_integral<Key>) {
    constexpr unsigned bits = 11, most = 1U << bits;
    if (keys.size() >= pays) {
      spare.resize(keys.size());
      for (unsigned shift = 0; shift < 8 * sizeof(Key); shift += bits) {
        std::array<std::size_t, most> begin{};
        const auto digit = [&](const keyed<Key>& k) {
          return static_cast<std::size_t>(k.key >> shift & (most - 1));
        };
        for (const keyed<Key>& k : keys) ++begin[digit(k)];
        if (begin[digit(keys[0])] == keys.size()) continue;  // all have the same
        std::size_t at = 0;
        for (std::size_t& b : begin) at += std::exchange(b, at);
        for (const keyed<Key>& k : keys) spare[begin[digit(k)]++] = k;
        keys.swap(spare);
      }
      return;
    }
  }
  std::sort(keys.begin(), keys.end());
}

}  // namespace reel
