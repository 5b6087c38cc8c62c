// SPDX-License-Identifier: MIT
#include <reel/models/csv.hpp>

#include "class_labels.hpp"
#include "csv_lexer.hpp"
#include "formats.hpp"
#include "number_text.hpp"
#include "row_store.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace reel {

namespace {

using detail::csv_field;
using detail::number_form;
using detail::quoted;

bool is_missing(std::string_view text) {
  const auto form = detail::read_number(text).form;
  return form == number_form::missing || form == number_form::nan;
}

class csv_reader {
 public:
  csv_reader(detail::text_source& source, const csv_options& options)
      : options_(options),
        name_(source.name()),
        lexer_(source, options.separator),
        labels_(source.name(), options.class_names) {}

  dataset read();

 private:
  using fields = std::span<const csv_field>;

  void find_label(fields first);
  void find_named_label(fields first);
  bool is_header(fields first, fields second) const;
  void take_names(fields first);
  void take_row(fields row);
  bool take_number(const csv_field& f, std::size_t column);
  bool reads_labels() const { return label_ != none && options_.labels != csv_labels::ignored; }
  std::string describe(std::size_t field) const;
  [[noreturn]] void fail(const csv_field& at, const std::string& detail) const {
    detail::fail_at(name_, at.line, at.column, detail);
  }

