// SPDX-License-Identifier: MIT
#include "class_labels.hpp"

#include "number_text.hpp"
#include "text_source.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/autodiff/number.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

namespace reel::detail {

namespace {

constexpr std::size_t max_classes = std::size_t{1} << 16;
constexpr double largest_whole = 9007199254740992;  // 2^53: beyond, doubles skip whole numbers

std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t most = 10;
  std::string all;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
    all += (i == 0 ? "" : ", ") + quoted(names[i]);
  return names.size() > most ? all + ", …" : all;
}

}  // namespace

class_labels::class_labels(std::string file, std::vector<std::string> known)
    : file_(std::move(file)), known_(std::move(known)) {
  auto sorted = known_;
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
    throw error(errc::invalid_argument, fmt::format("class_names: {} is named twice.", quoted(*twice)));
}

void class_labels::add(std::string_view text, bool is_quoted, std::size_t line, std::size_t column) {
  auto& index = is_quoted ? quoted_ : plain_;
  auto at = index.find(text);
  if (at == index.end()) {
    const auto [form, value] = read_number(text);
    if (text.empty() || (!is_quoted && form == number_form::missing))
      fail_at(file_, line, column, "the label is missing: fill it in or remove the row.");
    if (!is_quoted && form == number_form::nan)
      fail_at(file_, line, column, "the label is NaN: fill it in or remove the row.");
    if (!is_utf8(text))
      fail_at(file_, line, column,
              fmt::format("the label {} is not UTF-8: save the file as UTF-8.", quoted(text)));
    if (distinct_.size() == max_classes)
      fail_at(file_, line, column,
              fmt::format("there are more than {} different labels: is this the label column?", max_classes));
    at = index.emplace(text, static_cast<std::uint32_t>(distinct_.size())).first;
    const bool is_finite = form == number_form::finite;
    const bool is_number = is_finite || form == number_form::too_large || form == number_form::infinite;
    distinct_.push_back({std::string(text), is_finite ? value : num::infinity<double>(),
                         is_number && !is_quoted, is_quoted, line, column});
  }
  labels_.push_back(at->second);
}

// Why a number is no class, or nothing if it is one.
const char* class_labels::why_no_class(const distinct& d) const {
  if (d.value != std::trunc(d.value) || !std::isfinite(d.value))
    return d.text.find_first_not_of("+-0123456789") == d.text.npos
               ? "is larger than any double: put labels of so many digits in quotes, which makes them names"
               : "is not a whole number: a class is a whole number or a name";
  if (std::abs(d.value) > largest_whole)
    return "is a whole number beyond 2^53, where doubles do not tell neighbours apart: put such labels in "
           "quotes, which makes them names";
  return nullptr;
}

std::pair<array<index_t>, std::vector<std::string>> class_labels::finish() {
  const bool numbers =
      std::all_of(distinct_.begin(), distinct_.end(), [](const auto& d) { return d.is_number; });
  // What a label is called: a whole number is one class however it is written.
  std::vector<std::string> names;
  for (const distinct& d : distinct_) {
    const char* const why_not = d.is_number ? why_no_class(d) : "";
    if (known_.empty() && numbers && why_not != nullptr)
      fail_at(file_, d.line, d.column, fmt::format("the label {} {}.", quoted(d.text), why_not));
    const bool is_number = d.is_number && (numbers || !known_.empty());
    names.push_back(is_number && why_not == nullptr ? fmt::format("{}", static_cast<std::int64_t>(d.value))
                                                    : d.text);
  }

  std::vector<std::string> classes = known_.empty() ? sorted(names) : known_;
  std::map<std::string_view, index_t> numbering;
  for (const std::string& name : classes) numbering.emplace(name, static_cast<index_t>(numbering.size()));
  std::vector<index_t> of_distinct;
  for (std::size_t i = 0; i < distinct_.size(); ++i) {
    auto at = numbering.find(distinct_[i].text);
    if (at == numbering.end()) at = numbering.find(names[i]);
    if (at == numbering.end())
      fail_at(file_, distinct_[i].line, distinct_[i].column,
              fmt::format("unknown class {}: the classes are {}.", quoted(distinct_[i].text), list(known_)));
    of_distinct.push_back(at->second);
  }
  auto labels = make_array<index_t>({static_cast<index_t>(labels_.size())});
  std::transform(labels_.begin(), labels_.end(), labels.data(),
                 [&](std::uint32_t i) { return of_distinct[i]; });
  return {std::move(labels), std::move(classes)};
}

// By value, if all of them are whole numbers as they are usually written, and otherwise as texts.
std::vector<std::string> class_labels::sorted(const std::vector<std::string>& names) {
  std::vector<std::pair<std::int64_t, std::string>> order;
  bool numbers = true;
  for (const std::string& name : names) {
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), value);
    numbers = numbers && code == std::errc{} && end == name.data() + name.size() &&
              fmt::format("{}", value) == name;
    order.emplace_back(value, name);
  }
  if (!numbers)
    for (auto& [value, name] : order) value = 0;
  std::sort(order.begin(), order.end());
  order.erase(std::unique(order.begin(), order.end()), order.end());
  std::vector<std::string> all;
  for (auto& [value, name] : order) all.push_back(std::move(name));
  return all;
}

}  // namespace reel::detail
