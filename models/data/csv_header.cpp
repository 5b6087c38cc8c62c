// SPDX-License-Identifier: MIT
#include "csv_header.hpp"

#include "column_words.hpp"
#include "csv_columns.hpp"
#include "number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace reel::detail {

bool is_text(std::string_view field, char decimal) {
  return read_number(field).form == number_form::text &&
         read_number(field, decimal).form == number_form::text && !read_truth(field);
}

namespace {

using fields = std::span<const csv_field>;

// So many lines below a first one show what classes and values there usually are.
constexpr std::size_t enough_lines = 10;

bool has(fields line, std::string_view name) {
  return std::any_of(line.begin(), line.end(), [&](const csv_field& f) { return f.text == name; });
}

// Whether a name that someone gave is in the line, and no number of a column could be meant.
bool has_word(fields line, const std::string& word) {
  return !word.empty() && !column_number(word) && has(line, word);
}

bool is_whole(std::string_view field) {
  const auto [form, value] = read_number(field);
  return form == number_form::finite && value == std::trunc(value) &&
         field.find_first_of(".eE") == field.npos;
}

// What numbers the columns from `begin`: 0, 1, 2, … as texts.
bool numbers_columns(fields line, std::size_t begin) {
  if (!line.empty() && line[0].text.empty()) line = line.subspan(1);  // the name of row numbers
  for (std::size_t i = 0; i < line.size(); ++i)
    if (line[i].text != std::to_string(begin + i)) return false;
  return line.size() >= 2;
}

class header_finder {
 public:
  header_finder(fields first, std::span<const kept_record> next, const csv_options& options,
                const std::string& file)
      : first_(first), next_(next), options_(options), file_(file), hint_(first, options) {}

  header_finding find() const {
    if (options_.header != csv_header::detect) return {options_.header == csv_header::present};
    if (names_are_there()) return {true};
    const csv_field *text = nullptr, *number = nullptr;
    for (std::size_t i = 0; i < first_.size(); ++i) {
      if (!hint_.is_feature(i)) continue;
      const auto form = read_number(first_[i].text).form;
      if (is_text(first_[i].text, options_.decimal)) text = text == nullptr ? &first_[i] : text;
      else if (form != number_form::missing) number = &first_[i];
    }
    if (text != nullptr && number != nullptr) return of_both(*text, *number);
    if (text != nullptr) return {true};
    if (label_tells()) return {true};
    return of_numbers();
  }

 private:
  bool names_are_there() const {
    const auto in_first = [&](const std::string& word) { return has_word(first_, word); };
    const auto& known = options_.feature_names;
    return (options_.labels != csv_labels::absent && in_first(options_.label)) ||
           std::any_of(options_.ignore.begin(), options_.ignore.end(), in_first) ||
           (!known.empty() &&
            std::all_of(known.begin(), known.end(), [&](const auto& name) { return has(first_, name); }));
  }

  // A first line of texts and numbers: names and numbers as names, or a sample with a text in it?
  header_finding of_both(const csv_field& text, const csv_field& number) const {
    bool all_below = !next_.empty(), none_below = !next_.empty();
    for (const kept_record& line : next_)
      for (std::size_t i = 0; i < std::min(first_.size(), line.fields.size()); ++i) {
        if (!hint_.is_feature(i) || !is_text(first_[i].text, options_.decimal)) continue;
        (is_text(line.fields[i].text, options_.decimal) ? none_below : all_below) = false;
      }
    if (all_below || !hint_.fits()) return {false};
    if (none_below && hint_.label() != columns_hint::none && !label_recurs()) return {true};
    fail_at(file_, text.line, text.column,
            fmt::format("is this line a header? {} is no number but {} is: correct it, or say in the options "
                        "whether there is a header.",
                        quoted(text.text), quoted(number.text)));
  }

  bool is_label_text(fields line) const {
    return read_number(line[hint_.label()].text).form == number_form::text;
  }

