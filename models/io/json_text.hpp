// SPDX-License-Identifier: MIT
// As much JSON as the headers and metadata of model files need: strings, whole numbers, lists.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reel::detail {

// "text", quoted and escaped. Throws invalid_argument for text that is not UTF-8.
std::string json_string(std::string_view text);

// Reads JSON from left to right. Every refusal is a parse_error with the byte in the file.
class json_cursor {
 public:
  // `begin` is where the text begins in the file.
  json_cursor(std::string_view text, std::string file, std::uint64_t begin)
      : text_(text), file_(std::move(file)), begin_(begin) {}

  // The next character that is no blank, or '\0' at the end.
  char peek();
  bool accept(char c);
  bool accept_word(std::string_view word);
  void expect(char c);
  std::string string();
  std::uint64_t whole_number();
  double number();  // also inf, -inf and nan, which JSON has no words for

  // item() for every item of a list, or of an object, in whose case it begins with the name.
  template <class F> void items(char open, char close, const F& item) {
    expect(open);
    if (accept(close)) return;
    do item();
    while (accept(','));
    expect(close);
  }
  void end();  // refuses anything but blanks

  [[noreturn]] void fail(const std::string& detail) const;

 private:
  std::uint32_t code_unit();
  void append_escaped(std::string& to);

  std::string_view text_;
  std::string file_;
  std::uint64_t begin_;
  std::size_t at_ = 0;
};

}  // namespace reel::detail
