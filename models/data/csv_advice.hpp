// SPDX-License-Identifier: MIT
// What to do about a field that is no number: true for what stands in it.
#pragma once

#include <reel/models/csv.hpp>

#include <string>
#include <string_view>

namespace reel::detail {

// The end of "'…' in column 2 is not a number: …."
std::string advice_on(std::string_view text, const csv_options& options);

}  // namespace reel::detail
