// SPDX-License-Identifier: MIT
// Whether the first line of a table names its columns, judged by the lines below it.
#pragma once

#include "csv_lexer.hpp"

#include <reel/models/csv.hpp>

#include <span>
#include <string>
#include <vector>

namespace reel::detail {

// Fields that stay when the lexer goes on.
struct kept_record {
  explicit kept_record(std::span<const csv_field> from) : fields(from.begin(), from.end()) {
    texts.reserve(fields.size());
    for (csv_field& f : fields) f.text = texts.emplace_back(f.text);
  }
  std::vector<std::string> texts;
  std::vector<csv_field> fields;
};

struct header_finding {
  bool is_header = false;
  std::string note = {};  // where the lines do not tell for certain
};

// `next` are some of the lines below. A line is a header if
//  * it has a name that the options give, or all the names of features that are known;
//  * none of its features is a number, and none of them is text in the lines below as well;
//  * its label is text above a number, or a number above texts, or not among the known classes;
//  * it numbers the columns, as data frames without names do, and values or classes below are of other kinds.
// Throws parse_error for a line that has texts as well as numbers and tells neither way.
header_finding find_header(std::span<const csv_field> first, std::span<const kept_record> next,
                           const csv_options& options, const std::string& file);

// Whether a field of features holds text: neither a number, nor a missing value, nor true or false.
bool is_text(std::string_view field, char decimal);

}  // namespace reel::detail
