// SPDX-License-Identifier: MIT
// Numbers in messages: two that are compared are printed with as many digits as tell them apart.
#pragma once

#include <string>
#include <string_view>

namespace reel::check {

struct told_apart {
  std::string a, b;
};
// At least `digits` significant ones, at most the 17 that tell any two doubles apart.
told_apart tell_apart(double a, double b, int digits = 4, bool scientific = false);

// "1.25, the oracle says 1.5": of two numbers that differ beyond the digits of double, by how much.
std::string compared(double a, std::string_view between, double b, double difference);

}  // namespace reel::check