  const csv_options& options_;
  const std::string& name_;
  detail::csv_lexer lexer_;
  static constexpr std::size_t none = ~std::size_t{0};
  std::size_t width_ = 0, label_ = none, first_line_ = 0;
  index_t rows_ = 0;
  std::vector<std::string> names_;  // of all columns, in a file with a header
  detail::class_labels labels_;
  std::vector<double> row_;
  detail::row_store x_;
};

// Fields that stay when the lexer goes on.
struct kept_record {
  explicit kept_record(std::span<const csv_field> from) : fields(from.begin(), from.end()) {
    texts.reserve(fields.size());
    for (csv_field& f : fields) f.text = texts.emplace_back(f.text);
  }
  std::vector<std::string> texts;
  std::vector<csv_field> fields;
};

dataset csv_reader::read() {
  if (!lexer_.next()) detail::fail_at(name_, 1, 1, "the file is empty: there are no rows to read.");
  const kept_record first(lexer_.fields());
  find_label(first.fields);
  const bool more = lexer_.next();
  if (is_header(first.fields, more ? lexer_.fields() : fields{})) take_names(first.fields);
  else take_row(first.fields);
  if (more) {
    do take_row(lexer_.fields());
    while (lexer_.next());
  }
  if (rows_ == 0)
    fail(first.fields[0], options_.missing == missing_values::drop_row
                              ? "there is no row without a missing value."
                              : "there is a header and nothing below it.");

  dataset data{{}, {}, options_.class_names, {}};
  if (reads_labels()) std::tie(data.labels, data.class_names) = labels_.finish();
  for (std::size_t i = 0; i < width_; ++i)
    if (i != label_)
      data.feature_names.push_back(names_.empty() || names_[i].empty() ? fmt::format("column {}", i + 1)
                                                                       : names_[i]);
  data.x = x_.take(rows_, data.features());
  return data;
}

void csv_reader::find_label(fields first) {
  width_ = first.size();
  first_line_ = first[0].line;
  const auto width = static_cast<index_t>(width_);
  const bool there_may_be_none =
      options_.labels == csv_labels::optional || options_.labels == csv_labels::ignored;
  const bool wanted = options_.labels == csv_labels::required ||
                      (there_may_be_none && options_.label.empty() && width == options_.features + 1);
  if (wanted && width_ < 2)
    fail(first[0],
         fmt::format("there is one column only, where a label and at least one feature are needed: is the "
                     "separator something else than {}?",
                     quoted(std::string(1, lexer_.separator()))));
  if (options_.labels != csv_labels::absent && !options_.label.empty()) {
    find_named_label(first);
  } else if (wanted) {
    const index_t column = options_.label_column < 0 ? options_.label_column + width : options_.label_column;
    if (column < 0 || column >= width)
      throw error(errc::invalid_argument, fmt::format("label_column {} is outside the {} columns of '{}'.",
                                                      options_.label_column, width, name_));
    label_ = static_cast<std::size_t>(column);
  }
  const index_t features = width - (label_ != none ? 1 : 0);
  if (options_.features != 0 && features != options_.features)
    fail(first[0], fmt::format("{} columns of features{}, where {} are expected.", features,
                               label_ != none ? " and one of labels" : "", options_.features));
}

void csv_reader::find_named_label(fields first) {
  std::string all;
  std::size_t found = 0;
  for (std::size_t i = 0; i < width_; ++i) {
    if (first[i].text == options_.label) {
      label_ = i;
      ++found;
    }
    if (i < 20) all += (i == 0 ? "" : ", ") + quoted(first[i].text);
    else if (i == 20) all += ", …";
  }
  if (found > 1 || (found == 0 && options_.labels == csv_labels::required))
    throw error(errc::invalid_argument,
                fmt::format("{} of the columns of '{}' is called {}; they are {}.",
                            found == 0 ? "none" : "more than one", name_, quoted(options_.label), all));
}

bool csv_reader::is_header(fields first, fields second) const {
  if (options_.header != csv_header::detect) return options_.header == csv_header::present;
  if (label_ != none && !options_.label.empty()) return true;
  const csv_field *text = nullptr, *number = nullptr;
  for (std::size_t i = 0; i < width_; ++i) {
    if (i == label_) continue;
    const auto form = detail::read_number(first[i].text).form;
    if (form == number_form::text) text = text == nullptr ? &first[i] : text;
    else if (form != number_form::missing) number = &first[i];
  }
  if (text != nullptr && number != nullptr)
    fail(*text,
         fmt::format("is this line a header? {} is no number but {} is: correct it, or say in the options "
                     "whether there is a header.",
                     quoted(text->text), quoted(number->text)));
  if (text != nullptr) return true;
  if (label_ == none) return false;
  const auto is_text = [&](fields row) {
    return row.size() == width_ && detail::read_number(row[label_].text).form == number_form::text;
  };
  return is_text(first) && second.size() == width_ && !is_text(second);
}

void csv_reader::take_names(fields first) {
  for (const csv_field& f : first) {
    if (!detail::is_utf8(f.text))
      fail(f, fmt::format("the name {} is not UTF-8: save the file as UTF-8.", quoted(f.text)));
    names_.emplace_back(f.text);
  }
}

std::string csv_reader::describe(std::size_t field) const {
  return names_.empty() ? fmt::format("column {}", field + 1)
                        : fmt::format("column {} ({})", field + 1, quoted(names_[field]));
}

void csv_reader::take_row(fields row) {
  if (row.size() != width_)
    fail(row[std::min(row.size() - 1, width_)],
         fmt::format("this row has {} fields and line {} has {}: every row needs the same number.",
                     row.size(), first_line_, width_));
  row_.clear();
  bool keep = true;
  for (std::size_t i = 0; i < width_; ++i)
    if (i != label_) keep = take_number(row[i], i) && keep;
  if (reads_labels() && keep) {
    const csv_field& f = row[label_];
    if (options_.missing == missing_values::drop_row && !f.is_quoted && is_missing(f.text)) return;
    labels_.add(f.text, f.is_quoted, f.line, f.column);
  }
  if (!keep) return;
  x_.push(row_);
  ++rows_;
}

// False where the row is to be dropped.
bool csv_reader::take_number(const csv_field& f, std::size_t column) {
  const auto [form, value] = detail::read_number(f.text);
  switch (form) {
    case number_form::finite:
      row_.push_back(value);
      return true;
    case number_form::missing:
    case number_form::nan:
      if (options_.missing == missing_values::refuse)
        fail(f, fmt::format("the value of {} is {}: fill it in or remove the row, or say what to do with "
                            "missing values.",
                            describe(column), form == number_form::nan ? "NaN" : "missing"));
      row_.push_back(std::numeric_limits<double>::quiet_NaN());
      return options_.missing != missing_values::drop_row;
    case number_form::infinite:
      fail(f, fmt::format("{} in {} is infinite: only finite numbers can be trained on.", quoted(f.text),
                          describe(column)));
    case number_form::too_large:
      fail(f, fmt::format("{} in {} is larger than any double: write it in another unit.", quoted(f.text),
                          describe(column)));
    case number_form::text:
      break;
  }
  std::string point(f.text);
  std::replace(point.begin(), point.end(), ',', '.');
  const bool comma = point != f.text && detail::read_number(point).form == number_form::finite;
  fail(f, fmt::format("{} in {} is not a number: {}.", quoted(f.text), describe(column),
                      comma ? "write a decimal point in place of the comma"
                            : "features are numbers, and one column only is the label"));
}

void check_options(const csv_options& options) {
  constexpr std::string_view unusable = "\"\n\r+-.0123456789";
  const char c = options.separator;
  if (unusable.find(c) != unusable.npos || static_cast<unsigned char>(c) >= 0x80)
    throw error(errc::invalid_argument,
                fmt::format("separator {}: it occurs inside fields.", quoted(std::string(1, c))));
  if (!options.label.empty() && options.header == csv_header::absent)
    throw error(errc::invalid_argument,
                fmt::format("label {}: without a header, columns have no names; use label_column.",
                            quoted(options.label)));
  if (options.features < 0)
    throw error(errc::invalid_argument,
                fmt::format("{} features; give 0 where it is not known.", options.features));
  const bool may_have_labels =
      options.labels == csv_labels::optional || options.labels == csv_labels::ignored;
  if (may_have_labels && options.label.empty() && options.features == 0)
    throw error(
        errc::invalid_argument,
        "optional labels: say how they are known, by the name of their column or the number of features.");
}

}  // namespace

dataset detail::read_csv(text_source source, const csv_options& options) {
  check_options(options);
  source.begin_text();
  return csv_reader(source, options).read();
}

dataset read_csv(const std::string& path, const csv_options& options) {
  return detail::read_csv(detail::text_source(detail::byte_source(path)), options);
}

dataset parse_csv(std::string_view text, const csv_options& options, const std::string& name) {
  return detail::read_csv(detail::text_source(detail::byte_source(text, name)), options);
}

}  // namespace reel
