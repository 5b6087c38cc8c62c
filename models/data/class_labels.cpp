// SPDX-License-Identifier: MIT
#include "class_labels.hpp"

#include "number_text.hpp"
#include "text_source.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/autodiff/number.hpp>

#include <fmt/format.h>

#include <algorithm>
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
  auto at = index_.find(text);
  if (at == index_.end()) {
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
    at = index_.emplace(text, static_cast<std::uint32_t>(distinct_.size())).first;
    const bool is_finite = form == number_form::finite;
    const bool is_number = is_finite || form == number_form::too_large || form == number_form::infinite;
    distinct_.push_back(
        {std::string(text), is_finite ? value : num::infinity<double>(), is_number, line, column});
  }
  labels_.push_back(at->second);
}

std::pair<array<index_t>, std::vector<std::string>> class_labels::finish() {
  const bool numbers =
      std::all_of(distinct_.begin(), distinct_.end(), [](const auto& d) { return d.is_number; });
  // What a label is called: a whole number is one class however it is written.
  std::vector<std::string> names;
  for (const distinct& d : distinct_) {
    const bool whole = d.is_number && std::abs(d.value) <= largest_whole && d.value == std::trunc(d.value);
    if (known_.empty() && numbers && !whole)
      fail_at(file_, d.line, d.column,
              fmt::format("the label {} is not a whole number: a class is a whole number or a name.",
                          quoted(d.text)));
    names.push_back(numbers && whole ? fmt::format("{}", static_cast<std::int64_t>(d.value)) : d.text);
  }

  std::vector<std::string> classes = known_.empty() ? sorted(names, numbers) : known_;
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

std::vector<std::string> class_labels::sorted(const std::vector<std::string>& names, bool numbers) const {
  std::vector<std::pair<double, std::string>> order;
  for (std::size_t i = 0; i < names.size(); ++i)
    order.emplace_back(numbers ? distinct_[i].value : 0, names[i]);
  std::sort(order.begin(), order.end());
  order.erase(std::unique(order.begin(), order.end()), order.end());
  std::vector<std::string> all;
  for (auto& [value, name] : order) all.push_back(std::move(name));
  return all;
}

}  // namespace reel::detail
