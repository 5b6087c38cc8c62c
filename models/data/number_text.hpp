// SPDX-License-Identifier: MIT
// Numbers as data files write them, in any locale the same.
#pragma once

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

}  // namespace reel::detail
