// SPDX-License-Identifier: MIT
#include "csv_columns.hpp"

#include "column_words.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace reel::detail {

namespace {

bool may_be_absent(csv_labels labels) {
  return labels == csv_labels::optional || labels == csv_labels::ignored;
}

index_t known_features(const csv_options& options) {
  return options.features != 0 ? options.features : static_cast<index_t>(options.feature_names.size());
}

// Whether a table whose columns do not tell by their names has one for labels.
bool wants_label(const csv_options& options, std::size_t columns) {
  return options.labels == csv_labels::required ||
         (may_be_absent(options.labels) && static_cast<index_t>(columns) == known_features(options) + 1);
}

// Whether features can be told apart by their names.
bool can_match(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return !names.empty() && std::adjacent_find(names.begin(), names.end()) == names.end();
}

std::vector<std::string> texts_of(std::span<const csv_field> line) {
  std::vector<std::string> texts;
  for (const csv_field& f : line) texts.emplace_back(f.text);
  return texts;
}

}  // namespace

columns_hint::columns_hint(std::span<const csv_field> first, const csv_options& options)
    : ignored_(first.size(), false) {
  const auto find = [&](const std::string& word) {
    const auto number = column_number(word);
    if (number) return *number <= first.size() ? *number - 1 : none;
    for (std::size_t i = 0; i < first.size(); ++i)
      if (first[i].text == word) return i;
    return none;
  };
  std::size_t columns = first.size();
  for (const std::string& word : options.ignore)
    if (const std::size_t i = find(word); i != none && !ignored_[i]) ignored_[i] = true, --columns;
  if (options.labels == csv_labels::absent) return;
  const bool by_name = !options.label.empty() && !column_number(options.label);
  if (by_name) {
    label_ = find(options.label);
  } else if (wants_label(options, columns)) {
    if (!options.label.empty()) label_ = find(options.label);
    else if (options.label_column >= 0) label_ = static_cast<std::size_t>(options.label_column);
    else {
      std::vector<std::size_t> rest;
      for (std::size_t i = 0; i < first.size(); ++i)
        if (!ignored_[i]) rest.push_back(i);
      const index_t at = options.label_column + static_cast<index_t>(rest.size());
      if (at >= 0) label_ = rest[static_cast<std::size_t>(at)];
    }
  }
  if (label_ >= first.size()) label_ = none;
  const index_t known = known_features(options), wanted = !by_name && wants_label(options, columns) ? 1 : 0;
  const index_t features = static_cast<index_t>(columns) - (label_ != none ? 1 : 0);
  fits_ = (known == 0 || features == known) && (wanted == 0 || label_ != none);
}

csv_columns::csv_columns(const csv_options& options, std::vector<std::string> names,
                         std::span<const csv_field> first, const std::string& file)
    : options_(options),
      names_(std::move(names)),
      first_(first),
      file_(file),
      place_(has_names() ? names_.size() : first.size(), none) {
  if (has_names() && can_match(options_.feature_names)) match_features();
  else take_in_order();
  for (std::size_t k = 0; k < order_.size(); ++k) place_[order_[k]] = k;
  const index_t wanted = known_features(options_);
  if (wanted != 0 && static_cast<index_t>(features()) != wanted)
    fail(fmt::format("{} columns of features{}, where {} are expected.", features(),
                     label_ != none ? " and one of labels" : "", wanted));
}

void csv_columns::fail(const std::string& detail) const {
  fail_at(file_, first_[0].line, first_[0].column, detail);
}

bool csv_columns::reads_labels() const {
  return options_.labels == csv_labels::required || options_.labels == csv_labels::optional;
}

std::string csv_columns::name(std::size_t column) const {
  return is_named(column) ? names_[column] : fmt::format("column {}", column + 1);
}

std::string csv_columns::describe(std::size_t column) const {
  return has_names() ? fmt::format("column {} ({})", column + 1, quoted(names_[column]))
                     : fmt::format("column {}", column + 1);
}

std::string csv_columns::list_of(const std::vector<std::size_t>& columns) const {
  std::vector<std::string> names;
  for (const std::size_t i : columns) names.push_back(name(i));
  return list_of_names(names);
}

std::vector<bool> csv_columns::ignored(bool strictly) const {
  std::vector<bool> all(width(), false);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < width(); ++i) names.push_back(name(i));
  for (const std::string& word : options_.ignore) {
    const auto number = column_number(word);
    const bool is_there =
        std::find(names.begin(), names.end(), word) != names.end() || (number && *number <= names.size());
    if (strictly || is_there) all[named_column("ignore", names, word)] = true;
  }
  return all;
}

