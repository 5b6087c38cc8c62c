// SPDX-License-Identifier: MIT
#include "columns.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <charconv>
#include <string_view>

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

}  // namespace

// Without a header, columns are called by their numbers, which ascend.
bool are_names(const strings& names) {
  int last = 0;
  for (const std::string& name : names) {
    const int n = number_of(name);
    if (n <= last) return true;
    last = n;
  }
  return false;
}

template <class T> void name_columns(basic_dataset<T>& data, const strings& names, const std::string& path) {
  if (data.feature_names.size() != names.size())
    throw error(errc::shape_mismatch, fmt::format("'{}' has {} features; in training there were {}.", path,
                                                  data.feature_names.size(), names.size()));
  data.feature_names = names;
}

template void name_columns(dataset&, const strings&, const std::string&);
template void name_columns(byte_dataset&, const strings&, const std::string&);

}  // namespace reel::cli
