// SPDX-License-Identifier: MIT
// Numbers as data files write them, in any locale the same.
#pragma once

#include <optional>
#include <string_view>

namespace reel::detail {

enum class number_form {
  finite,    // also what is too small to be told from 0
  missing,   // nothing, ?, NA, N/A, null
  nan,       // nan, in any case and with any sign
  infinite,  // inf or infinity, likewise
  too_large,
  text,  // anything else
};

struct number_text {
  number_form form;
  double value = 0;
};

number_text read_number(std::string_view text) noexcept;
// The same where a comma is decimal, in whose place a point is text.
number_text read_number(std::string_view text, char decimal);

// 1 for true, 0 for false, in any case of letters; nothing for other words.
std::optional<double> read_truth(std::string_view text) noexcept;

// Whether a text often stands for a missing value, but need not: -, none, n.a. and their like.
bool may_be_missing(std::string_view text) noexcept;

}  // namespace reel::detail
