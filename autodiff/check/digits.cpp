// SPDX-License-Identifier: MIT
#include "check/digits.hpp"

#include <fmt/format.h>

namespace reel::check {

told_apart tell_apart(double a, double b, int digits, bool scientific) {
  const auto text = [&](double v) {
    return scientific ? fmt::format("{:.{}e}", v, digits - 1) : fmt::format("{:.{}g}", v, digits);
  };
  while (digits < 17 && a != b && text(a) == text(b)) ++digits;
  return {text(a), text(b)};
}

std::string compared(double a, std::string_view between, double b, double difference) {
  const auto [left, right] = tell_apart(a, b);
  const auto text = fmt::format("{}{}{}", left, between, right);
  return left == right && difference != 0
             ? text + fmt::format(", and they differ by {:.1e} beyond the digits of double", difference)
             : text;
}

}  // namespace reel::check
