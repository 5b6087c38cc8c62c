// SPDX-License-Identifier: MIT
// What each column of a table is: a feature, the label, or left out.
#pragma once

#include "csv_lexer.hpp"

#include <reel/models/csv.hpp>

#include <span>
#include <string>
#include <vector>

namespace reel::detail {

// What columns probably are, before it is known whether the first line names them.
class columns_hint {
 public:
  static constexpr std::size_t none = ~std::size_t{0};
  columns_hint(std::span<const csv_field> first, const csv_options& options);

  std::size_t label() const noexcept { return label_; }
  bool is_feature(std::size_t column) const { return column != label_ && !ignored_[column]; }
  // Whether there are as many columns as the options say; if not, they will be refused.
  bool fits() const noexcept { return fits_; }

 private:
  std::size_t label_ = none;
  bool fits_ = true;
  std::vector<bool> ignored_;
};

class csv_columns {
 public:
  static constexpr std::size_t none = ~std::size_t{0};

  // `names` are those of a header, or empty; `first` is the first line, for messages. Throws parse_error
  // for columns that are too few or too many, invalid_argument for options that do not suit them.
  csv_columns(const csv_options& options, std::vector<std::string> names, std::span<const csv_field> first,
              const std::string& file);

  std::size_t width() const noexcept { return place_.size(); }
  std::size_t label() const noexcept { return label_; }
  std::size_t features() const noexcept { return order_.size(); }
  // Where a column stands among the features, or none.
  std::size_t place(std::size_t column) const { return place_[column]; }
  // The column of a feature.
  std::size_t column(std::size_t feature) const { return order_[feature]; }
  bool is_named(std::size_t column) const { return has_names() && !names_[column].empty(); }
  bool has_names() const noexcept { return !names_.empty(); }
  // What a feature is called: a column without a name by its number.
  std::string name(std::size_t column) const;
  // The same for messages.
  std::string describe(std::size_t column) const;
  // What was left out without being asked for.
  const std::string& note() const noexcept { return note_; }

 private:
  using fields = std::span<const csv_field>;
  [[noreturn]] void fail(const std::string& detail) const;
  void match_features();
  void leave_out(std::vector<std::size_t>& rest) const;
  std::string other_column() const;
  void take_in_order();
  void label_among(const std::vector<std::size_t>& rest);
  void find_label(const std::vector<std::size_t>& rest);
  std::vector<bool> ignored(bool strictly) const;
  bool reads_labels() const;
  std::string list_of(const std::vector<std::size_t>& columns) const;

  const csv_options& options_;
  std::vector<std::string> names_;
  fields first_;
  const std::string& file_;
  std::size_t label_ = none;
  std::vector<std::size_t> place_, order_;
  std::string note_;
};

}  // namespace reel::detail
