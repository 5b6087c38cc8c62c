// SPDX-License-Identifier: MIT
#include <reel/models/csv.hpp>

#include "class_labels.hpp"
#include "column_words.hpp"
#include "csv_advice.hpp"
#include "csv_columns.hpp"
#include "csv_header.hpp"
#include "formats.hpp"
#include "memory.hpp"
#include "number_text.hpp"
#include "row_numbers.hpp"
#include "row_store.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

namespace reel {

namespace {

using detail::csv_columns;
using detail::csv_field;
using detail::kept_record;
using detail::number_form;
using detail::quoted;

bool reads(csv_labels labels) { return labels == csv_labels::required || labels == csv_labels::optional; }

class csv_reader {
 public:
  csv_reader(detail::text_source& source, const csv_options& options)
      : options_(options),
        name_(source.name()),
        lexer_(source, options),
        labels_(source.name(), options.class_names) {}

  dataset read();

 private:
  using fields = std::span<const csv_field>;

  std::vector<kept_record> look_ahead();
  std::optional<kept_record> with_row_names(const std::vector<kept_record>& lines) const;
  void check_width(fields first) const;
  std::vector<std::string> names_in(fields first) const;
  void take_row(fields row);
  bool take_number(const csv_field& f, std::size_t column);
  double refuse(const csv_field& f, std::size_t column, number_form form) const;
  bool is_mark(const csv_field& f) const;
  bool is_missing(const csv_field& f) const;
  bool reads_labels() const { return columns_->label() != csv_columns::none && reads(options_.labels); }
  dataset finish();
  [[noreturn]] void fail(const csv_field& at, const std::string& detail) const {
    detail::fail_at(name_, at.line, at.column, detail);
  }

