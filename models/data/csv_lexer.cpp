// SPDX-License-Identifier: MIT
#include "csv_lexer.hpp"

#include <algorithm>
#include <utility>

namespace reel::detail {

namespace {

// A record that goes on for longer has lost its end.
constexpr std::size_t max_record = std::size_t{16} << 20;
constexpr std::size_t max_columns = std::size_t{1} << 20;

// Keeps one of every two quotes, in place; returns the new end.
char* merge_doubled_quotes(char* begin, char* end) noexcept {
  char* to = begin;
  for (const char* from = begin; from < end; ++from) {
    *to++ = *from;
    if (*from == '"') ++from;
  }
  return to;
}

}  // namespace

csv_lexer::csv_lexer(text_source& source, const csv_options& options)
    : source_(source), separator_(options.separator), comment_(options.comment), text_(source.window()) {
  if (const char announced = announced_separator(); announced != '\0') {
    source_.consume(length_);
    length_ = 0;
    text_ = source_.window();
    if (separator_ == '\0') separator_ = announced;
  }
  if (separator_ == '\0') separator_ = most_frequent_separator(options.decimal);
  for (const char c : {separator_, comment_, '\n', '\r', '"', '\0'})
    is_special_[static_cast<unsigned char>(c)] = true;
  if (separator_ == ' ') is_special_['\t'] = true;
}

// Of a first line "sep=;", whose end it puts into length_; '\0' if there is none.
char csv_lexer::announced_separator() {
  constexpr std::string_view word = "sep=";
  for (std::size_t i = 0; i < word.size(); ++i)
    if (const int c = peek(i); (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != word[i]) return '\0';
  const int separator = peek(word.size()), after = peek(word.size() + 1);
  const bool is_line = after == '\n' || after == '\r' || after == end_of_text;
  if (!is_line || std::string_view(",;|: \t").find(static_cast<char>(separator)) == std::string_view::npos)
    return '\0';
  length_ = skip_line_end(word.size() + 1);
  return static_cast<char>(separator);
}

bool csv_lexer::next() {
  do {
    source_.consume(std::exchange(length_, 0));
    text_ = source_.window();
    if (peek(0) == end_of_text) return false;
    scan_record();
  } while (marks_.size() == 1 && !marks_[0].is_quoted && marks_[0].begin == marks_[0].end);

  fields_.clear();
  for (const mark& m : marks_) {
    char* const begin = text_.data() + m.begin;
    char* const end = text_.data() + m.end;
    char* const last = m.has_doubled ? merge_doubled_quotes(begin, end) : end;
    fields_.push_back({{begin, static_cast<std::size_t>(last - begin)}, m.is_quoted, m.line, m.column});
  }
  return true;
}

int csv_lexer::peek_further(std::size_t at) {
  while (at >= text_.size()) {
    if (text_.size() > max_record)
      fail(0, "a record of more than 16 MiB begins here: is a line end or a quote missing?");
    if (!source_.read_more()) return end_of_text;
    text_ = source_.window();
  }
  return static_cast<unsigned char>(text_[at]);
}

void csv_lexer::fail(std::size_t at, const char* detail) const {
  fail_at(source_.name(), line_, column(at), detail);
}

// A comma loses a tie: beside another separator it is a decimal comma.
char csv_lexer::most_frequent_separator(char decimal) {
  constexpr std::string_view candidates = ";\t|,";
  std::array<std::size_t, candidates.size()> counts{};
  bool in_quotes = false, is_blank_line = true;
  for (std::size_t at = 0;; ++at) {
    if (is_comment(peek(at)) && !in_quotes) at = skip_comment(at);
    const int c = peek(at);
    if (c == end_of_text || ((c == '\n' || c == '\r') && !in_quotes)) {
      if (!is_blank_line) break;
      counts = {};
      if (c == end_of_text) break;
      continue;
    }
    if (c == '"') in_quotes = !in_quotes;
    if (c != ' ' && c != '\t') is_blank_line = false;
    const auto candidate = candidates.find(static_cast<char>(c));
    if (!in_quotes && candidate != candidates.npos) ++counts[candidate];
  }
  if (decimal == ',') counts.back() = 0;
  const auto most = std::max_element(counts.begin(), counts.end());
  return *most == 0 ? (decimal == ',' ? ';' : ',')
                    : candidates[static_cast<std::size_t>(most - counts.begin())];
}

std::size_t csv_lexer::skip_blanks(std::size_t at) {
  while (is_blank(peek(at)) || (separator_ == ' ' && separates(peek(at)))) ++at;
  return at;
}

void csv_lexer::scan_record() {
  marks_.clear();
  line_begin_ = 0;
  for (std::size_t at = 0;;) {
    at = skip_blanks(at);
    at = peek(at) == '"' ? scan_quoted(at) : scan_plain(at);
    if (separator_ == ' ') at = skip_blanks(at);
    const bool goes_on = separator_ == ' ' ? !ends_line(peek(at)) : peek(at) == separator_;
    if (!goes_on) {
      length_ = skip_line_end(skip_comment(at));
      return;
    }
    if (marks_.size() == max_columns) fail(at, "more than 1048576 columns: is a line end missing?");
    if (separator_ != ' ') ++at;
  }
}

std::size_t csv_lexer::scan_quoted(std::size_t at) {
  mark m{at + 1, 0, true, false, line_, column(at)};
  for (++at;;) {
    const int c = peek(at);
    if (c == end_of_text)
      fail_at(source_.name(), m.line, m.column,
              "this quote is never closed: a quote inside a field is doubled.");
    if (c == '\0') fail(at, "a zero byte: this is not a text file.");
    if (c == '"') {
      if (peek(at + 1) != '"') break;
      m.has_doubled = true;
      at += 2;
    } else {
      at = c == '\n' || c == '\r' ? skip_line_end(at) : at + 1;
    }
  }
  m.end = at++;
  marks_.push_back(m);
  while (is_blank(peek(at))) ++at;
  if (!ends_field(peek(at)))
    fail(at, "text after the closing quote of a field: a quote inside a field is doubled.");
  return at;
}

std::size_t csv_lexer::scan_plain(std::size_t at) {
  mark m{at, at, false, false, line_, column(at)};
  do {
    while (at < text_.size() && !is_special_[static_cast<unsigned char>(text_[at])]) ++at;
  } while (at == text_.size() && peek(at) != end_of_text);
  const int c = peek(at);
  if (c == '\0') fail(at, "a zero byte: this is not a text file.");
  if (c == '"') fail(at, "a quote inside a field: put the whole field in quotes and double this one.");
  m.end = at;
  while (m.end > m.begin && is_blank(text_[m.end - 1])) --m.end;
  marks_.push_back(m);
  return at;
}

// To the end of the line, where a comment begins.
std::size_t csv_lexer::skip_comment(std::size_t at) {
  if (is_comment(peek(at)))
    for (int c = peek(at); c != '\n' && c != '\r' && c != end_of_text; c = peek(at)) ++at;
  return at;
}

// Past \n, \r\n or \r, if there is one.
std::size_t csv_lexer::skip_line_end(std::size_t at) {
  const int c = peek(at);
  if (c == end_of_text) return at;
  at += c == '\r' && peek(at + 1) == '\n' ? 2 : 1;
  ++line_;
  line_begin_ = at;
  return at;
}

}  // namespace reel::detail