  // Text above numbers, a number above texts, and what is none of the known classes above one of them.
  bool label_tells() const {
    if (hint_.label() == columns_hint::none) return false;
    const auto lines = whole_lines();
    if (lines.empty()) return false;
    const bool text = is_label_text(first_);
    if (text && !is_label_text(lines[0])) return true;
    const bool number = read_number(first_[hint_.label()].text).form == number_form::finite;
    const auto holds_text = [&](fields line) { return is_label_text(line); };
    if (number && lines.size() > 1 && std::all_of(lines.begin(), lines.end(), holds_text) &&
        std::count(options_.class_names.begin(), options_.class_names.end(), first_[hint_.label()].text) == 0)
      return true;
    return !options_.class_names.empty() && !is_class(first_) && is_class(lines[0]);
  }

  // Every feature is a number, and the label does not tell.
  header_finding of_numbers() const {
    const std::size_t width = first_.size();
    const bool has_label = hint_.label() != columns_hint::none;
    const bool new_label = has_label && next_.size() >= enough_lines && !label_recurs();
    const bool from_0 = numbers_columns(first_, 0), from_1 = numbers_columns(first_, 1);
    if ((from_0 || from_1) && first_[0].text.empty()) return {true};
    if ((from_0 && width > 3 && (fractions_below() || new_label)) || ((from_0 || from_1) && new_label) ||
        (new_label && whole_and_different() && fractions_below()))
      return {true, fmt::format("line {} is taken for the names of columns, though they are numbers; option "
                                "header = no takes it for a sample.",
                                first_[0].line)};
    if ((from_0 && (width > 2 || !has_label)) || (from_1 && width > 3) || new_label)
      return {false,
              fmt::format("line {} may name the columns or be a sample, and is taken for a sample: {}; "
                          "option header = yes or option header = no tells.",
                          first_[0].line,
                          new_label ? fmt::format("its class {} is not seen again below",
                                                  quoted(first_[hint_.label()].text))
                                    : "its fields count up")};
    return {false};
  }

  std::vector<fields> whole_lines() const {
    std::vector<fields> lines;
    for (const kept_record& line : next_)
      if (line.fields.size() == first_.size()) lines.emplace_back(line.fields);
    return lines;
  }

  bool same_label(std::string_view a, std::string_view b) const {
    const auto x = read_number(a), y = read_number(b);
    return a == b || (x.form == number_form::finite && y.form == number_form::finite && x.value == y.value);
  }
  bool is_class(fields line) const {
    return std::any_of(options_.class_names.begin(), options_.class_names.end(),
                       [&](const auto& name) { return same_label(name, line[hint_.label()].text); });
  }
  bool label_recurs() const {
    const auto lines = whole_lines();
    return std::any_of(lines.begin(), lines.end(), [&](fields line) {
      return same_label(line[hint_.label()].text, first_[hint_.label()].text);
    });
  }
  bool fractions_below() const {
    for (const fields line : whole_lines())
      for (std::size_t i = 0; i < line.size(); ++i)
        if (hint_.is_feature(i) && !is_whole(line[i].text) &&
            read_number(line[i].text, options_.decimal).form == number_form::finite)
          return true;
    return false;
  }
  bool whole_and_different() const {
    std::vector<std::string_view> texts;
    for (std::size_t i = 0; i < first_.size(); ++i) {
      if (!hint_.is_feature(i)) continue;
      if (!is_whole(first_[i].text)) return false;
      texts.push_back(first_[i].text);
    }
    std::sort(texts.begin(), texts.end());
    return std::adjacent_find(texts.begin(), texts.end()) == texts.end();
  }

  fields first_;
  std::span<const kept_record> next_;
  const csv_options& options_;
  const std::string& file_;
  columns_hint hint_;
};

}  // namespace

header_finding find_header(std::span<const csv_field> first, std::span<const kept_record> next,
                           const csv_options& options, const std::string& file) {
  return header_finder(first, next, options, file).find();
}

}  // namespace reel::detail
