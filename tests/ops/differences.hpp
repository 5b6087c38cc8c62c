// SPDX-License-Identifier: MIT
// The reference for derivatives that knows nothing of rules: central differences of values in 50
// digits. Steps are powers of two and directions multiples of 1/128, so that moved inputs are exact.
// A quotient of order k with step h is off by about h² from cutting the series and by 10^-50/h^k from
// rounding; each step balances the two.
#pragma once

#include "rows.hpp"

#include <bit>

namespace reel::test {

using direction = std::vector<array<double>>;  // an array per real input

// ⟨ȳ, y⟩ in 50 digits with the inputs moved by Σ step·direction.
inline real50 moved(const op_row& row, const sample& x, const array<double>& ybar, double step,
                    const std::vector<direction>& along, unsigned minus) {
  direction shift = along[0];
  for (std::size_t a = 0; a < shift.size(); ++a)
    for (std::size_t i = 0; i < shift[a].size(); ++i) {
      double s = 0;
      for (std::size_t d = 0; d < along.size(); ++d)
        s += (minus >> d & 1U ? -step : step) * along[d][a].data()[i];
      shift[a].data()[i] = s;
    }
  const auto y = elements<real50>(recorded(row, x, shift).y);
  real50 total = 0;
  for (std::size_t i = 0; i < y.size(); ++i) total += y[i] * ybar.data()[i];
  return total;
}

// The derivative of ⟨ȳ, y⟩ of order 1, 2 or 3, once along each direction: good to 30, 24 and 19 digits.
inline real50 difference(const op_row& row, const sample& x, const array<double>& ybar,
                         const std::vector<direction>& along) {
  constexpr double steps[] = {1, 0x1p-56, 0x1p-42, 0x1p-34};
  const double step = steps[along.size()];
  real50 total = 0, scale = 1;
  for (unsigned minus = 0; minus < 1U << along.size(); ++minus) {
    const real50 value = moved(row, x, ybar, step, along, minus);
    total += std::popcount(minus) % 2 == 0 ? value : -value;
  }
  for (std::size_t d = 0; d < along.size(); ++d) scale *= 2 * step;
  return total / scale;
}

// Directions to try on the real inputs of r: each element where there are few, else generic ones.
inline std::vector<direction> directions(const recorded& r, random_numbers& random) {
  index_t n = 0;
  for (const var& v : r.real) n += v.size();
  std::vector<direction> all;
  for (index_t k = 0; k < std::min<index_t>(n, 3); ++k) {
    direction d;
    index_t at = 0;
    for (const var& v : r.real) {
      d.push_back(random.generic(v.shape()));
      if (n <= 3)
        for (index_t i = 0; i < v.size(); ++i) d.back().data()[i] = at++ == k ? 1 : 0;
    }
    all.push_back(std::move(d));
  }
  return all;
}

}  // namespace reel::test
