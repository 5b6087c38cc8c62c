// SPDX-License-Identifier: MIT
// Counter-based random numbers: a number is a pure function of its key and its counter, so there is
// no generator to carry about, to save or to seed twice, and a run resumes anywhere. The function is
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC11).
// Nothing here depends on the standard library's distributions or on the platform's mathematical
// functions: the same bits everywhere.
#pragma once

#include <reel/autodiff/shape.hpp>

#include <array>
#include <cstdint>

namespace reel::optim {

using philox_counter = std::array<std::uint32_t, 4>;
using philox_key = std::array<std::uint32_t, 2>;

// Four random words.
philox_counter philox4x32(philox_counter counter, philox_key key) noexcept;

// What numbers are drawn for: streams of different purposes are independent under the same seed.
// Values of 2^16 and above are free for users' own purposes.
enum class purpose : std::uint32_t { order = 1, split = 2, initial = 3, noise = 4 };

// The stream of random numbers that belongs to (seed, purpose, epoch, step): 2^34 words long.
class random_stream {
 public:
  // Throws invalid_argument unless 0 ≤ epoch, step < 2^32.
  random_stream(std::uint64_t seed, purpose what, index_t epoch = 0, index_t step = 0);

  std::uint32_t bits32();
  std::uint64_t bits64();

  // One of 0 … n−1, each equally likely. Throws invalid_argument unless n > 0.
  index_t below(index_t n);
  // A multiple of 2^-53 in [0, 1).
  double uniform();
  // Mean 0, variance 1: the inverse of the normal distribution function at a uniform number, hence one
  // draw a number and at most 8.3 in absolute value.
  double normal();

 private:
  philox_key key_;
  philox_counter counter_;
  philox_counter words_{};
  unsigned used_ = 4;
};

// x with P(normal ≤ x) = p for 0 < p < 1, to 1e-15 relative to the larger of |x| and p's own rounding.
double normal_quantile(double p) noexcept;

}  // namespace reel::optim
