// SPDX-License-Identifier: MIT
#include "json_text.hpp"

#include "../data/byte_source.hpp"
#include "../data/text_source.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <charconv>

namespace reel::detail {

namespace {

void append_utf8(std::string& to, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { to += static_cast<char>(byte); };
  const auto rest = [&](unsigned shift) { put(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) put(code);
  else if (code < 0x800) put(0xC0 | code >> 6), rest(0);
  else if (code < 0x10000) put(0xE0 | code >> 12), rest(6), rest(0);
  else put(0xF0 | code >> 18), rest(12), rest(6), rest(0);
}

}  // namespace

std::string json_string(std::string_view text) {
  if (!is_utf8(text))
    throw error(errc::invalid_argument,
                fmt::format("{} is not UTF-8: model files hold no other text.", quoted(text)));
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\', out += c;
    else if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else out += c;
  }
  return out + '"';
}

void json_cursor::fail(const std::string& detail) const { fail_at_byte(file_, begin_ + at_, detail); }

char json_cursor::peek() {
  while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool json_cursor::accept(char c) {
  if (peek() != c || at_ == text_.size()) return false;
  ++at_;
  return true;
}

bool json_cursor::accept_word(std::string_view word) {
  peek();
  if (!text_.substr(at_).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

void json_cursor::expect(char c) {
  if (!accept(c)) fail(fmt::format("expected {} here.", c));
}

void json_cursor::end() {
  if (peek(); at_ != text_.size()) fail("nothing but blanks may follow.");
}

std::string json_cursor::string() {
  expect('"');
  std::string out;
  for (;;) {
    if (at_ == text_.size()) fail("this text has no closing quote.");
    const char c = text_[at_++];
    if (c == '"') break;
    if (c == '\\') append_escaped(out);
    else if (static_cast<unsigned char>(c) < 0x20) fail("a control character in a text.");
    else out += c;
  }
  if (!is_utf8(out)) fail("a text that is not UTF-8.");
  return out;
}

void json_cursor::append_escaped(std::string& to) {
  constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
  const char c = at_ < text_.size() ? text_[at_++] : '\0';
  if (const auto i = letters.find(c); i != letters.npos) {
    to += meanings[i];
    return;
  }
  if (c != 'u') fail("an escape that JSON does not have.");
  std::uint32_t code = code_unit();
  if (code >= 0xD800 && code < 0xDC00) {  // the first half of a surrogate pair
    if (!text_.substr(at_).starts_with("\\u")) fail("half of a surrogate pair.");
    at_ += 2;
    const std::uint32_t second = code_unit();
    if (second < 0xDC00 || second >= 0xE000) fail("half of a surrogate pair.");
    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
  } else if (code >= 0xDC00 && code < 0xE000) {
    fail("half of a surrogate pair.");
  }
  append_utf8(to, code);
}

std::uint32_t json_cursor::code_unit() {
  std::uint32_t code = 0;
  const std::string_view digits = text_.substr(at_, 4);
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (digits.size() < 4 || status != std::errc{} || end != digits.data() + 4)
    fail("\\u needs four hexadecimal digits.");
  at_ += 4;
  return code;
}

std::uint64_t json_cursor::whole_number() {
  peek();
  std::uint64_t n = 0;
  const char* const begin = text_.data() + at_;
  const auto [end, status] = std::from_chars(begin, text_.data() + text_.size(), n);
  if (status != std::errc{} || (*begin == '0' && end != begin + 1))
    fail("expected a whole number below 2^64.");
  at_ += static_cast<std::size_t>(end - begin);
  return n;
}

double json_cursor::number() {
  peek();
  double x = 0;
  const char* const begin = text_.data() + at_;
  const auto [end, status] = std::from_chars(begin, text_.data() + text_.size(), x);
  if (status != std::errc{}) fail("expected a number.");
  at_ += static_cast<std::size_t>(end - begin);
  return x;
}

}  // namespace reel::detail
