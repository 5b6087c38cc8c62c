// SPDX-License-Identifier: MIT
#include "arguments.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
#include <numeric>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace reel::cli {

namespace {

// The whole text as a number of type T; nothing where it is none, or none that T holds.
template <class T> std::optional<T> number_in(std::string_view text) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Whether a text is a finite number, whether or not a double holds it.
bool is_number(std::string_view text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return end == text.data() + text.size() && code != std::errc::invalid_argument && std::isfinite(value);
}

std::string not_a_number(const std::string& text, const char* wanted) {
  return fmt::format("'{}' is not a number; give {}", text, wanted);
}
std::string out_of_range(const std::string& text, const char* wanted) {
  return fmt::format("{} is out of range; give {}", text, wanted);
}

std::string number_that(const std::string& text, const std::function<bool(double)>& fits,
                        const char* wanted) {
  if (!is_number(text)) return not_a_number(text, wanted);
  const auto value = number_in<double>(text);
  const float rounded = value ? static_cast<float>(*value) : 0;
  if (!value || !std::isfinite(rounded) || (rounded == 0 && *value != 0))
    return fmt::format("{} is too {} for a float; give {}", text,
                       value && std::abs(*value) < 1 ? "small" : "large", wanted);
  return fits(*value) && fits(rounded) ? std::string{} : out_of_range(text, wanted);
}

template <class T>
std::string whole_number_that(const std::string& text, const std::function<bool(T)>& fits,
                              const char* wanted) {
  if (!is_number(text)) return not_a_number(text, wanted);
  const std::string_view digits = std::string_view(text).substr(text.starts_with('-') ? 1 : 0);
  const bool is_plain = digits.find_first_not_of("0123456789") == digits.npos;
  if (!is_plain || (digits.starts_with('0') && digits != "0"))
    return fmt::format("{} is not a whole number in plain digits; give {}", text, wanted);
  const auto value = number_in<T>(text);
  return value && fits(*value) ? std::string{} : out_of_range(text, wanted);
}

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw error(errc::usage, fmt::format("{}: {}", where, what));
}

std::string trimmed(const std::string& s) {
  const auto from = s.find_first_not_of(" \t\r");
  return from == s.npos ? std::string{} : s.substr(from, s.find_last_not_of(" \t\r") - from + 1);
}

// The line up to a # that is not inside quotes.
std::string without_comment(const std::string& line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quote != 0) quote = line[i] == quote ? char{0} : quote;
    else if (line[i] == '"' || line[i] == '\'') quote = line[i];
    else if (line[i] == '#') return line.substr(0, i);
  }
  return line;
}

std::string without_quotes(const std::string& s, const std::string& where) {
  if (s.empty() || (s.front() != '"' && s.front() != '\'')) return s;
  if (s.size() < 2 || s.back() != s.front()) refuse(where, "the quotes do not match.");
  return s.substr(1, s.size() - 2);
}

bool is_flag(const CLI::Option& option) { return option.get_expected_min() == 0; }

CLI::Option* find(CLI::App& verb, const std::string& name) {
  CLI::Option* option = verb.get_option_no_throw("--" + name);
  return option == nullptr ? verb.get_option_no_throw(name) : option;
}

// Groups of options whose values say what is computed; the others say how to go about it.
bool is_setting(const CLI::Option& option) {
  return option.get_name() != "--help" && option.get_name() != "--config";
}

