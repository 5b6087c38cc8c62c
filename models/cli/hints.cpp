// SPDX-License-Identifier: MIT
#include "hints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace reel::cli {

namespace {

constexpr std::string_view flags[] = {"zero-based"};

// "option NAME = VALUE", one after the other.
std::string with_names(const std::string& message) {
  constexpr std::string_view word = "option ", equals = " = ";
  std::string all;
  std::size_t at = 0;
  for (;;) {
    const std::size_t begin = message.find(word, at), middle = message.find(equals, begin);
    if (begin == message.npos || middle == message.npos) return all + message.substr(at);
    all.append(message, at, begin - at);
    std::string name = message.substr(begin + word.size(), middle - begin - word.size());
    at = middle + equals.size();
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != name.npos) {
      all.append(message, begin, at - begin);
      continue;
    }
    std::replace(name.begin(), name.end(), '_', '-');
    all += "--" + name;
    const bool is_flag = std::find(std::begin(flags), std::end(flags), name) != std::end(flags);
    if (is_flag) at += std::min(std::string_view("yes").size(), message.size() - at);
    else all += ' ';
  }
}

// The number of the column that a message is about, or nothing.
std::string column_in(const std::string& message) {
  constexpr std::string_view word = " in column ";
  const auto at = message.find(word);
  if (at == message.npos) return {};
  const auto begin = at + word.size();
  return message.substr(begin, message.find_first_not_of("0123456789", begin) - begin);
}

// The same without its full stop.
std::string open_end(const std::string& message) { return message.substr(0, message.size() - 1); }

}  // namespace

std::string with_options(std::string message, bool has_label, const char* labels) {
  message = with_names(message);
  if (message.ends_with("one column only is the label.")) {
    const std::string column = column_in(message);
    if (!has_label) message += " Is it that one? Then say so with --label.";
    if (!column.empty())
      message += fmt::format(" As in{} --ignore {}, which leaves it out.",
                             has_label ? std::string() : fmt::format(" --label {}, or", column), column);
  }
  if (message.ends_with("say in the options whether there is a header."))
    return open_end(message) + ": --header yes or --header no.";
  if (message.ends_with("say what to do with missing values."))
    return open_end(message) + ": --missing drop or --missing mean.";
  if (message.ends_with("name the file with the labels."))
    return fmt::format("{}: {} FILE.", open_end(message), labels);
  if (message.ends_with("read it unverified if you trust it.")) return open_end(message) + ": --unverified.";
  if (message.ends_with("Say which of them is the label.")) return open_end(message) + ": --label NAME.";
  return message;
}

}  // namespace reel::cli
