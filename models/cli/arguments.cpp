// SPDX-License-Identifier: MIT
#include "arguments.hpp"

#include <CLI/CLI.hpp>

#include <cmath>

namespace reel::cli {

std::string at_least_zero(const std::string& text) {
  double value = 0;
  if (!CLI::detail::lexical_cast(text, value) || !std::isfinite(value)) return text + " is not a number";
  return value < 0 ? text + " is negative; give 0 or more" : std::string{};
}

}  // namespace reel::cli
