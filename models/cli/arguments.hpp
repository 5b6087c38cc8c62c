// SPDX-License-Identifier: MIT
// What an argument must be, for CLI::Option::check: each returns what is wrong with a text, or nothing.
#pragma once

#include <string>

namespace reel::cli {

std::string at_least_zero(const std::string& text);

}  // namespace reel::cli
