// SPDX-License-Identifier: MIT
#include "number_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <string>
#include <system_error>

namespace reel::detail {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool same_word(std::string_view a, std::string_view lower) noexcept {
  if (a.size() != lower.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if ((a[i] >= 'A' && a[i] <= 'Z' ? a[i] - 'A' + 'a' : a[i]) != lower[i]) return false;
  return true;
}

// Whether a decimal that no double holds is close to 0 rather than large: where its first digit
// stands, from the point and the exponent.
bool is_tiny(std::string_view decimal) noexcept {
  const auto e = decimal.find_first_of("eE");
  long long exponent = 0;
  if (e != decimal.npos) {
    std::string_view power = decimal.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    if (std::from_chars(power.data(), power.data() + power.size(), exponent).ec != std::errc{})
      return power.starts_with('-');
  }
  const std::string_view mantissa = decimal.substr(0, e);
  const auto digit = mantissa.find_first_of("123456789");
  auto point = mantissa.find('.');
  if (point == mantissa.npos) point = mantissa.size();
  return exponent + static_cast<long long>(point) - static_cast<long long>(digit) < 0;
}

}  // namespace

namespace {

number_text read_word(std::string_view text, std::string_view unsigned_text) noexcept {
  using namespace std::string_view_literals;
  for (const std::string_view word : {""sv, "?"sv, "na"sv, "n/a"sv, "null"sv})
    if (same_word(text, word)) return {number_form::missing};
  if (same_word(unsigned_text, "nan")) return {number_form::nan};
  if (same_word(unsigned_text, "inf") || same_word(unsigned_text, "infinity")) return {number_form::infinite};
  return {number_form::text};
}

// Whether a text is one of these words, of which none has a capital letter.
bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) noexcept {
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return same_word(text, w); });
}

}  // namespace

std::optional<double> read_truth(std::string_view text) noexcept {
  if (same_word(text, "true")) return 1;
  if (same_word(text, "false")) return 0;
  return std::nullopt;
}

bool may_be_missing(std::string_view text) noexcept {
  return is_one_of(text, {"-",
                          "--",
                          "---",
                          ".",
                          "..",
                          "*",
                          "–",
                          "—",
                          "none",
                          "nil",
                          "n.a.",
                          "n. a.",
                          "na.",
                          "<na>",
                          "#n/a",
                          "#na",
                          "#value!",
                          "#div/0!",
                          "#ref!",
                          "#num!",
                          "missing",
                          "unknown",
                          "not available",
                          "nd",
                          "n/d",
                          "(null)",
                          "\\n",
                          "nat",
                          "empty"});
}

number_text read_number(std::string_view text) noexcept {
  std::string_view decimal = text;
  if (decimal.starts_with('+') || decimal.starts_with('-')) decimal.remove_prefix(1);
  if (decimal.empty() || !(is_digit(decimal[0]) || decimal[0] == '.')) return read_word(text, decimal);
  double value = 0;
  const auto [end, code] = std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
  if (code == std::errc::invalid_argument || end != decimal.data() + decimal.size())
    return {number_form::text};
  if (code == std::errc::result_out_of_range) {
    if (!is_tiny(decimal)) return {number_form::too_large};
    value = 0;
  }
  return {number_form::finite, text.starts_with('-') ? -value : value};
}

number_text read_number(std::string_view text, char decimal) {
  if (decimal == '.' || text.find_first_of(",.") == text.npos) return read_number(text);
  std::string point(text);
  std::replace(point.begin(), point.end(), ',', '.');
  return text.find('.') == text.npos ? read_number(point) : number_text{number_form::text};
}

}  // namespace reel::detail
