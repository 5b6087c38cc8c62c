// SPDX-License-Identifier: MIT
// The label column of a file: texts in, class numbers and class names out. A label in quotes is a name.
#pragma once

#include <reel/autodiff/array.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace reel::detail {

class class_labels {
 public:
  // Classes that are known are kept in their order; without any, they are found and sorted.
  class_labels(std::string file, std::vector<std::string> known);

  // The label of the next sample. Throws parse_error for a missing one, or for too many classes.
  void add(std::string_view text, bool is_quoted, std::size_t line, std::size_t column);
  std::size_t size() const noexcept { return labels_.size(); }

  // Labels and class names. Throws parse_error for labels that are no classes.
  std::pair<array<index_t>, std::vector<std::string>> finish();

 private:
  struct distinct {
    std::string text;
    double value;  // of a number, whole or not
    bool is_number, is_quoted;
    std::size_t line, column;
  };
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
  };
  const char* why_no_class(const distinct& d) const;
  static std::vector<std::string> sorted(const std::vector<std::string>& names);

  std::string file_;
  std::vector<std::string> known_;
  std::vector<distinct> distinct_;
  // Indices into distinct_ by the text: of labels as they stand, and of those in quotes, which are names.
  std::unordered_map<std::string, std::uint32_t, hash, std::equal_to<>> plain_, quoted_;
  std::vector<std::uint32_t> labels_;  // indices into distinct_
};

}  // namespace reel::detail