// How many characters must be put in, left out or changed to make one text of the other.
std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string at_least_zero(const std::string& text) {
  return number_that(
      text, [](double x) { return x >= 0; }, "0 or more");
}
std::string more_than_zero(const std::string& text) {
  return number_that(
      text, [](double x) { return x > 0; }, "more than 0");
}
std::string below_one(const std::string& text) {
  return number_that(
      text, [](double x) { return x >= 0 && x < 1; }, "0 or more, and less than 1");
}
std::string a_share(const std::string& text) {
  return number_that(
      text, [](double x) { return x > 0 && x < 1; }, "more than 0 and less than 1");
}
std::string count_from_zero(const std::string& text) {
  return whole_number_that<std::int64_t>(
      text, [](auto n) { return n >= 0; }, "0 or more");
}
std::string count_from_one(const std::string& text) {
  return whole_number_that<std::int64_t>(
      text, [](auto n) { return n >= 1; }, "1 or more");
}
std::string one_to_256(const std::string& text) {
  return whole_number_that<std::int64_t>(
      text, [](auto n) { return n >= 1 && n <= 256; }, "1 to 256");
}
std::string a_seed(const std::string& text) {
  return whole_number_that<std::uint64_t>(
      text, [](auto) { return true; }, "0 or more, and less than 2^64");
}

void refuse_empty_values(CLI::App& verb) {
  const auto is_there = [](const std::string& text) {
    return text.empty() ? std::string("the value is empty: is a variable of the shell not set?")
                        : std::string{};
  };
  for (CLI::Option* option : verb.get_options())
    if (!is_flag(*option)) option->check(is_there, "");
}

std::string similar(const std::string& word, const std::vector<std::string>& words) {
  std::string best;
  std::size_t fewest = 3;  // more edits than two make another word
  for (const std::string& known : words) {
    const std::size_t n = known.starts_with(word) ? 1 : edits(word, known);
    if (n < fewest) fewest = n, best = known;
  }
  return best;
}

std::vector<std::string> option_names(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<setting> read_settings(const std::string& path) {
  std::ifstream file(path);
  if (!file) refuse(path, "this file of settings cannot be read.");
  std::vector<setting> all;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string where = fmt::format("{}:{}", path, number), text = trimmed(without_comment(line));
    if (text.empty()) continue;
    const auto equals = text.find('=');
    const std::string name = trimmed(text.substr(0, equals));
    if (equals == text.npos || name.empty()) refuse(where, "expected a line such as: epochs = 20");
    const std::string value = trimmed(text.substr(equals + 1));
    if (value.empty()) refuse(where, fmt::format("'{}' has no value.", name));
    const auto same = [&](const setting& s) { return s.name == name; };
    if (const auto twice = std::find_if(all.begin(), all.end(), same); twice != all.end())
      refuse(where, fmt::format("'{}' was set before, at {}.", name, twice->where));
    all.push_back({name, without_quotes(value, where), where});
  }
  if (file.bad()) refuse(path, "this file of settings cannot be read.");
  return all;
}

void apply_settings(CLI::App& verb, const std::vector<setting>& all) {
  for (const setting& s : all) {
    CLI::Option* option = find(verb, s.name);
    if (option == nullptr || !is_setting(*option))
      refuse(s.where, fmt::format("'{}' is no setting of reel {}.", s.name, verb.get_name()));
    if (option->count() > 0) continue;
    try {
      option->add_result(is_flag(*option) ? option->get_flag_value(s.name, s.value) : s.value);
      option->run_callback();
    } catch (const CLI::ParseError& e) {
      refuse(s.where, e.what());
    }
  }
}

std::vector<setting> given_settings(const CLI::App& verb, const std::vector<std::string>& groups) {
  std::vector<setting> all;
  for (const CLI::Option* option : verb.get_options()) {
    const bool chosen = std::find(groups.begin(), groups.end(), option->get_group()) != groups.end();
    if (!chosen || option->count() == 0 || !is_setting(*option)) continue;
    const std::string name = option->get_lnames().empty() ? option->get_name() : option->get_lnames()[0];
    all.push_back({name, fmt::format("{}", fmt::join(option->results(), ",")), {}});
  }
  return all;
}

void add_config(CLI::App& verb) {
  verb.add_option_function<std::string>(
          "--config", [&verb](const std::string& path) { apply_settings(verb, read_settings(path)); },
          "file of settings, a line each: epochs = 20; what is given here comes first")
      ->type_name("FILE");
}

}  // namespace reel::cli
