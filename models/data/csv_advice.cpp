// SPDX-License-Identifier: MIT
#include "csv_advice.hpp"

#include "number_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::detail {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_number(std::string_view text) { return read_number(text).form == number_form::finite; }

// Without a text, wherever it stands.
std::string without(std::string_view text, std::string_view what) {
  std::string rest;
  while (!text.empty()) {
    const auto at = std::min(text.find(what), text.size());
    rest += text.substr(0, at);
    text.remove_prefix(std::min(at + what.size(), text.size()));
  }
  return rest;
}

std::string replaced(std::string_view text, char from, char to) {
  std::string all(text);
  std::replace(all.begin(), all.end(), from, to);
  return all;
}

// How many groups of three digits stand behind separators, from the first on to the end or to `point`; 0
// unless all are such groups.
std::size_t thousands(std::string_view text, std::string_view separator, char point) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  text = text.substr(0, text.find(point));
  std::size_t digits = 0, groups = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits < 1 || digits > 3) return 0;
  for (text.remove_prefix(digits); !text.empty(); text.remove_prefix(3), ++groups) {
    if (!text.starts_with(separator)) return 0;
    text.remove_prefix(separator.size());
    if (text.size() < 3 || !std::all_of(text.begin(), text.begin() + 3, is_digit)) return 0;
  }
  return groups;
}

// 2024-05-31, 31.5.2024, 5/31/24, with a time behind it or not.
bool is_date(std::string_view text) {
  text = text.substr(0, text.find_first_of(" T"));
  const auto is_date_with = [&](char separator) {
    std::size_t parts = 0, digits = 0;
    for (const char c : text) {
      if (is_digit(c)) ++digits;
      else if (c == separator && digits > 0) ++parts, digits = 0;
      else return false;
    }
    return parts == 2 && digits > 0;
  };
  return is_date_with('-') || is_date_with('/') || (is_date_with('.') && text.size() >= 6);
}

// 15%, 20 km, 7cm, $ 3.50: a number with a sign of money before it, or a unit of two letters or more behind
// it. One letter may be a misprint of a digit.
bool has_unit(std::string_view text) {
  constexpr std::string_view money[] = {"$", "\u20AC", "\u00A3", "\u00A5"};
  for (const std::string_view sign : money)
    if (text.starts_with(sign)) {
      text.remove_prefix(sign.size());
      text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
      return is_number(text);
    }
  const auto last = text.find_last_of("0123456789");
  if (last == text.npos || !is_number(text.substr(0, last + 1))) return false;
  const std::string_view after = text.substr(last + 1);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto unit = after.substr(std::min(after.find_first_not_of(' '), after.size()));
  const bool is_word = std::all_of(unit.begin(), unit.end(), is_letter) && unit.size() <= 8;
  return unit == "%" || unit == "\u20AC" ||
         (is_word && (unit.size() > 1 || (unit.size() == 1 && after[0] == ' ')));
}

std::string on_commas(std::string_view text) {
  const std::string point = replaced(text, ',', '.'), plain = without(text, ",");
  const bool may_be_point = std::count(text.begin(), text.end(), ',') == 1 && is_number(point);
  const bool may_be_thousands = thousands(text, ",", '.') > 0 && is_number(plain);
  const auto decimal = fmt::format(
      "write a decimal point in place of the comma, {}, or say that commas are decimal, option decimal = "
      "comma",
      point);
  if (may_be_point && may_be_thousands)
    return fmt::format("if the comma separates thousands, leave it out: {}; if it is decimal, {}", plain,
                       decimal);
  if (may_be_thousands) return fmt::format("leave out the commas, which separate thousands: {}", plain);
  if (may_be_point) return decimal;
  return {};
}

std::string on_points(std::string_view text) {
  if (thousands(text, ".", ',') > 0)
    return fmt::format("leave out the points, which separate thousands: {}", without(text, "."));
  return is_number(text) ? "a comma is decimal here, as the options say, and a point is not" : std::string{};
}

}  // namespace

std::string advice_on(std::string_view text, const csv_options& options) {
  const bool commas = options.decimal == ',';
  if (const std::string advice = commas ? on_points(text) : on_commas(text); !advice.empty()) return advice;
  for (const std::string_view separator : {" ", "'", "_", "\u00A0", "\u202F", "\u2019"})
    if (thousands(text, separator, options.decimal) > 0)
      return fmt::format("leave out what separates thousands: {}", without(text, separator));
  if (text.starts_with("\u2212") && is_number(text.substr(3)))
    return fmt::format("write its minus as -, as on a keyboard: -{}", text.substr(3));
  if (may_be_missing(text))
    return fmt::format("if it stands for a missing value, say so: option missing_marks = {}", text);
  for (const std::string_view word : {"T", "F", "t", "f", "yes", "no", "Yes", "No", "YES", "NO", "on", "off"})
    if (text == word) return "if it means true or false, write 1 or 0";
  if (is_date(text)) return "dates are no numbers: count days, or put year, month and day into columns";
  if (has_unit(text)) return "write the number alone, without what stands beside it";
  return "features are numbers, and one column only is the label";
}

}  // namespace reel::detail