  const csv_options& options_;
  const std::string& name_;
  detail::csv_lexer lexer_;
  std::optional<csv_columns> columns_;
  std::size_t first_line_ = 0;
  index_t rows_ = 0;
  detail::class_labels labels_;
  std::vector<double> row_;
  detail::row_store x_;
  detail::row_number_watch row_numbers_;
  std::vector<std::string> notes_;
};

// The first lines, from which it is found out what the table is.
std::vector<kept_record> csv_reader::look_ahead() {
  constexpr std::size_t most_lines = 101, most_fields = std::size_t{1} << 14;
  std::vector<kept_record> lines;
  std::size_t kept = 0;
  while (lines.size() < 2 || (lines.size() < most_lines && kept < most_fields)) {
    if (!lexer_.next()) break;
    lines.emplace_back(lexer_.fields());
    kept += lines.back().fields.size();
  }
  return lines;
}

// R writes row names under a header that has no name for them. The first line with an empty name before it,
// if all others have a field more, and what stands there is quoted or counts.
std::optional<kept_record> csv_reader::with_row_names(const std::vector<kept_record>& lines) const {
  if (options_.header == csv_header::absent || lines.size() < 3) return std::nullopt;
  const auto& first = lines[0].fields;
  if (!std::all_of(first.begin(), first.end(),
                   [this](const csv_field& f) { return detail::is_text(f.text, options_.decimal); }))
    return std::nullopt;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto& row = lines[i].fields;
    if (row.size() != first.size() + 1 || !(row[0].is_quoted || row[0].text == std::to_string(i)))
      return std::nullopt;
  }
  std::vector<csv_field> wider{{{}, false, first[0].line, first[0].column}};
  wider.insert(wider.end(), first.begin(), first.end());
  return kept_record(wider);
}

dataset csv_reader::read() {
  std::vector<kept_record> lines = look_ahead();
  if (lines.empty()) detail::fail_at(name_, 1, 1, "the file is empty: there are no rows to read.");
  if (auto wider = with_row_names(lines)) lines[0] = std::move(*wider);
  const fields first = lines[0].fields;
  first_line_ = first[0].line;
  check_width(first);
  const auto header = detail::find_header(first, std::span(lines).subspan(1), options_, name_);
  if (!header.note.empty()) notes_.push_back(header.note);
  columns_.emplace(options_, header.is_header ? names_in(first) : std::vector<std::string>{}, first, name_);
  if (!columns_->note().empty()) notes_.push_back(columns_->note());
  row_numbers_ = detail::row_number_watch(columns_->features());
  for (std::size_t i = header.is_header ? 1 : 0; i < lines.size(); ++i) take_row(lines[i].fields);
  while (lexer_.next()) take_row(lexer_.fields());
  if (rows_ == 0)
    fail(first[0], options_.missing == missing_values::drop_row ? "there is no row without a missing value."
                                                                : "there is a header and nothing below it.");
  return finish();
}

dataset csv_reader::finish() {
  dataset data{{}, {}, options_.class_names, {}, columns_->has_names()};
  if (reads_labels()) std::tie(data.labels, data.class_names) = labels_.finish();
  for (std::size_t k = 0; k < columns_->features(); ++k)
    data.feature_names.push_back(columns_->name(columns_->column(k)));
  data.x = x_.take(rows_, data.features());
  for (std::size_t k = 0; k < columns_->features(); ++k)
    if (row_numbers_.counts(k) || (columns_->has_names() && detail::are_row_numbers(data, k)))
      notes_.push_back(fmt::format(
          "{} numbers the rows: it tells them apart, and nothing about rows to come; option ignore = {} "
          "leaves it out.",
          columns_->describe(columns_->column(k)), columns_->column(k) + 1));
  data.notes = std::move(notes_);
  return data;
}

void csv_reader::check_width(fields first) const {
  const bool wanted = options_.labels == csv_labels::required ||
                      ((options_.labels == csv_labels::optional || options_.labels == csv_labels::ignored) &&
                       options_.label.empty() && options_.features == 0 && options_.feature_names.empty());
  if (!wanted || first.size() > 1) return;
  const std::string_view line = first[0].text;
  const bool has_blanks = line.find_first_of(" \t") != line.npos;
  const bool is_comment = line.starts_with('#') || line.starts_with('%') || line.starts_with("//");
  fail(first[0],
       fmt::format("there is one column only, where a label and at least one feature are needed: is the "
                   "separator something else than {}?{}{}",
                   quoted(std::string(1, lexer_.separator())),
                   has_blanks && !is_comment ? " Runs of blanks are option separator = blanks." : "",
                   is_comment ? fmt::format(" Lines of comments are skipped with option comment = {}.",
                                            line.substr(0, 1))
                              : ""));
}

std::vector<std::string> csv_reader::names_in(fields first) const {
  std::vector<std::string> names;
  for (const csv_field& f : first) {
    if (!detail::is_utf8(f.text))
      fail(f, fmt::format("the name {} is not UTF-8: save the file as UTF-8.", quoted(f.text)));
    names.emplace_back(f.text);
  }
  return names;
}

bool csv_reader::is_mark(const csv_field& f) const {
  const auto& marks = options_.missing_marks;
  return std::find(marks.begin(), marks.end(), f.text) != marks.end();
}

bool csv_reader::is_missing(const csv_field& f) const {
  const auto form = detail::read_number(f.text).form;
  return form == number_form::missing || form == number_form::nan || is_mark(f);
}

void csv_reader::take_row(fields row) {
  const std::size_t width = columns_->width();
  if (row.size() != width) {
    const bool is_comment = row[0].text.starts_with('#') && options_.comment == '\0';
    fail(row[std::min(row.size() - 1, width)],
         fmt::format("this row has {} fields and line {} has {}: every row needs the same number.{}",
                     row.size(), first_line_, width,
                     is_comment ? " Lines of comments are skipped with option comment = #." : ""));
  }
  row_.assign(columns_->features(), 0);
  bool keep = true;
  for (std::size_t i = 0; i < width; ++i)
    if (columns_->place(i) != csv_columns::none) keep = take_number(row[i], i) && keep;
  row_numbers_.next(row_);
  if (reads_labels() && keep) {
    const csv_field& f = row[columns_->label()];
    if (options_.missing == missing_values::drop_row && !f.is_quoted && is_missing(f)) return;
    labels_.add(!f.is_quoted && is_mark(f) ? std::string_view() : f.text, f.is_quoted, f.line, f.column);
  }
  if (!keep) return;
  x_.push(row_);
  ++rows_;
}

// False where the row is to be dropped.
bool csv_reader::take_number(const csv_field& f, std::size_t column) {
  double& x = row_[columns_->place(column)];
  if (!options_.missing_marks.empty() && is_mark(f)) {
    x = refuse(f, column, number_form::missing);
    return options_.missing != missing_values::drop_row;
  }
  const auto [form, value] = detail::read_number(f.text, options_.decimal);
  if (form == number_form::finite) {
    x = value;
    return true;
  }
  x = refuse(f, column, form);
  return options_.missing != missing_values::drop_row || !std::isnan(x);
}

// What stands for a field that is no finite number.
double csv_reader::refuse(const csv_field& f, std::size_t column, number_form form) const {
  const std::string where = columns_->describe(column);
  switch (form) {
    case number_form::missing:
    case number_form::nan:
      if (options_.missing == missing_values::refuse)
        fail(f, fmt::format("the value of {} is {}: fill it in or remove the row, or say what to do with "
                            "missing values.",
                            where, form == number_form::nan ? "NaN" : "missing"));
      return std::numeric_limits<double>::quiet_NaN();
    case number_form::infinite:
      fail(f, fmt::format("{} in {} is infinite: only finite numbers can be trained on.", quoted(f.text),
                          where));
    case number_form::too_large:
      fail(f, fmt::format("{} in {} is larger than any double: write it in another unit.", quoted(f.text),
                          where));
    default:
      break;
  }
  if (const auto truth = detail::read_truth(f.text)) return *truth;
  fail(f, fmt::format("{} in {} is not a number: {}.", quoted(f.text), where,
                      detail::advice_on(f.text, options_)));
}

void check_options(const csv_options& options) {
  constexpr std::string_view unusable = "\"\n\r+-.0123456789";
  const auto usable = [&](char c) {
    return unusable.find(c) == unusable.npos && static_cast<unsigned char>(c) < 0x80;
  };
  if (!usable(options.separator))
    throw error(errc::invalid_argument, fmt::format("separator {}: it occurs inside fields.",
                                                    quoted(std::string(1, options.separator))));
  if (!usable(options.comment) || (options.comment != '\0' && options.comment == options.separator))
    throw error(errc::invalid_argument, fmt::format("comment {}: it occurs inside fields or between them.",
                                                    quoted(std::string(1, options.comment))));
  if ((options.decimal != '.' && options.decimal != ',') || options.decimal == options.separator)
    throw error(errc::invalid_argument,
                fmt::format("decimal {}: a point, or a comma if that is no separator.",
                            quoted(std::string(1, options.decimal))));
  if (!options.label.empty() && options.header == csv_header::absent && !detail::column_number(options.label))
    throw error(errc::invalid_argument,
                fmt::format("label {}: without a header, columns have no names; use label_column.",
                            quoted(options.label)));
  if (options.features < 0)
    throw error(errc::invalid_argument,
                fmt::format("{} features; give 0 where it is not known.", options.features));
  const bool may_have_labels =
      options.labels == csv_labels::optional || options.labels == csv_labels::ignored;
  if (may_have_labels && options.label.empty() && options.features == 0 && options.feature_names.empty())
    throw error(
        errc::invalid_argument,
        "optional labels: say how they are known, by the name of their column or the number of features.");
}

}  // namespace

dataset detail::read_csv(text_source source, const csv_options& options) {
  check_options(options);
  source.begin_text();
  return with_memory(source.name(), "its numbers", [&] { return csv_reader(source, options).read(); });
}

dataset read_csv(const std::string& path, const csv_options& options) {
  return detail::read_csv(detail::text_source(detail::byte_source(path)), options);
}

dataset parse_csv(std::string_view text, const csv_options& options, const std::string& name) {
  return detail::read_csv(detail::text_source(detail::byte_source(text, name)), options);
}

}  // namespace reel
