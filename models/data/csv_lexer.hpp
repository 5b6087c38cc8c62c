// SPDX-License-Identifier: MIT
// CSV text cut into records of fields.
#pragma once

#include "text_source.hpp"

#include <reel/models/csv.hpp>

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace reel::detail {

struct csv_field {
  std::string_view text;  // without its quotes and the blanks around it
  bool is_quoted;
  std::size_t line, column;  // of its first character, from 1
};

class csv_lexer {
 public:
  // Of the options it takes separator, decimal and comment. A first line "sep=;", as Excel writes it, is
  // skipped, and tells the separator if none is given.
  csv_lexer(text_source& source, const csv_options& options);

  // Reads the next record that is not blank; false at the end. Its fields are valid until the next call.
  bool next();
  std::span<const csv_field> fields() const noexcept { return fields_; }
  char separator() const noexcept { return separator_; }

 private:
  // A field as offsets from the beginning of its record.
  struct mark {
    std::size_t begin, end;
    bool is_quoted, has_doubled;
    std::size_t line, column;
  };
  static constexpr int end_of_text = -1;

  int peek(std::size_t at) {
    return at < text_.size() ? static_cast<unsigned char>(text_[at]) : peek_further(at);
  }
  int peek_further(std::size_t at);
  bool is_blank(int c) const noexcept { return (c == ' ' || c == '\t') && c != separator_; }
  // With runs of blanks as separators, ' ', a tab is a blank, too.
  bool separates(int c) const noexcept { return c == separator_ || (separator_ == ' ' && c == '\t'); }
  bool is_comment(int c) const noexcept { return c == comment_ && comment_ != '\0'; }
  bool ends_line(int c) const noexcept { return c == '\n' || c == '\r' || c == end_of_text || is_comment(c); }
  bool ends_field(int c) const noexcept { return separates(c) || ends_line(c); }
  std::size_t column(std::size_t at) const noexcept { return at - line_begin_ + 1; }
  [[noreturn]] void fail(std::size_t at, const char* detail) const;

  char announced_separator();
  char most_frequent_separator(char decimal);
  void scan_record();
  std::size_t scan_quoted(std::size_t at);
  std::size_t scan_plain(std::size_t at);
  std::size_t skip_blanks(std::size_t at);
  std::size_t skip_comment(std::size_t at);
  std::size_t skip_line_end(std::size_t at);

  text_source& source_;
  char separator_, comment_;
  std::array<bool, 256> is_special_{};  // a byte that a plain field cannot just run over
  std::span<char> text_;                // the source's window: it begins with this record
  std::size_t length_ = 0;              // of this record
  std::size_t line_ = 1;                // where the scan is
  std::size_t line_begin_ = 0;
  std::vector<mark> marks_;
  std::vector<csv_field> fields_;
};

}  // namespace reel::detail
