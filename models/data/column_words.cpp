// SPDX-License-Identifier: MIT
#include "column_words.hpp"

#include "text_source.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace reel::detail {

std::optional<std::size_t> column_number(std::string_view word) noexcept {
  std::size_t n = 0;
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), n);
  if (word.empty() || code != std::errc{} || end != word.data() + word.size() || n < 1) return std::nullopt;
  return n;
}

std::size_t named_column(std::string_view what, const std::vector<std::string>& names,
                         const std::string& word) {
  const auto first = std::find(names.begin(), names.end(), word);
  if (first != names.end()) {
    if (std::find(first + 1, names.end(), word) != names.end())
      throw error(errc::invalid_argument,
                  fmt::format("{} {}: more than one column is called so.", what, quoted(word)));
    return static_cast<std::size_t>(first - names.begin());
  }
  const auto number = column_number(word);
  if (!number || *number > names.size())
    throw error(errc::invalid_argument,
                fmt::format("{} {}: there is no column of this name or number; the {} columns are {}.", what,
                            quoted(word), names.size(), list_of_names(names)));
  return *number - 1;
}

std::string list_of_names(const std::vector<std::string>& names, std::size_t most) {
  std::string all;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
    all += (i == 0 ? "" : ", ") + quoted(names[i]);
  return names.size() > most ? all + ", …" : all;
}

}  // namespace reel::detail
