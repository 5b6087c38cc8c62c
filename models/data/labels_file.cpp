// SPDX-License-Identifier: MIT
#include "labels_file.hpp"

#include "column_words.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

namespace reel::detail {

namespace {

constexpr index_t most_classes = index_t{1} << 16;

// Whole numbers from 0, as they are usually written, and where each stands; nothing if one is not.
std::optional<std::map<index_t, index_t>> as_numbers(const std::vector<std::string>& names) {
  std::map<index_t, index_t> all;
  for (const std::string& name : names) {
    index_t n = 0;
    const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), n);
    if (code != std::errc{} || end != name.data() + name.size() || std::to_string(n) != name)
      return std::nullopt;
    all.emplace(n, static_cast<index_t>(all.size()));
  }
  return all;
}

std::vector<index_t> whole_numbers(const file_array& from, index_t most, const std::string& file) {
  std::vector<index_t> all;
  const auto take = [&](const auto& numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto x = static_cast<double>(numbers.data()[i]);
      if (!(x >= 0 && x < static_cast<double>(most)) || x != std::trunc(x))
        throw error(
            errc::invalid_label,
            fmt::format("'{}': the label {} in row {} is none of the classes 0 … {}.", file, x, i, most - 1));
      all.push_back(static_cast<index_t>(x));
    }
  };
  std::visit(take, from);
  return all;
}

}  // namespace

array<index_t> as_labels(const file_array& from, index_t samples, std::vector<std::string>& classes,
                         const std::string& file) {
  const shape s = shape_of(from);
  if (s.rank() != 1 || s[0] != samples)
    throw error(errc::shape_mismatch,
                fmt::format("'{}' has labels of shape {}: expected [{}], one for each sample.", file,
                            to_string(s), samples));
  auto places = as_numbers(classes);
  const bool by_index = !places;
  const std::vector<index_t> numbers =
      whole_numbers(from, by_index ? static_cast<index_t>(classes.size()) : most_classes, file);
  if (classes.empty()) {
    for (const index_t n : numbers) places->emplace(n, 0);
    for (auto& [n, place] : *places) {
      place = static_cast<index_t>(classes.size());
      classes.push_back(std::to_string(n));
    }
  }
  auto labels = make_array<index_t>(s);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (by_index) {
      labels.data()[i] = numbers[i];
      continue;
    }
    const auto at = places->find(numbers[i]);
    if (at == places->end())
      throw error(errc::invalid_label, fmt::format("'{}': the label {} in row {} is none of the classes {}.",
                                                   file, numbers[i], i, list_of_names(classes)));
    labels.data()[i] = at->second;
  }
  return labels;
}

}  // namespace reel::detail
