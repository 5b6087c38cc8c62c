// SPDX-License-Identifier: MIT
// Looking at numbers whose type is only known when the program runs.
#pragma once

#include <reel/autodiff/number.hpp>

#include <string>

namespace reel::detail {

// The position of the first infinity or NaN; n if there is none, or none is possible.
std::size_t first_not_finite(dtype type, const void* data, std::size_t n);

// Whether all of `after` is finite that was so in `before`.
bool stays_finite(dtype type, const void* before, const void* after, std::size_t n);

// How bad the worst of some numbers is, and where the first such stands.
struct non_finite {
  enum { none, infinite, nan } degree = none;
  std::size_t at = 0;
};
non_finite worst_non_finite(dtype type, const void* data, std::size_t n);

std::string number_at(dtype type, const void* data, std::size_t i);

// "[3,7]": the i-th element in row-major order.
std::string position(const shape& s, std::size_t i);

}  // namespace reel::detail
