// SPDX-License-Identifier: MIT
// Random bits: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3;
// SC11), which turns a counter of 128 bits into as many random ones.
#pragma once

#include <reel/autodiff/structural.hpp>

#include <array>

namespace reel::dist {

using words = std::array<std::uint32_t, 4>;

// What a counter counts, so that no two uses of one key see the same bits.
enum class purpose : std::uint32_t { split, fold_in, draw };

words random_words(index_t key, index_t counter, purpose what);
inline std::uint64_t first_bits(const words& w) { return std::uint64_t{w[0]} << 32 | w[1]; }
inline std::uint64_t second_bits(const words& w) { return std::uint64_t{w[2]} << 32 | w[3]; }

}  // namespace reel::dist
