// SPDX-License-Identifier: MIT
#include "columns.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <unordered_map>

namespace reel::cli {

namespace {

using strings = std::vector<std::string>;

// N of "column N", the name of a column without a header, or 0.
int number_of(std::string_view name) {
  constexpr std::string_view stem = "column ";
  if (!name.starts_with(stem)) return 0;
  int n = 0;
  const auto [end, code] = std::from_chars(name.data() + stem.size(), name.data() + name.size(), n);
  return code == std::errc{} && end == name.data() + name.size() ? n : 0;
}

// Without a header, columns are called by their numbers, which ascend.
bool are_named(const strings& names) {
  int last = 0;
  for (const std::string& name : names) {
    const int n = number_of(name);
    if (n <= last) return true;
    last = n;
  }
  return false;
}

// Where each of these names stands in the file.
std::vector<std::size_t> places_of(const strings& names, const strings& file, const std::string& path) {
  std::unordered_map<std::string_view, std::size_t> at;
  for (std::size_t j = 0; j < file.size(); ++j)
    if (!at.emplace(file[j], j).second)
      throw error(errc::invalid_argument,
                  fmt::format("'{}' has two columns that are called '{}': put the columns in the order of "
                              "training, or give them other names.",
                              path, file[j]));
  std::vector<std::size_t> places;
  for (const std::string& name : names) {
    const auto found = at.find(name);
    if (found == at.end()) {
      const auto is_other = [&](const std::string& f) {
        return std::find(names.begin(), names.end(), f) == names.end();
      };
      const auto other = std::find_if(file.begin(), file.end(), is_other);
      throw error(
          errc::invalid_argument,
          fmt::format("'{}' has no column '{}', which is a feature in training; it has {}: columns are "
                      "matched by name.",
                      path, name,
                      other == file.end() ? "no other" : fmt::format("'{}', which is none", *other)));
    }
    places.push_back(found->second);
  }
  return places;
}

}  // namespace

template <class T> void match_columns(basic_dataset<T>& data, const strings& names, const std::string& path) {
  const strings& file = data.feature_names;
  if (file.size() != names.size())
    throw error(errc::shape_mismatch, fmt::format("'{}' has {} features; in training there were {}.", path,
                                                  file.size(), names.size()));
  if (file == names) return;
  if (are_named(file) && are_named(names)) {
    const auto places = places_of(names, file, path);
    std::vector<T> row(names.size());
    for (std::size_t i = 0; i < data.x.shape(0); ++i) {
      T* const x = data.x.data() + i * names.size();
      for (std::size_t j = 0; j < names.size(); ++j) row[j] = x[places[j]];
      std::copy(row.begin(), row.end(), x);
    }
  }
  data.feature_names = names;
}

template void match_columns(dataset&, const strings&, const std::string&);
template void match_columns(byte_dataset&, const strings&, const std::string&);

}  // namespace reel::cli
