// SPDX-License-Identifier: MIT
#include "row_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <string_view>

namespace reel::detail {

namespace {

constexpr std::size_t enough_rows = 5;  // fewer may count by chance

// Lower-case letters and digits alone.
std::string plain(std::string_view name) {
  std::string all;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') all += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) all += c;
  }
  return all;
}

bool is_usual_name(std::string_view name) {
  constexpr std::string_view usual[] = {"",        "index",    "idx",    "id",  "row", "rowid", "rownum",
                                        "rowname", "rownames", "number", "obs", "no",  "nr"};
  const std::string word = plain(name);
  return std::find(std::begin(usual), std::end(usual), word) != std::end(usual) ||
         word.starts_with("unnamed") ||
         (name.starts_with("column ") && word.find_first_not_of("0123456789", 6) == word.npos);
}

}  // namespace

void row_number_watch::next(std::span<const double> row) {
  if (rows_ == 0) {
    for (std::size_t k = 0; k < features_; ++k)
      if (row[k] == std::trunc(row[k])) counters_.push_back({k, row[k]});
  } else {
    std::erase_if(counters_,
                  [&](const counter& c) { return row[c.feature] != c.first + static_cast<double>(rows_); });
  }
  ++rows_;
}

bool row_number_watch::counts(std::size_t feature) const {
  return rows_ >= enough_rows && std::any_of(counters_.begin(), counters_.end(),
                                             [&](const counter& c) { return c.feature == feature; });
}

bool are_row_numbers(const dataset& data, std::size_t feature) {
  if (!is_usual_name(data.feature_names[feature])) return false;
  const auto n = static_cast<std::size_t>(data.samples());
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) {
    values.push_back(data.x(i, feature));
    if (!(values.back() >= 0) || values.back() != std::trunc(values.back())) return false;
  }
  std::sort(values.begin(), values.end());
  return n >= enough_rows && std::adjacent_find(values.begin(), values.end()) == values.end();
}

}  // namespace reel::detail
