// SPDX-License-Identifier: MIT
// Columns by a word that someone gave: the name of one or, failing that, its number from 1.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reel::detail {

// A whole number from 1 in digits alone, where the word is one; such a word is no sure sign of a header.
std::optional<std::size_t> column_number(std::string_view word) noexcept;

// The index of the column. Throws invalid_argument, with `what` it is for ("label"), for a word that is
// the name of several, or neither the name nor the number of any.
std::size_t named_column(std::string_view what, const std::vector<std::string>& names,
                         const std::string& word);

// 'a', 'b', 'c', …
std::string list_of_names(const std::vector<std::string>& names, std::size_t most = 20);

}  // namespace reel::detail