// The features stand wherever their names do; what is left may be the label, and the rest is left out.
void csv_columns::match_features() {
  std::unordered_map<std::string_view, std::size_t> wanted;
  for (const std::string& feature : options_.feature_names) wanted.emplace(feature, wanted.size());
  order_.assign(wanted.size(), none);
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < width(); ++i) {
    const auto feature = wanted.find(name(i));
    if (feature == wanted.end()) {
      if (is_named(i)) rest.push_back(i);
      continue;
    }
    if (order_[feature->second] != none)
      throw error(
          errc::invalid_argument,
          fmt::format("'{}' has two columns that are called {}: give them other names, or leave one out.",
                      file_, quoted(name(i))));
    order_[feature->second] = i;
  }
  if (const auto missed = std::find(order_.begin(), order_.end(), none); missed != order_.end())
    throw error(
        errc::invalid_argument,
        fmt::format("'{}' has no column {}, which is a feature in training; it has {}: columns are "
                    "matched by name.",
                    file_, quoted(options_.feature_names[static_cast<std::size_t>(missed - order_.begin())]),
                    other_column()));
  leave_out(rest);
  if (options_.labels != csv_labels::absent) label_among(rest);
  if (label_ != none && std::find(order_.begin(), order_.end(), label_) != order_.end())
    throw error(errc::invalid_argument,
                fmt::format("label {}: in '{}' this column is a feature.", quoted(name(label_)), file_));
  std::erase(rest, label_);
  if (!rest.empty()) note_ = fmt::format("left out, as no features and no label: {}.", list_of(rest));
}

// Of columns that are no features, those to ignore: by their names and, if more than one is left to be the
// label, by their numbers, which may be those of another file.
void csv_columns::leave_out(std::vector<std::size_t>& rest) const {
  const auto& words = options_.ignore;
  const auto has = [&](const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  std::erase_if(rest, [&](std::size_t i) { return has(names_[i]); });
  if (rest.size() > 1) std::erase_if(rest, [&](std::size_t i) { return has(std::to_string(i + 1)); });
}

// A column that may be the one that is missed, in the words of a message.
std::string csv_columns::other_column() const {
  const auto& known = options_.feature_names;
  for (std::size_t i = 0; i < width(); ++i)
    if (is_named(i) && names_[i] != options_.label &&
        std::find(known.begin(), known.end(), names_[i]) == known.end())
      return quoted(names_[i]) + ", which is none";
  return "no other";
}

void csv_columns::label_among(const std::vector<std::size_t>& rest) {
  if (!options_.label.empty()) {
    const auto at = std::find(names_.begin(), names_.end(), options_.label);
    if (at != names_.end()) label_ = static_cast<std::size_t>(at - names_.begin());
    if (label_ != none || !column_number(options_.label)) {
      if (label_ != none || !reads_labels() || options_.labels == csv_labels::optional) return;
      throw error(errc::invalid_argument,
                  fmt::format("none of the columns of '{}' is called {}; they are {}.", file_,
                              quoted(options_.label), list_of_names(names_)));
    }
  }
  if (rest.size() == 1) label_ = rest[0];
  if (label_ != none || options_.labels != csv_labels::required) return;
  throw error(errc::invalid_argument,
              rest.empty()
                  ? fmt::format("'{}' has no column of labels: all of its columns are features.", file_)
                  : fmt::format("'{}' has several columns that are no features: {}. Say which of "
                                "them is the label.",
                                file_, list_of(rest)));
}

void csv_columns::take_in_order() {
  const std::vector<bool> left_out = ignored(known_features(options_) == 0);
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < width(); ++i)
    if (!left_out[i]) rest.push_back(i);
  // A second file may come without the columns that were left out of the first.
  if (static_cast<index_t>(rest.size()) < known_features(options_)) {
    rest.resize(width());
    std::iota(rest.begin(), rest.end(), std::size_t{0});
  }
  if (options_.labels != csv_labels::absent) find_label(rest);
  for (const std::size_t i : rest)
    if (i != label_) order_.push_back(i);
  if (order_.empty()) fail("no column of features is left.");
}

void csv_columns::find_label(const std::vector<std::size_t>& rest) {
  const std::vector<std::string> texts = has_names() ? names_ : texts_of(first_);
  const std::string& word = options_.label;
  if (!word.empty()) {
    const auto found = std::count(texts.begin(), texts.end(), word);
    const bool by_number = found == 0 || !has_names();
    if (found == 1 && has_names()) {
      label_ = static_cast<std::size_t>(std::find(texts.begin(), texts.end(), word) - texts.begin());
    } else if (const auto number = column_number(word); by_number && number && *number <= width()) {
      if (wants_label(options_, rest.size())) label_ = *number - 1;
    } else if (found > 1 || options_.labels == csv_labels::required) {
      throw error(errc::invalid_argument, fmt::format("{} of the columns of '{}' is called {}; they are {}.",
                                                      found == 0 ? "none" : "more than one", file_,
                                                      quoted(word), list_of_names(texts)));
    }
  } else if (wants_label(options_, rest.size())) {
    const index_t from_end = static_cast<index_t>(rest.size()) + options_.label_column;
    const bool fits =
        options_.label_column < 0 ? from_end >= 0 : options_.label_column < static_cast<index_t>(width());
    if (!fits)
      throw error(errc::invalid_argument, fmt::format("label_column {} is outside the {} columns of '{}'.",
                                                      options_.label_column, width(), file_));
    label_ = options_.label_column < 0 ? rest[static_cast<std::size_t>(from_end)]
                                       : static_cast<std::size_t>(options_.label_column);
  }
  if (label_ != none && std::find(rest.begin(), rest.end(), label_) == rest.end())
    throw error(errc::invalid_argument,
                fmt::format("label {}: this column is among those to ignore.", quoted(name(label_))));
}

}  // namespace reel::detail
